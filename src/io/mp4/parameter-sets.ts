import { type Box, boxesIn, viewOf } from './boxes.js';

/**
 * What a decoder must know before the first picture: parameter sets of H.264 (`avcC`, ISO/IEC 14496-15 5.3.3) and
 * H.265 (`hvcC`, 8.3.3). A file may hold pictures of several encoders: then either the sets of all of them stand in the
 * sample entry, where their numbers differ (H.264), or each run of pictures brings its own (sample entries `avc3`, `hev1`).
 */
export interface ParameterSets {
  readonly codec: 'h264' | 'hevc';
  /** Bytes of the length before each NAL unit. */
  readonly lengthSize: number;
  /** NAL units, in the order a decoder wants them. */
  readonly units: readonly Uint8Array[];
}

/** What a VisualSampleEntry holds before its own boxes, with its header, bytes (ISO/IEC 14496-12 12.1.3). */
const VISUAL_ENTRY = 8 + 78;
const H264_SPS = 7;
const H264_PPS = 8;
const H264_MOST_SPS = 32;

/** @returns `undefined` for codecs without parameter sets. */
export function parameterSetsOf(entry: Uint8Array): ParameterSets | undefined {
  const config = configOf(entry);
  if (!config) return undefined;
  const { box, bytes } = config;
  return box.type === 'avcC' ? readAvc(bytes) : readHevc(bytes);
}

/** The sets as they stand in a picture's bytes, each with its length before it. */
export function inBand({ lengthSize, units }: ParameterSets): Uint8Array {
  return Buffer.concat(
    units.map((unit) => {
      const length = Buffer.alloc(lengthSize);
      length.writeUIntBE(unit.length, 0, lengthSize);
      return Buffer.concat([length, unit]);
    }),
  );
}

/** A number for the sets of one more H.264 encoder that none of these uses; `undefined`: all are taken. */
export function freeSetId(known: readonly ParameterSets[]): number | undefined {
  const taken = new Set(known.flatMap(({ units }) => units.map((unit) => setId(unit))));
  for (let id = 0; id < H264_MOST_SPS; id++) if (!taken.has(id)) return id;
  return undefined;
}

export interface JoinedEntry {
  readonly entry: Uint8Array;
  /** Each run of pictures must begin with its own sets (`inBand`). */
  readonly isInBand: boolean;
}

/**
 * One sample entry for pictures of several encoders of one codec and size.
 * @param entries sample entries, whole boxes; the first one gives what is not of the sets
 */
export function joinEntries(entries: readonly Uint8Array[]): JoinedEntry {
  const [first] = entries;
  if (!first) throw new Error('no sample entry');
  const distinct = entries.filter((entry, i) => entries.findIndex((other) => same(other, entry)) === i);
  const sets = distinct.map(parameterSetsOf).filter((set) => set !== undefined);
  if (distinct.length === 1 || sets.length < distinct.length) return { entry: first, isInBand: false };
  const isAvc = sets.every(({ codec }) => codec === 'h264');
  if (!isAvc) return { entry: renamed(first, 'hev1'), isInBand: true };
  const units = mergedUnits(sets);
  if (!units) return { entry: renamed(first, 'avc3'), isInBand: true };
  const configs = distinct.map((entry) => configOf(entry)!.bytes);
  return { entry: withConfig(first, avcConfig(configs, units)), isInBand: false };
}

/** The units of all, without doubles; `undefined` when two different ones have the same number. */
function mergedUnits(sets: readonly ParameterSets[]): Uint8Array[] | undefined {
  const byId = new Map<string, Uint8Array>();
  for (const unit of sets.flatMap(({ units }) => units)) {
    const key = `${unitType(unit)}-${setId(unit)}`;
    const known = byId.get(key);
    if (known && !same(known, unit)) return undefined;
    byId.set(key, unit);
  }
  return [...byId.values()];
}

