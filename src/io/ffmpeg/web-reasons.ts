import type { IncomingMessage } from 'node:http';
import {
  type SourceAddress,
  SourceError,
  type SourceFault,
  type SourceProblem,
} from '../../domain/frame-source.js';
import { streamTimeoutMs } from './source-input.js';

/** Why a request to a camera's HTTP server failed, by the code of the error. */
const CODES: Readonly<Record<string, readonly [SourceFault, string]>> = {
  ECONNREFUSED: ['refused', 'refuses connections; check host, port and that the camera is on'],
  ENOTFOUND: ['unreachable', 'cannot be reached; check the host name and the network'],
  EAI_AGAIN: ['unreachable', 'cannot be reached; check the host name and the network'],
  EHOSTUNREACH: ['unreachable', 'cannot be reached; check the host name and the network'],
  ENETUNREACH: ['unreachable', 'cannot be reached; check the host name and the network'],
  ECONNRESET: ['ended', 'closed the connection'],
  EPIPE: ['ended', 'closed the connection'],
};

/** @param error what a request or the body of its answer ended with */
export function webProblem(source: SourceAddress, error: Error): SourceProblem {
  if (error instanceof SourceError) return error.problem;
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  if (code === 'ETIMEDOUT') {
    const seconds = streamTimeoutMs(source) / 1000;
    return {
      fault: 'timeout',
      message: `${source.label} sent nothing for ${seconds} s; check the network and that the camera is on`,
    };
  }
  const [fault, what] =
    CODES[code] ??
    (code.startsWith('HPE_')
      ? (['unsupported', 'does not speak HTTP; check port and protocol in source'] as const)
      : (['failed', 'cannot be read; check protocol, host and port in source'] as const));
  return { fault, message: `${source.label} ${what} (${code})` };
}

/** What an answer that is no success means. */
export function statusProblem(
  source: SourceAddress,
  { statusCode = 0, headers }: Pick<IncomingMessage, 'statusCode' | 'headers'>,
): SourceProblem {
  const [fault, what] = meaningOf(statusCode, headers['www-authenticate']);
  return { fault, message: `${source.label} ${what} (HTTP ${statusCode})` };
}

function meaningOf(status: number, asks: string | undefined): readonly [SourceFault, string] {
  if (status === 401 && asks !== undefined && !/\b(basic|digest)\b/i.test(asks)) {
    return ['unauthorised', 'asks for a login that is neither Basic nor Digest; set the camera to Digest'];
  }
  if (status === 401 || status === 403) {
    return ['unauthorised', 'refuses the user name or password; check the credentials in source'];
  }
  if (status >= 500) return ['failed', 'answers with an error of its own; check the camera'];
  if (status >= 400) return ['missing', 'has no such stream; check the path in source'];
  return ['failed', 'gives no answer with content; check the path in source'];
}
