import { randomBytes } from 'node:crypto';
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { type SourceAddress, SourceError } from '../../domain/frame-source.js';
import { authorization, type Challenge, chooseChallenge, type Credentials } from './http-auth.js';
import { fail } from './reasons.js';
import { streamTimeoutMs } from './source-input.js';
import { statusProblem, webProblem } from './web-reasons.js';

const MOST_REDIRECTS = 5;

/** Asks a camera's HTTP server again and again, with the credentials of its address. */
export interface WebClient {
  /**
   * One GET request.
   * @returns the answer, status 2xx; its body ends with an error (see webProblem) when the camera falls silent
   * @throws SourceError when there is no such answer; the signal's reason when it was aborted
   */
  get(signal: AbortSignal): Promise<IncomingMessage>;
  /** Closes its connections. */
  close(): void;
}

/**
 * A client for one address. Basic and Digest authentication are answered as the camera asks, never before. Redirects
 * are followed on the same host only: a camera must not lead this machine to others. Certificates are not checked, as
 * with rtsps and rtmps: cameras sign their own.
 */
export function createWebClient(source: SourceAddress): WebClient {
  const url = new URL(source.location);
  const credentials = credentialsOf(url);
  url.username = '';
  url.password = '';
  const agents = {
    'http:': new HttpAgent({ keepAlive: true, maxSockets: 1 }),
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false }),
  };
  let challenge: (Challenge & { count: number }) | undefined;

  function headersFor(target: URL): Record<string, string> {
    const accept = { accept: '*/*', 'user-agent': 'camqueue' };
    if (!challenge || !credentials) return accept;
    const request = {
      method: 'GET',
      uri: target.pathname + target.search,
      count: ++challenge.count,
      cnonce: randomBytes(8).toString('hex'),
    };
    return { ...accept, authorization: authorization(challenge, credentials, request) };
  }

  async function answerTo(target: URL, signal: AbortSignal): Promise<IncomingMessage> {
    const agent = agents[target.protocol as keyof typeof agents];
    const hadNonce = challenge?.params['nonce'];
    const answer = await send(source, target, { agent, headers: headersFor(target), signal });
    const asked = answer.statusCode === 401 && credentials && challengeOf(answer);
    // The same challenge again: the password is wrong. A new one: the old one was used up.
    if (!asked || (challenge && asked.params['nonce'] === hadNonce)) return answer;
    answer.resume();
    challenge = { ...asked, count: 0 };
    return send(source, target, { agent, headers: headersFor(target), signal });
  }

  return {
    async get(signal) {
      let target = url;
      for (let hops = 0; hops <= MOST_REDIRECTS; hops++) {
        const answer = await answerTo(target, signal);
        const { statusCode = 0 } = answer;
        if (statusCode >= 200 && statusCode < 300) return answer;
        answer.destroy();
        if (statusCode < 300 || statusCode >= 400) throw new SourceError(statusProblem(source, answer));
        target = redirectOf(source, target, answer);
      }
      fail('failed', `${source.label} redirects in a circle; write the address it leads to in source`);
    },
    close() {
      Object.values(agents).forEach((agent) => agent.destroy());
    },
  };
}

function credentialsOf({ username, password }: URL): Credentials | undefined {
  return username === '' && password === ''
    ? undefined
    : { user: unescaped(username), password: unescaped(password) };
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % that begins no escape
  }
}

function challengeOf(answer: IncomingMessage): Challenge | undefined {
  return chooseChallenge(answer.headersDistinct['www-authenticate'] ?? []);
}

function redirectOf(source: SourceAddress, from: URL, { headers }: IncomingMessage): URL {
  const location = headers.location;
  if (location === undefined || !URL.canParse(location, from.href)) {
    fail('failed', `${source.label} redirects to nowhere; check the path in source`);
  }
  const to = new URL(location, from);
  if (to.hostname !== from.hostname || !/^https?:$/.test(to.protocol)) {
    fail(
      'failed',
      `${source.label} redirects to another host, ${to.host}; if that is right, write it in source`,
    );
  }
  if (from.protocol === 'https:' && to.protocol === 'http:') {
    fail(
      'failed',
      `${source.label} redirects from https to http; write the http address in source if that is right`,
    );
  }
  return to;
}

function send(
  source: SourceAddress,
  url: URL,
  { agent, headers, signal }: { agent: HttpAgent; headers: Record<string, string>; signal: AbortSignal },
): Promise<IncomingMessage> {
  const timeoutMs = streamTimeoutMs(source);
  const start = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    let body: IncomingMessage | undefined;
    // Cameras' servers are not strict about headers.
    const request = start(url, { agent, headers, signal, insecureHTTPParser: true });
    const end = (error: Error): void => {
      reject(signal.aborted ? (signal.reason as Error) : new SourceError(webProblem(source, error)));
    };
    request.setTimeout(timeoutMs, () => {
      // While nobody here reads, it is not the camera that is silent.
      if (body?.isPaused() === true) request.setTimeout(timeoutMs);
      else (body ?? request).destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' }));
    });
    request.on('error', end);
    request.on('response', (answer) => {
      body = answer;
      resolve(answer);
    });
    request.end();
  });
}
