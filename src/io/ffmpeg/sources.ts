import { resolve } from 'node:path';
import type { FrameSources } from '../../domain/frame-source.js';
import { type FfmpegBinaries, ON_PATH } from './binary.js';
import { FfmpegSource } from './frame-source.js';
import { inspectFile } from './probe.js';

/** Reads cameras and files, each with an ffmpeg of its own. */
export function createFfmpegSources(binaries: FfmpegBinaries = ON_PATH): FrameSources {
  return {
    inspect: (path, signal) => inspectFile(binaries, resolve(path), signal),
    probe: () => Promise.reject(new Error('not built yet')),
    open: (source, options) =>
      new FfmpegSource(
        binaries.ffmpeg,
        source.kind === 'file' ? { ...source, location: resolve(source.location) } : source,
        options,
      ),
    copy: () => {
      throw new Error('not built yet');
    },
  };
}
