import { toPixels } from '../../domain/geometry.js';
import type { Overlay } from '../../domain/overlay.js';
import type { Picture } from '../../domain/picture.js';
import type { Grammar } from '../../domain/plates/grammar.js';
import { boxAround } from '../../domain/plates/places.js';
import { readPlates } from '../../domain/plates/read-plate.js';
import type { PlateReading } from '../../domain/plates/reading.js';
import { InputError, messageOf } from '../../errors.js';
import type { PlateReader } from '../../ports.js';
import { drawFolder } from './draw-folder.js';

export interface PlatesOptions {
  /** Folder for the pictures with what was read drawn in; made when it is not there. */
  readonly draw?: string;
  readonly json?: boolean;
}

export interface PlatesDeps {
  readonly plates: PlateReader;
  readonly grammars: readonly Grammar[];
  readonly pictures: {
    /** @throws InputError naming the file and what is wrong with it */
    read(path: string): Promise<Picture>;
    write(path: string, picture: Picture, options: { overlay: Overlay }): Promise<void>;
  };
  readonly print: (line: string) => void;
  readonly printError: (line: string) => void;
}

type Found = ReturnType<typeof readPlates>;

const BOX_KIND = { accepted: 'track', 'needs-review': 'held', rejected: 'motion' } as const;

/**
 * `camqueue plates <picture…>`: reads the plates in picture files. A picture that cannot be read is reported and the
 * others go on; one without plates is no failure.
 * @returns the exit code: 0 all done, 1 a picture failed.
 * @throws InputError for wrong usage, PermanentError when a network cannot be had: nothing was done.
 */
export async function readFiles(
  files: readonly string[],
  options: PlatesOptions,
  deps: PlatesDeps,
): Promise<number> {
  if (files.length === 0) throw new InputError('plates: name at least one picture file');
  const drawPath = options.draw === undefined ? undefined : await drawFolder(options.draw);
  let failed = false;
  for (const file of files) {
    try {
      const picture = await deps.pictures.read(file);
      const startedAt = performance.now();
      const found = readPlates(await deps.plates.read(picture), deps.grammars);
      report(file, picture, found, performance.now() - startedAt, options, deps);
      if (drawPath) await deps.pictures.write(drawPath(file), picture, { overlay: overlayOf(found) });
    } catch (error) {
      // Without its networks no picture can be read: that is said once.
      if (!(error instanceof InputError) && isAboutNetworks(error)) throw error;
      failed = true;
      const message = messageOf(error);
      deps.printError(message.startsWith(file) ? message : `${file}: ${message}`);
    }
  }
  return failed ? 1 : 0;
}

function report(
  file: string,
  picture: Picture,
  found: Found,
  ms: number,
  { json }: PlatesOptions,
  { print }: PlatesDeps,
): void {
  const { width, height } = picture;
  if (json === true) {
    const plates = found.map(({ sight, reading }) => ({
      ...reading,
      p: round(reading.p, 1000),
      charP: reading.charP.map((p) => round(p, 1000)),
      alternatives: reading.alternatives.map((other) => ({ ...other, p: round(other.p, 1000) })),
      corners: sight.corners.map(({ x, y }) => ({ x: round(x * width, 10), y: round(y * height, 10) })),
      charHeightPx: round(sight.charHeightPx, 10),
    }));
    print(JSON.stringify({ file, width, height, plates, ms: round(ms, 10) }));
    return;
  }
  const count = found.length === 1 ? '1 plate' : `${found.length === 0 ? 'no' : found.length} plates`;
  print(`${file}: ${width}x${height}, ${count}, ${ms.toFixed(0)} ms`);
  for (const { sight, reading } of found) {
    const box = toPixels(boxAround(sight.corners), picture);
    print(
      `  ${reading.text.padEnd(14)} ${reading.verdict.padEnd(12)} ${shown(reading.p)}  ` +
        `at ${Math.max(0, box.x).toFixed(0)},${Math.max(0, box.y).toFixed(0)}  ${about(reading)}`,
    );
  }
}

/** `VN car, Hà Nội, white, one line; why it is not accepted` */
function about({ country, format, province, ground, lines, reason }: PlateReading): string {
  const form = country === undefined ? 'unrecognised' : [country, format].filter(Boolean).join(' ');
  const parts = [
    form,
    province,
    ground === 'unknown' ? undefined : ground,
    lines === 1 ? 'one line' : `${lines} lines`,
  ];
  const text = parts.filter((part) => part !== undefined).join(', ');
  return reason === undefined ? text : `${text}; ${reason}`;
}

function overlayOf(found: Found): Overlay {
  return {
    boxes: found.map(({ sight, reading }) => ({
      box: boxAround(sight.corners),
      label: `${reading.text} ${shown(reading.p)}`,
      kind: BOX_KIND[reading.verdict],
    })),
    lines: [],
    polygons: [],
  };
}

function isAboutNetworks(error: unknown): boolean {
  return error instanceof Error && error.name === 'PermanentError';
}

function round(value: number, steps: number): number {
  return Math.round(value * steps) / steps;
}

/** Two digits, rounded down: nothing is certain. */
function shown(p: number): string {
  return (Math.floor(Math.min(p, 0.999) * 100) / 100).toFixed(2);
}
