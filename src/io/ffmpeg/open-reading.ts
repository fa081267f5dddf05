import { Readable } from 'node:stream';
import type { FrameSource, OpenOptions, SourceAddress } from '../../domain/frame-source.js';
import { FfmpegSource } from './frame-source.js';
import { IdlingSource } from './idling-source.js';
import { inputOf, type SourceInput } from './source-input.js';
import { orWithoutCopy } from './without-copy.js';

/**
 * Reads a source by ffmpeg, in the way that the options ask for: decoding only, with the compressed pictures beside, or
 * able to idle. Files are only decoded.
 */
export function openReading(
  program: string,
  source: SourceAddress,
  { sink, canIdle, ...plain }: OpenOptions,
  input: SourceInput = inputOf(source, plain),
): FrameSource {
  const decodeOnly = (): FrameSource => new FfmpegSource(program, source, plain, input);
  if (source.kind === 'file' || (!sink && canIdle !== true)) return decodeOnly();
  const options = sink ? { ...plain, sink } : plain;
  const Reader = canIdle === true ? IdlingSource : FfmpegSource;
  const first = new Reader(program, source, options, input);
  // What has been taken out of a pipe cannot be read again.
  return input.stdin instanceof Readable ? first : orWithoutCopy(first, decodeOnly);
}
