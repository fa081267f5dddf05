import { z } from 'zod';
import { unitBox, type UnitBox } from '../../domain/geometry.js';
import { pictureBytes, type Picture } from '../../domain/picture.js';
import type { RingCursor, RingEntry } from '../../domain/frame.js';

/** Id of an entry in the streams. Redis refuses an id that is not greater than the newest one ever added. */
export function entryId({ pass, seq }: Pick<RingCursor, 'pass' | 'seq'>): string {
  return `${pass}-${seq}`;
}

/** The fields of an entry as the ring's stream stores them: everything but the bytes of the picture. */
export function entryFields(entry: RingEntry): (string | number)[] {
  const { kind, gated, frame, at, sampledAt, regions, degraded, picture } = entry;
  const boxes = JSON.stringify(regions.map(({ x, y, width, height }) => [x, y, width, height]));
  return [
    ...['kind', kind, 'gated', gated, 'frame', frame, 'at', at, 'sampledAt', sampledAt, 'regions', boxes],
    ...(degraded === undefined ? [] : ['degraded', degraded]),
    ...(picture ? ['width', picture.width, 'height', picture.height, 'format', picture.format] : []),
  ];
}

export interface StoredEntry {
  /** Without its picture. */
  readonly entry: RingEntry;
  /** Set when the entry had a picture. */
  readonly shape?: Omit<Picture, 'data'>;
}

/** What `entryFields` made; `undefined` when it is not readable (written by another release). */
export function parseEntry(cameraId: string, id: string, fields: readonly string[]): StoredEntry | undefined {
  const of: Partial<Record<string, string>> = {};
  for (let i = 0; i + 1 < fields.length; i += 2) of[fields[i] ?? ''] = fields[i + 1] ?? '';
  const [pass, seq] = id.split('-').map(Number);
  const { kind } = of;
  const [gated, frame, at, sampledAt] = [of['gated'], of['frame'], of['at'], of['sampledAt']].map(Number);
  if (kind !== 'moved' && kind !== 'heartbeat' && kind !== 'end') return undefined;
  if (![pass, seq, gated, frame, at, sampledAt].every(isNumber)) return undefined;
  const regions = parseRegions(of['regions']);
  if (regions === undefined) return undefined;
  const degraded = of['degraded'] === undefined ? {} : { degraded: Number(of['degraded']) };
  const entry = {
    ...{ cameraId, pass, seq, gated, kind, frame, at, sampledAt, regions },
    ...degraded,
  } as RingEntry;
  const shape = parseShape(of);
  return shape ? { entry, shape } : { entry };
}

/** Size and format of a picture; `undefined` when the fields hold none. */
export function parseShape(of: Partial<Record<string, string>>): Omit<Picture, 'data'> | undefined {
  const { width, height, format } = of;
  if (width === undefined || height === undefined || (format !== 'i420' && format !== 'rgb24'))
    return undefined;
  return { width: Number(width), height: Number(height), format };
}

/** `undefined` when the bytes are not there or not as many as the picture needs. */
export function pictureOf(shape: Omit<Picture, 'data'>, data: Buffer | undefined): Picture | undefined {
  const isWhole = data?.length === pictureBytes(shape.width, shape.height, shape.format);
  return isWhole ? { ...shape, data } : undefined;
}

const Boxes = z.array(z.tuple([z.number(), z.number(), z.number(), z.number()]));

function parseRegions(json: string | undefined): UnitBox[] | undefined {
  try {
    return Boxes.parse(JSON.parse(json ?? '')).map((box) => unitBox(...box));
  } catch {
    return undefined;
  }
}

function isNumber(value: number | undefined): boolean {
  return value !== undefined && Number.isFinite(value);
}
