import { statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { InputError } from '../../errors.js';
import { ROOT } from '../installation.js';

/** The footage that scripts/setup.sh fetches: pedestrians, 768x576, 10 frames/s, 79.5 s. */
export const SAMPLE = join(ROOT, 'media/vtest.avi');

/**
 * The demonstration's camera file.
 * @param sources video files or stream addresses; none: the sample footage with a line and a zone of its own.
 * @throws InputError when a file is not there.
 */
export function demoCameraFile(sources: readonly string[]): string {
  const cameras = sources.length === 0 ? [sampleCamera()] : sources.map(ownCamera);
  return stringify({
    site: { name: 'Camqueue demo' },
    recipients: [{ id: 'guard', email: 'guard@demo.invalid' }],
    cameras,
  });
}

function sampleCamera(): object {
  mustExist(SAMPLE, 'run scripts/setup.sh, or give the demo a video of your own');
  return {
    id: 'plaza',
    name: 'Plaza',
    source: SAMPLE,
    fps: 10,
    annotate: true,
    // Upwards along x = 0.23, so `in` is from left to right.
    lines: [
      {
        id: 'path',
        from: [0.23, 0.6],
        to: [0.23, 0.25],
        classes: ['person'],
        names: { in: 'to the right', out: 'to the left' },
      },
    ],
    zones: [
      {
        id: 'equipment',
        polygon: [
          [0.56, 0.55],
          [0.78, 0.55],
          [0.78, 0.85],
          [0.56, 0.85],
        ],
        kind: 'restricted',
        classes: ['person'],
      },
    ],
  };
}

/** A line across the middle, and the whole picture as a zone: whoever comes raises an alert. */
function ownCamera(source: string, index: number): object {
  const isFile = !/^[a-z][a-z0-9+.-]*:\/\//i.test(source);
  if (isFile) mustExist(source, 'name a video file or a stream address such as rtsp://host/path');
  return {
    id: `source-${index + 1}`,
    name: isFile ? basename(source) : `source ${index + 1}`,
    source: isFile ? resolve(source) : source,
    fps: 10,
    annotate: true,
    lines: [{ id: 'middle', from: [0, 0.5], to: [1, 0.5] }],
    zones: [
      {
        id: 'picture',
        polygon: [
          [0, 0],
          [1, 0],
          [1, 1],
          [0, 1],
        ],
        kind: 'restricted',
        classes: ['person'],
      },
    ],
  };
}

function mustExist(path: string, fix: string): void {
  if (!statSync(path, { throwIfNoEntry: false })) throw new InputError(`${path} does not exist: ${fix}`);
}
