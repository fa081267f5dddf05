import { extname } from 'node:path';
import type { Detection } from '../../domain/detection.js';
import { toPixels, WHOLE, type PixelBox } from '../../domain/geometry.js';
import type { Overlay } from '../../domain/overlay.js';
import type { Picture } from '../../domain/picture.js';
import { InputError, messageOf } from '../../errors.js';
import type { Detector, Detectors } from '../../ports.js';

export interface DetectOptions {
  /** Picture file to draw to; with several pictures `out.png` becomes `out-1.png`, `out-2.png` … in their order. */
  readonly draw?: string;
  readonly json?: boolean;
  readonly network?: string;
  /** 0..1 */
  readonly minScore?: number;
  readonly classes?: readonly string[];
}

export interface DetectDeps {
  readonly detectors: Detectors;
  readonly pictures: {
    /** @throws InputError naming the file and what is wrong with it */
    read(path: string): Promise<Picture>;
    write(path: string, picture: Picture, options: { overlay: Overlay }): Promise<void>;
  };
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

const DRAWABLE = new Set(['.png', '.jpg', '.jpeg', '.webp']);

/**
 * `camqueue detect <picture…>`: finds objects in picture files. A picture that cannot be read is reported and the
 * others go on.
 * @returns the exit code: 0 all done, 1 a picture failed.
 * @throws InputError for wrong usage, PermanentError when the network cannot be had: nothing was done.
 */
export async function detect(files: string[], options: DetectOptions, deps: DetectDeps): Promise<number> {
  const { minScore = 0.4 } = options;
  if (files.length === 0) throw new InputError('detect: name at least one picture file');
  if (!(minScore > 0 && minScore <= 1))
    throw new InputError(`--min-score is ${minScore}: it must be above 0 and at most 1`);
  if (options.draw !== undefined && !DRAWABLE.has(extname(options.draw).toLowerCase())) {
    throw new InputError(`--draw is "${options.draw}": it must end in ${[...DRAWABLE].join(', ')}`);
  }
  const detector = await deps.detectors.get(options.network ?? 'nanodet-g-416');
  const classes = knownClasses(options.classes ?? detector.labels, detector);
  let failed = false;
  for (const [i, file] of files.entries()) {
    try {
      const startedAt = performance.now();
      const picture = await deps.pictures.read(file);
      const detections = await detector.detect(picture, WHOLE, { classes, minScore });
      report(file, picture, detections, performance.now() - startedAt, options, deps);
      if (options.draw !== undefined) {
        await deps.pictures.write(drawPath(options.draw, i, files.length), picture, {
          overlay: overlayOf(detections),
        });
      }
    } catch (error) {
      failed = true;
      const message = messageOf(error);
      deps.printError(message.startsWith(file) ? message : `${file}: ${message}`);
    }
  }
  return failed ? 1 : 0;
}

function knownClasses(classes: readonly string[], { labels, network }: Detector): readonly string[] {
  const unknown = classes.filter((name) => !labels.includes(name));
  if (unknown.length === 0) return classes;
  throw new InputError(
    `--classes: network ${network} has no class ${unknown.map((name) => `"${name}"`).join(', ')}; it knows: ${labels.join(', ')}`,
  );
}

function report(
  file: string,
  picture: Picture,
  detections: readonly Detection[],
  ms: number,
  options: DetectOptions,
  { print }: DetectDeps,
): void {
  const found = detections.map(({ label, score, box }) => ({
    label,
    score: round(score, 1000),
    box: rounded(toPixels(box, picture)),
  }));
  const { width, height } = picture;
  if (options.json) {
    print(JSON.stringify({ file, width, height, detections: found, ms: round(ms, 10) }));
    return;
  }
  const count = found.length === 1 ? '1 object' : `${found.length === 0 ? 'no' : found.length} objects`;
  print(`${file}: ${width}x${height}, ${count}, ${ms.toFixed(0)} ms`);
  for (const { label, score, box } of found) {
    print(
      `  ${label.padEnd(14)} ${score.toFixed(2)}  at ${box.x.toFixed(0)},${box.y.toFixed(0)}  ${box.width.toFixed(0)}x${box.height.toFixed(0)}`,
    );
  }
}

function overlayOf(detections: readonly Detection[]): Overlay {
  return {
    boxes: detections.map(({ label, score, box }) => ({
      box,
      label: `${label} ${score.toFixed(2)}`,
      kind: 'track',
    })),
    lines: [],
    polygons: [],
  };
}

function drawPath(draw: string, index: number, count: number): string {
  const ending = extname(draw);
  return count === 1 ? draw : `${draw.slice(0, -ending.length)}-${index + 1}${ending}`;
}

function rounded({ x, y, width, height }: PixelBox): { x: number; y: number; width: number; height: number } {
  return { x: round(x, 10), y: round(y, 10), width: round(width, 10), height: round(height, 10) };
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
