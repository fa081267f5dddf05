import { z } from 'zod';
import { Line } from '../../domain/camera-fields/lines-zones.js';
import { InputError } from '../../errors.js';

/** A line as it is written: `x1,y1,x2,y2`, `door=x1,y1,x2,y2`, or with fields. Where it lies is checked apart. */
export const GivenLine = z.union(
  [
    z.string(),
    z.strictObject({
      id: z.string().optional(),
      from: z.array(z.number()),
      to: z.array(z.number()),
      classes: z.array(z.string()).optional(),
      names: z.strictObject({ in: z.string(), out: z.string() }).optional(),
    }),
  ],
  { error: 'must be "x1,y1,x2,y2" or { id, from: [x, y], to: [x, y] }, fractions of the picture' },
);
export type GivenLine = z.infer<typeof GivenLine>;

/** Across the middle of the picture: what moves down goes `in`, what moves up `out`. */
export const DEFAULT_LINES: readonly GivenLine[] = ['0,0.5,1,0.5'];

const TEXT = /^(?:([^=]+)=)?([^,=]+),([^,=]+),([^,=]+),([^,=]+)$/;
/** Lines whose ends are this near count everything twice, fractions of the picture. */
const SAME = 0.005;

/**
 * Reads the lines of a source. Those without a name are `line-1`, `line-2` … by their place.
 * @param classes what is counted where a line does not say
 * @throws InputError that lists every mistake: line, what is wrong, what it should be.
 */
export function readLines(given: readonly GivenLine[], classes: readonly string[]): Line[] {
  const mistakes: string[] = [];
  const lines = given.flatMap((written, i) => {
    const line = fieldsOf(written, i);
    const name = typeof written === 'string' ? `line "${written}"` : `line ${line?.id ?? String(i + 1)}`;
    if (line === undefined) {
      mistakes.push(`${name} is no line: write x1,y1,x2,y2, for example 0,0.5,1,0.5`);
      return [];
    }
    const parsed = Line.safeParse({ classes: [...classes], ...line });
    if (parsed.success) return [parsed.data];
    mistakes.push(
      ...parsed.error.issues.map(
        ({ path, message }) => `${name}${path.length > 0 ? `: ${spot(path, line)}` : ''} ${message}`,
      ),
    );
    return [];
  });
  mistakes.push(...doubled(lines));
  if (mistakes.length > 0) throw new InputError(mistakes.join('; '));
  return lines;
}

interface Fields {
  readonly id: string;
  readonly from: readonly number[];
  readonly to: readonly number[];
}

function fieldsOf(written: GivenLine, i: number): Fields | undefined {
  const id = `line-${i + 1}`;
  if (typeof written !== 'string') return { ...written, id: written.id ?? id };
  const [, name, ...parts] = TEXT.exec(written.trim()) ?? [];
  const numbers = parts.map((part) => (part.trim() === '' ? NaN : Number(part)));
  const [x1, y1, x2, y2] = numbers;
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return undefined;
  if (!numbers.every(Number.isFinite)) return undefined;
  return { id: name?.trim() ?? id, from: [x1, y1], to: [x2, y2] };
}

/** `from[0]` → `from x is 1.5:` */
function spot(path: readonly PropertyKey[], line: Fields): string {
  const [field, index] = path;
  const value = (line as unknown as Record<PropertyKey, unknown>)[field ?? ''];
  const at = typeof index === 'number' && Array.isArray(value) ? (value[index] as unknown) : value;
  const axis = index === 0 ? ' x' : index === 1 ? ' y' : '';
  return `${String(field)}${axis} is ${JSON.stringify(at)}:`;
}

function doubled(lines: readonly Line[]): string[] {
  return lines.flatMap((line, i) => {
    const same = lines.slice(0, i).find((other) => other.id === line.id);
    if (same) return [`line ${line.id} is there twice; give each line its own id`];
    const there = lines.slice(0, i).find((other) => liesOn(other, line));
    return there
      ? [`line ${line.id} lies on line ${there.id}: everything would be counted twice; remove one`]
      : [];
  });
}

function liesOn(a: Line, b: Line): boolean {
  const near = (p: readonly number[], q: readonly number[]): boolean =>
    Math.hypot((p[0] ?? 0) - (q[0] ?? 0), (p[1] ?? 0) - (q[1] ?? 0)) < SAME;
  const isForOthers =
    a.classes !== undefined &&
    b.classes !== undefined &&
    a.classes.every((name) => b.classes?.includes(name) === false);
  return (
    !isForOthers && ((near(a.from, b.from) && near(a.to, b.to)) || (near(a.from, b.to) && near(a.to, b.from)))
  );
}
