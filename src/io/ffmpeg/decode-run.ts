import { PassThrough } from 'node:stream';
import type { FragmentStream } from '../../domain/fragment.js';
import type { OpenOptions, SourceAddress, SourceFrame, SourceProblem } from '../../domain/frame-source.js';
import { FfmpegSource } from './frame-source.js';
import type { SourceInput } from './source-input.js';

/** What is fed to a decoder that stands still (nobody takes its frames), before the source is to wait, bytes. */
const WAITING_BYTES = 8 * 1024 ** 2;

/** One ffmpeg that decodes a run of fragments it is fed, from a key frame on. */
export interface DecodeRun {
  /** @returns `false`: more than enough waits here; `onDrained` tells when not. */
  feed(fragment: Uint8Array): boolean;
  /** Nothing more comes: what was fed is decoded to the end. */
  finish(): void;
  /** @returns `undefined` when all has been decoded, or nothing more can be. */
  next(): Promise<(Pick<SourceFrame, 'picture'> & { readonly shownUs: number }) | undefined>;
  /** Why it ended without being told to. */
  problem(): SourceProblem | undefined;
  decodeErrors(): number;
  close(): Promise<void>;
}

/**
 * @param from where slots begin to count, µs by the fragments' own clock, and the first one whose frames are wanted
 */
export function startDecodeRun(
  program: string,
  source: SourceAddress,
  options: Pick<OpenOptions, 'fps' | 'maxWidth' | 'signal'>,
  stream: FragmentStream,
  from: { readonly originUs: number; readonly slot: number },
  onDrained: () => void,
): DecodeRun {
  const stdin = new PassThrough({ highWaterMark: WAITING_BYTES });
  const reader = new FfmpegSource(program, source, options, runInput(stdin, from));
  let isFinished = false;
  stdin.on('drain', onDrained);
  stdin.on('close', onDrained);
  stdin.write(stream.init);
  return {
    feed: (fragment) => stdin.destroyed || stdin.write(fragment),
    finish() {
      isFinished = true;
      stdin.end();
    },
    async next() {
      const frame = await reader.next();
      return frame && { picture: frame.picture, shownUs: Math.round(frame.mediaMs * 1000) + from.originUs };
    },
    problem: () => (isFinished ? undefined : reader.ending().problem),
    decodeErrors: () => reader.stats().decodeErrors,
    async close() {
      // Its standard input must end too: it would wait there for more, deaf to signals.
      stdin.end();
      await reader.close();
      stdin.destroy();
    },
  };
}

function runInput(stdin: PassThrough, { originUs, slot }: { originUs: number; slot: number }): SourceInput {
  return {
    args: [
      // Times as they are in the fragments; the setup says all about the codec, so that nothing need be studied.
      ...['-copyts', '-probesize', '32', '-analyzeduration', '0', '-fpsprobesize', '0'],
      ...['-protocol_whitelist', 'pipe', '-f', 'mp4', '-i', 'pipe:0'],
    ],
    stdin,
    originUs,
    fromSlot: slot,
  };
}
