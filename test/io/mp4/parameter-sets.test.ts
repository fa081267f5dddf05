import { freeSetId, inBand, joinEntries, parameterSetsOf } from '../../../src/io/mp4/parameter-sets.js';

/** A sample entry with an SPS and a PPS of that number; `mark` stands for the rest of what they say. */
function avcEntry(id: number, mark: number): Buffer {
  const number = expGolomb(id);
  const sps = Buffer.from([0x67, 0x64, 0x00, 0x1f, number, mark]);
  const pps = Buffer.from([0x68, number, mark]);
  const avcC = Buffer.concat([
    Buffer.from([1, 0x64, 0x00, 0x1f, 0xff, 0xe1, 0, sps.length]),
    sps,
    Buffer.from([1, 0, pps.length]),
    pps,
    Buffer.from([0xfd, 0xf8, 0xf8, 0]),
  ]);
  return box('avc1', Buffer.alloc(78), box('avcC', avcC));
}

/** Of 0, 1 and 2, followed by ones. */
function expGolomb(id: number): number {
  return [0b11111111, 0b01011111, 0b01111111][id]!;
}

function box(type: string, ...contents: Buffer[]): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(8 + contents.reduce((sum, { length }) => sum + length, 0));
  header.write(type, 4, 'latin1');
  return Buffer.concat([header, ...contents]);
}

const typeOf = (entry: Uint8Array): string => Buffer.from(entry.subarray(4, 8)).toString('latin1');
const sets = (entry: Uint8Array) => parameterSetsOf(entry)!;

describe('parameter sets of several encoders in one file', () => {
  it('finds a number that none of them uses', () => {
    expect(freeSetId([])).toBe(0);
    expect(freeSetId([sets(avcEntry(0, 1))])).toBe(1);
    expect(freeSetId([sets(avcEntry(0, 1)), sets(avcEntry(1, 1))])).toBe(2);
  });

  it('one encoder: its entry as it is', () => {
    const entry = avcEntry(0, 1);
    expect(joinEntries([entry, avcEntry(0, 1)])).toEqual({ entry, isInBand: false });
  });

  it('of different numbers, all stand in one entry, whose sizes are right', () => {
    const joined = joinEntries([avcEntry(0, 1), avcEntry(1, 2)]);
    expect(joined.isInBand).toBe(false);
    expect(typeOf(joined.entry)).toBe('avc1');
    expect(Buffer.from(joined.entry).readUInt32BE(0)).toBe(joined.entry.length);
    const units = sets(joined.entry).units.map((unit) => Buffer.from(unit).toString('hex'));
    expect(units).toEqual(['6764001fff01', '6764001f5f02', '68ff01', '685f02']);
    // What High profiles add stays at the end.
    expect(Buffer.from(joined.entry.subarray(-4)).toString('hex')).toBe('fdf8f800');
  });

  it('of the same number, each run of pictures brings its own', () => {
    const joined = joinEntries([avcEntry(0, 1), avcEntry(0, 2)]);
    expect(joined.isInBand).toBe(true);
    expect(typeOf(joined.entry)).toBe('avc3');
    expect(Buffer.from(inBand(sets(avcEntry(0, 2)))).toString('hex')).toBe(
      '000000066764001fff020000000368ff02',
    );
  });
});
