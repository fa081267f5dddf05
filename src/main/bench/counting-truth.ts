import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { z } from 'zod';
import type { Line } from '../../domain/camera-fields/lines-zones.js';
import { InputError } from '../../errors.js';
import { ROOT } from '../installation.js';

/** What is counted on a line: people, or everything on wheels. */
export type Counted = 'people' | 'vehicles';
export const CLASSES = {
  people: ['person'],
  vehicles: ['bicycle', 'car', 'motorcycle', 'bus', 'truck'],
} as const satisfies Record<Counted, readonly string[]>;

/** One thing that went over a line. Frames are the clip's own, from 0. */
export interface Passing {
  readonly frame: number;
  readonly direction: 'in' | 'out';
}
export interface TruthLine {
  readonly id: string;
  readonly counted: Counted;
  readonly from: Line['from'];
  readonly to: Line['to'];
  /** Counted by eye. */
  readonly truth: readonly Passing[];
}
export interface TruthClip {
  /** The file's name, for people. */
  readonly name: string;
  readonly path: string;
  readonly lines: readonly TruthLine[];
}

/** Clips of CAMQUEUE_TEST_DATA, or of the data folder beside the installation. */
export const COUNTING_DATA = resolve(process.env['CAMQUEUE_TEST_DATA'] ?? join(ROOT, '../shared/data'));

const LineEnds = z.tuple([z.number(), z.number(), z.number(), z.number()]);
/** A frame, or a frame with what was seen there. */
const Seen = z.union([z.number(), z.tuple([z.number()]).rest(z.string())]);
/** Items of other kinds stand in the same list; only clips with lines are read. */
const Truth = z.object({
  items: z.array(
    z.object({
      file: z.string(),
      kind: z.string(),
      events: z.record(z.string(), z.unknown()).optional(),
    }),
  ),
});
/** `line`, `lineA`, `lineB` … */
const LINE_KEY = /^line([A-Z]?)$/;
/** `up`, `B_up`, `vehicle_up` …: which line, what, and which way; up is away from the camera. */
const PASSINGS_KEY = /^(?:([A-Z])_)?(?:(vehicle|people)_)?(up|down)$/;

/**
 * The clips of a folder whose crossings were counted by eye (`truth.json` there); none without that file.
 * @throws InputError when the file is not what it should be
 */
export function truthClips(folder: string): TruthClip[] {
  const path = join(folder, 'truth.json');
  if (!existsSync(path)) return [];
  try {
    return Truth.parse(JSON.parse(readFileSync(path, 'utf8'))).items.flatMap(({ file, kind, events }) => {
      if (!events || (kind !== 'traffic' && kind !== 'people')) return [];
      const lines = linesOf(events, kind === 'people' ? 'people' : 'vehicles');
      return lines.length > 0 ? [{ name: file, path: join(folder, file), lines }] : [];
    });
  } catch (error) {
    throw new InputError(
      `${path} cannot be used: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`,
    );
  }
}

/** A line for each thing that is counted on it: pictures of people may show vehicles too. */
function linesOf(events: Readonly<Record<string, unknown>>, usual: Counted): TruthLine[] {
  const lines = new Map<string, TruthLine>();
  for (const [key, value] of Object.entries(events)) {
    const [, name = '', what, way] = PASSINGS_KEY.exec(key) ?? [];
    if (way === undefined) continue;
    const counted = what === 'vehicle' ? 'vehicles' : what === 'people' ? 'people' : usual;
    const ends = LineEnds.parse(endsOf(events, name));
    // Lines are drawn from left to right, so downward is `in`.
    const direction = (way === 'down') === ends[0] < ends[2] ? 'in' : 'out';
    const passings = z
      .array(Seen)
      .parse(value)
      .map((seen): Passing => ({ frame: typeof seen === 'number' ? seen : seen[0], direction }));
    const id = `${counted}${name === '' ? '' : `-${name.toLowerCase()}`}`;
    const known = lines.get(id)?.truth ?? [];
    const line = { id, counted, from: [ends[0], ends[1]], to: [ends[2], ends[3]] } as const;
    lines.set(id, { ...line, from: [...line.from], to: [...line.to], truth: [...known, ...passings] });
  }
  return [...lines.values()];
}

function endsOf(events: Readonly<Record<string, unknown>>, name: string): unknown {
  const key = Object.keys(events).find((each) => LINE_KEY.exec(each)?.[1] === name);
  return key === undefined ? undefined : events[key];
}

/** Upwards along x = 0.23 of the sample footage (media/vtest.avi), so `in` is from left to right. */
const SAMPLE_NAME = 'vtest.avi';
const SAMPLE_LINE = { id: 'people', counted: 'people', from: [0.23, 0.6], to: [0.23, 0.25] } as const;
/** Everybody who crosses it, by the frame in which the middle of the body does; counted by eye. */
const SAMPLE_TRUTH = {
  out: [186, 209, 259, 538, 606, 684, 716],
  in: [295, 639, 657, 695, 746],
} as const;

/** The sample footage with its count; undefined: this is other footage. */
export function sampleClip(path: string): TruthClip | undefined {
  if (basename(path) !== SAMPLE_NAME) return undefined;
  const { from, to, ...line } = SAMPLE_LINE;
  const truth = (['in', 'out'] as const).flatMap((direction) =>
    SAMPLE_TRUTH[direction].map((frame): Passing => ({ frame, direction })),
  );
  return { name: SAMPLE_NAME, path, lines: [{ ...line, from: [...from], to: [...to], truth }] };
}
