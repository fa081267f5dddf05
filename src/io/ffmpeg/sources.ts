import { resolve } from 'node:path';
import type {
  CopyOptions,
  CopySource,
  FrameSource,
  FrameSources,
  OpenOptions,
  SourceAddress,
} from '../../domain/frame-source.js';
import { schemeOf } from '../../domain/source-address.js';
import { type FfmpegBinaries, ON_PATH } from './binary.js';
import { FfmpegCopy } from './copy-source.js';
import { FfmpegSource } from './frame-source.js';
import { IdlingSource } from './idling-source.js';
import { inspectFolder, PictureFolder } from './picture-folder.js';
import { inspectFile } from './probe.js';
import type { SourceInput } from './source-input.js';
import { probeSource } from './stream-probe.js';
import { WebCopy } from './web-copy.js';
import { WebSource } from './web-source.js';
import { type CopyingSource, orWithoutCopy } from './without-copy.js';

/** Reads cameras and files, each with a reader (most often an ffmpeg) of its own. */
export function createFfmpegSources(binaries: FfmpegBinaries = ON_PATH): FrameSources {
  const program = binaries.ffmpeg;
  return {
    inspect: (path, signal) =>
      path.endsWith('/')
        ? inspectFolder(resolve(path), signal)
        : inspectFile(binaries, resolve(path), signal),
    probe: (source, options) => probeSource(binaries, source, options),
    open(source, options) {
      const { kind, location } = source;
      if (kind === 'folder') return new PictureFolder({ ...source, location: resolve(location) }, options);
      if (kind === 'file')
        return new FfmpegSource(program, { ...source, location: resolve(location) }, options);
      return openLive(program, source, options);
    },
    copy: (source, options) => copy(program, source, options),
  };
}

function openLive(program: string, source: SourceAddress, options: OpenOptions): FrameSource {
  const first = connect(program, source, options);
  const { sink, canIdle, ...plain } = options;
  if (sink === undefined && canIdle !== true) return first;
  return orWithoutCopy(first, () => connect(program, source, plain));
}

function connect(program: string, source: SourceAddress, options: OpenOptions): CopyingSource {
  const read = (input?: SourceInput) =>
    options.canIdle === true
      ? new IdlingSource(program, source, options, input)
      : new FfmpegSource(program, source, options, input);
  return isWeb(source) ? new WebSource(source, options, read) : read();
}

function copy(program: string, source: SourceAddress, options: CopyOptions): CopySource {
  const read = (input?: SourceInput) => new FfmpegCopy(program, source, options, input);
  return isWeb(source) ? new WebCopy(source, options, read) : read();
}

function isWeb(source: SourceAddress): boolean {
  return /^https?$/.test(schemeOf(source.location) ?? '');
}