function avcConfig(configs: readonly Uint8Array[], units: readonly Uint8Array[]): Uint8Array {
  const [first] = configs;
  if (!first) throw new Error('no decoder configuration');
  const highest = (at: number): number => Math.max(...configs.map((config) => config[at] ?? 0));
  const list = (type: number): Buffer[] =>
    units
      .filter((unit) => unitType(unit) === type)
      .map((unit) => {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(unit.length);
        return Buffer.concat([length, unit]);
      });
  const [sps, pps] = [list(H264_SPS), list(H264_PPS)];
  return Buffer.concat([
    // Flags of constraints hold for the file only where they hold for all.
    Buffer.from([1, highest(1), configs.reduce((all, config) => all & (config[2] ?? 0), 0xff), highest(3)]),
    Buffer.from([first[4] ?? 0xff, 0xe0 | sps.length]),
    ...sps,
    Buffer.from([pps.length]),
    ...pps,
    ...extensionOf(configs),
  ]);
}

/** High profiles add chroma format and bit depths. */
function extensionOf(configs: readonly Uint8Array[]): Uint8Array[] {
  for (const config of configs) {
    const end = readAvcEnd(config);
    if (config.length - end >= 4) return [Buffer.from([...config.subarray(end, end + 3), 0])];
  }
  return [];
}

function configOf(entry: Uint8Array): { box: Box; bytes: Uint8Array } | undefined {
  for (const box of boxesIn(viewOf(entry), VISUAL_ENTRY)) {
    if (box.type === 'avcC' || box.type === 'hvcC') return { box, bytes: entry.subarray(box.from, box.to) };
  }
  return undefined;
}

function withConfig(entry: Uint8Array, config: Uint8Array): Uint8Array {
  const { box } = configOf(entry)!;
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + config.length);
  header.write('avcC', 4, 'latin1');
  const whole = Buffer.concat([entry.subarray(0, box.from - 8), header, config, entry.subarray(box.to)]);
  whole.writeUInt32BE(whole.length);
  return whole;
}

function renamed(entry: Uint8Array, type: string): Uint8Array {
  const copy = Buffer.from(entry);
  copy.write(type, 4, 'latin1');
  return copy;
}

function readAvc(config: Uint8Array): ParameterSets {
  const units: Uint8Array[] = [];
  const view = viewOf(config);
  let at = 5;
  for (const mask of [0x1f, 0xff]) {
    let count = view.getUint8(at++) & mask;
    for (; count > 0; count--) {
      const length = view.getUint16(at);
      units.push(config.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return { codec: 'h264', lengthSize: (view.getUint8(4) & 3) + 1, units };
}

function readAvcEnd(config: Uint8Array): number {
  const { units } = readAvc(config);
  return 7 + units.reduce((sum, unit) => sum + 2 + unit.length, 0);
}

function readHevc(config: Uint8Array): ParameterSets {
  const units: Uint8Array[] = [];
  const view = viewOf(config);
  let at = 23;
  for (let arrays = view.getUint8(22); arrays > 0; arrays--) {
    let count = view.getUint16(at + 1);
    at += 3;
    for (; count > 0; count--) {
      const length = view.getUint16(at);
      units.push(config.subarray(at + 2, at + 2 + length));
      at += 2 + length;
    }
  }
  return { codec: 'hevc', lengthSize: (view.getUint8(21) & 3) + 1, units };
}

function unitType(unit: Uint8Array): number {
  return (unit[0] ?? 0) & 0x1f;
}

/** The number of an H.264 set: in an SPS after profile, constraints and level, in a PPS at once (7.3.2.1, 7.3.2.2). */
function setId(unit: Uint8Array): number {
  return expGolomb(unit, unitType(unit) === H264_SPS ? 4 : 1);
}

/** The first number of that code in the bytes (ISO/IEC 14496-10 9.1). */
function expGolomb(bytes: Uint8Array, from: number): number {
  const bit = (at: number): number => ((bytes[from + (at >> 3)] ?? 0) >> (7 - (at & 7))) & 1;
  let zeros = 0;
  while (zeros < 31 && bit(zeros) === 0) zeros++;
  let value = 1;
  for (let i = 1; i <= zeros; i++) value = value * 2 + bit(zeros + i);
  return value - 1;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
