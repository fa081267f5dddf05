import { toPixels, WHOLE, type PixelBox } from '../../domain/geometry.js';
import type { Overlay } from '../../domain/overlay.js';
import type { Picture } from '../../domain/picture.js';
import { InputError, messageOf, PermanentError } from '../../errors.js';
import type { Detector, Detectors } from '../../ports.js';
import type { FaceFinder } from '../../ports/faces.js';
import { drawFolder } from './draw-folder.js';

export interface FacesOptions {
  /** Folder for the pictures with the faces drawn in; made when it is not there. */
  readonly draw?: string;
  readonly json?: boolean;
}

export interface FacesDeps {
  readonly faces: FaceFinder;
  readonly detectors: Detectors;
  readonly pictures: {
    /** @throws InputError naming the file and what is wrong with it */
    read(path: string): Promise<Picture>;
    write(path: string, picture: Picture, options: { overlay: Overlay }): Promise<void>;
  };
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

type Found = Awaited<ReturnType<FaceFinder['find']>>;

const PEOPLE_NETWORK = 'nanodet-g-416';
/** A doubtful person is worth a look at the head. */
const PEOPLE_SCORE = 0.3;

/**
 * `camqueue faces <picture…>`: finds faces in picture files, small ones where people are. A picture that cannot be read
 * is reported and the others go on; one without faces is no failure.
 * @returns the exit code: 0 all done, 1 a picture failed.
 * @throws InputError for wrong usage, PermanentError when a network cannot be had: nothing was done.
 */
export async function findFaces(
  files: readonly string[],
  options: FacesOptions,
  deps: FacesDeps,
): Promise<number> {
  if (files.length === 0) throw new InputError('faces: name at least one picture file');
  const drawPath = options.draw === undefined ? undefined : await drawFolder(options.draw);
  const detector = await deps.detectors.get(PEOPLE_NETWORK);
  let failed = false;
  for (const file of files) {
    try {
      const picture = await deps.pictures.read(file);
      const startedAt = performance.now();
      const found = await deps.faces.find(picture, { people: await peopleIn(picture, detector) });
      report(file, picture, found, performance.now() - startedAt, options, deps);
      if (drawPath) await deps.pictures.write(drawPath(file), picture, { overlay: overlayOf(found) });
    } catch (error) {
      // Without its network no picture can be searched: that is said once.
      if (error instanceof PermanentError && !(error instanceof InputError)) throw error;
      failed = true;
      const message = messageOf(error);
      deps.printError(message.startsWith(file) ? message : `${file}: ${message}`);
    }
  }
  return failed ? 1 : 0;
}

async function peopleIn(picture: Picture, detector: Detector) {
  const people = await detector.detect(picture, WHOLE, { classes: ['person'], minScore: PEOPLE_SCORE });
  return people.map(({ box }) => box);
}

function report(
  file: string,
  picture: Picture,
  found: Found,
  ms: number,
  { json }: FacesOptions,
  { print }: FacesDeps,
): void {
  const faces = found.map(({ score, box }) => ({
    score: round(score, 1000),
    box: rounded(toPixels(box, picture)),
  }));
  const { width, height } = picture;
  if (json === true) {
    print(JSON.stringify({ file, width, height, faces, ms: round(ms, 10) }));
    return;
  }
  const count = faces.length === 1 ? '1 face' : `${faces.length === 0 ? 'no' : faces.length} faces`;
  print(`${file}: ${width}x${height}, ${count}, ${ms.toFixed(0)} ms`);
  for (const { score, box } of faces) {
    print(
      `  ${score.toFixed(2)}  at ${box.x.toFixed(0)},${box.y.toFixed(0)}  ${box.width.toFixed(0)}x${box.height.toFixed(0)}`,
    );
  }
}

function overlayOf(found: Found): Overlay {
  return {
    boxes: found.map(({ score, box }) => ({ box, label: score.toFixed(2), kind: 'track' })),
    lines: [],
    polygons: [],
  };
}

function rounded({ x, y, width, height }: PixelBox): { x: number; y: number; width: number; height: number } {
  return { x: round(x, 10), y: round(y, 10), width: round(width, 10), height: round(height, 10) };
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}
