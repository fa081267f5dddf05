import { Detect } from '../../domain/camera-fields/detection.js';
import { Camera } from '../../domain/camera.js';
import type { SourceSpec } from './source-spec.js';

/** A look at each frame of the usual 10 a second: what crosses a line between two looks is a guess. */
const LOOK_EVERY_MS = 100;

/**
 * The source as a camera of the same engine as everywhere. All usual classes are followed, also where only one is
 * counted: what a thing is, is a vote over its neighbours' names, and a rider is no pedestrian. The lines count the
 * classes that were asked for. Its id stays within one reading, where it is the only camera.
 */
export function countingCamera(spec: SourceSpec): Camera {
  const usual = Detect.parse({}).classes;
  const asked = [...spec.classes, ...spec.lines.flatMap(({ classes = [] }) => classes)];
  return Camera.parse({
    id: 'source',
    source: spec.source,
    fps: spec.fps,
    pace: 'fast',
    detect: { classes: [...new Set([...usual, ...asked])], everyMs: LOOK_EVERY_MS },
    lines: spec.lines,
    tamper: { enabled: false },
  });
}
