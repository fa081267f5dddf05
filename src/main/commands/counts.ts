import { existsSync } from 'node:fs';
import { filterOf, publicCrossing } from '../../api/counting.js';
import { iso } from '../../api/fields.js';
import { windowOf } from '../../api/window.js';
import { countsByLine, totalOf, type LineCounts } from '../../domain/counts.js';
import { dayAround } from '../../domain/day-around.js';
import type { CameraEvent } from '../../domain/events.js';
import { readCameraFile } from '../../io/camera-file.js';
import { createEventStore } from '../../io/sql/event-store.js';
import { EXIT_OK } from '../exit-codes.js';
import { moment } from '../moment.js';
import { table } from '../view.js';
import { type DatabaseOptions, siteTimeZone, withDatabase } from '../with-database.js';

export interface CountsOptions extends DatabaseOptions {
  readonly camera?: string;
  /** Epoch ms. */
  readonly from?: number;
  readonly to?: number;
  readonly line?: string;
  readonly class?: string;
  readonly direction?: 'in' | 'out';
  readonly limit?: number;
}
type Crossing = Extract<CameraEvent, { type: 'crossing' }>;

/** `camqueue counts`: today, unless a time is given. */
export async function sum(options: CountsOptions, now = Date.now): Promise<number> {
  return withDatabase(options, async (database, config) => {
    const timeZone = siteTimeZone(config);
    const day = dayAround(options.from ?? (options.to === undefined ? now() : options.to - 1), timeZone);
    // A day in the past that was asked for by its start ends with everything since.
    const until = options.from === undefined ? day.to : Math.max(day.to, dayAround(now(), timeZone).to);
    const span = windowOf(asked(options), { from: day.from, to: until, now: now() });
    const { camera } = options;
    const sums = await createEventStore(database).crossings({
      ...(camera !== undefined && { cameraId: camera }),
      ...span,
    });
    const inFile = existsSync(config.CAMERAS_FILE)
      ? readCameraFile(config.CAMERAS_FILE, process.env).cameras
      : [];
    const counts = countsByLine(
      sums,
      inFile.filter(({ id }) => camera === undefined || id === camera),
    );
    if (options.json === true)
      console.log(JSON.stringify({ from: iso(span.from), to: iso(span.to), counts, total: totalOf(counts) }));
    else if (counts.length === 0) console.log('Nothing has crossed a line.');
    else {
      console.log(`${moment(span.from, timeZone)} to ${moment(Math.min(span.to, now()), timeZone)}`);
      drawCounts(counts).forEach((line) => console.log(line));
    }
    return EXIT_OK;
  });
}

/** `camqueue counts list`: each count. */
export async function list(options: CountsOptions): Promise<number> {
  const { camera, line, class: label, direction, limit = 50 } = options;
  return withDatabase(options, async (database, config) => {
    const filter = filterOf({ camera, line, class: label, direction, limit, ...asked(options) });
    const found = await createEventStore(database).list(filter);
    const crossings = found.flatMap((event) => (event.type === 'crossing' ? [event] : []));
    if (options.json === true) crossings.forEach((one) => console.log(JSON.stringify(publicCrossing(one))));
    else if (crossings.length === 0) console.log('Nothing found.');
    else drawCrossings(crossings, siteTimeZone(config)).forEach((row) => console.log(row));
    return EXIT_OK;
  });
}

function asked({ from, to }: CountsOptions): { from?: string; to?: string } {
  return { ...(from !== undefined && { from: iso(from) }), ...(to !== undefined && { to: iso(to) }) };
}

function drawCounts(counts: readonly LineCounts[]): string[] {
  const rows = counts.map(({ camera, line, names, in: ins, out, byClass }) => [
    ...[camera, line, String(ins), String(out)],
    Object.entries(byClass)
      .map(([label, one]) => `${label} ${one.in}/${one.out}`)
      .join(', '),
    names.in === 'in' && names.out === 'out' ? '' : `${names.in} / ${names.out}`,
  ]);
  const { in: ins, out, net } = totalOf(counts);
  const total = [['', 'total', String(ins), String(out), `net ${net}`, '']];
  return table([
    ['CAMERA', 'LINE', 'IN', 'OUT', 'CLASSES IN/OUT', 'MEANING'],
    ...rows,
    ...(counts.length > 1 ? total : []),
  ]);
}

function drawCrossings(crossings: readonly Crossing[], timeZone: string): string[] {
  const rows = crossings.map((one) => [
    ...[moment(one.at, timeZone), one.cameraId, one.line, one.name ?? one.direction],
    ...[one.class ?? 'unknown', String(one.trackId ?? '')],
    speedWords(one),
    one.id,
  ]);
  return table([['TIME', 'CAMERA', 'LINE', 'DIRECTION', 'CLASS', 'TRACK', 'KM/H', 'ID'], ...rows]);
}

function speedWords({ speedKmh, speedErrorKmh }: Crossing): string {
  if (speedKmh === undefined) return '-';
  return `${speedKmh.toFixed(1)}${speedErrorKmh === undefined ? '' : ` +- ${speedErrorKmh.toFixed(1)}`}`;
}
