import fc from 'fast-check';
import { csvOf, readCsv } from '../../src/api/plate-csv.js';
import { readEntry } from '../../src/domain/plates/list-entry.js';
import { InputError } from '../../src/errors.js';

const ZONE = 'Asia/Ho_Chi_Minh';
const read = (text: string) => readCsv(Buffer.from(text), ZONE);
const time = (iso: string): number => Date.parse(iso);

describe('a CSV file of plates', () => {
  it.each<[string, string | Buffer]>([
    ['with commas', 'plate,note\n30A-339.18,x y\n'],
    ['with semicolons, as spreadsheets in Vietnam write it', 'plate;note\r\n30A-339.18;x y\r\n'],
    ['with tabs', 'plate\tnote\n30A-339.18\tx y'],
    ['with the mark of UTF-8', '\uFEFFplate,note\n30A-339.18,x y\n'],
    ['in UTF-16', Buffer.from('\uFEFFplate\tnote\r\n30A-339.18\tx y\r\n', 'utf16le')],
    ['with other capitals, order, spaces and empty lines', ' Note , PLATE \n\n  x y , 30A-339.18 \n\n'],
    ['with quotes', '"plate","note"\n"30A-339.18","x y"\n'],
    ['with empty cells beyond its columns', 'plate,note,\n30A-339.18,x y,,\n'],
  ])('%s', async (_, text) => {
    const { entries, rows, bad } = await readCsv(Buffer.from(text), ZONE);
    expect({ entries, rows, bad }).toEqual({
      entries: [{ pattern: '30A-339.18', key: '30A33918', note: 'x y' }],
      rows: 1,
      bad: [],
    });
  });

  it('all columns; dates are days of the site, the last one whole', async () => {
    const { entries } = await read(
      'plate,valid_from,valid_to,reason,owner,note\n' +
        '"29-b1 256.6?",2026-11-21,2026-11-22,"a, b",Đào Thị Ơn,"two\nlines"\n' +
        '30a*,2026-11-21T08:30:00+07:00,2026-11-21T02:00Z,,,\n',
    );
    expect(entries).toEqual([
      {
        pattern: '29-b1 256.6?',
        key: '29B12566?',
        validFrom: time('2026-11-21T00:00:00+07:00'),
        validTo: time('2026-11-23T00:00:00+07:00'),
        ...{ reason: 'a, b', owner: 'Đào Thị Ơn', note: 'two\nlines' },
      },
      {
        pattern: '30a*',
        key: '30A*',
        validFrom: time('2026-11-21T01:30:00Z'),
        validTo: time('2026-11-21T02:00:00Z'),
      },
    ]);
  });

  it.each<[string, string, string, string, RegExp]>([
    ['no plate', ',2026-11-21', 'plate', '', /at least 2 letters or digits, for example/],
    ['only a wildcard', '*,', 'plate', '*', /at least 2 letters/],
    ['another character', '30A/339,', 'plate', '30A/339', /holds "\/"; write letters/],
    ['a plate too long', `${'12345'.repeat(5)},`, 'plate', '12345'.repeat(5), /longer than 24 letters/],
    [
      'a date of another country',
      '30A1,21/11/2026',
      'valid_from',
      '21/11/2026',
      /no date or time; write 2026-11-21/,
    ],
    ['a day that is none', '30A1,2026-02-30', 'valid_from', '2026-02-30', /no date/],
    ['a time without a zone', '30A1,2026-11-21T08:30', 'valid_from', '2026-11-21T08:30', /no date/],
    [
      'an end before the beginning',
      '30A1,2026-11-21,2026-11-20',
      'valid_to',
      '2026-11-20',
      /not after the beginning/,
    ],
    ['a cell too many', '30A1,,,x', 'cell 4', 'x', /between quotes/],
  ])('says of a row with %s: line, field, value, fix', async (_, row, field, value, problem) => {
    const { entries, bad, rows, badRows } = await read(`plate,valid_from,valid_to\n30A1,,\n${row}\n`);
    expect(bad).toEqual([{ line: 3, field, value, problem: expect.stringMatching(problem) as string }]);
    expect({ good: entries.length, rows, badRows }).toEqual({ good: 1, rows: 2, badRows: 1 });
  });

  it('says every mistake of a row, counts lines within cells, and stops telling at some time', async () => {
    const long = 'x'.repeat(1001);
    const { bad } = await read(`plate,note,valid_from\n30A1,"a\nb",\n/,${long},soon\n`);
    expect(bad.map(({ line, field }) => `${line} ${field}`)).toEqual(['4 plate', '4 note', '4 valid_from']);
    const many = await read(`plate\n${'/\n'.repeat(1000)}`);
    expect([many.badRows, many.bad.length]).toEqual([1000, 200]);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ['nothing', '', /empty; its first line is plate,valid_from/],
    [
      'no header',
      '30A-339.18\n',
      /line 1: there is no column "30a-339.18"; the first line names the columns: plate/,
    ],
    ['no plate column', 'note\nx', /line 1: the column plate is missing/],
    ['a column twice', 'plate,plate\n', /the column plate is there twice/],
    ['a quote that is not closed', 'plate\n"30A\n30B\n', /no CSV: .*line 3.*look for a "/s],
    ['another encoding', Buffer.from('plate,owner\n30A1,\xd0\xe0o', 'latin1'), /not UTF-8; save it as/],
    ['a picture', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), /not UTF-8/],
  ])('refuses a file that is or has %s', async (_, text, message) => {
    const reading = readCsv(Buffer.from(text), ZONE);
    await expect(reading).rejects.toThrow(message);
    await expect(reading).rejects.toBeInstanceOf(InputError);
  });
});

test('a file with too many rows is refused', async () => {
  const text = Buffer.from(`plate\n${'30A1\n'.repeat(4)}`);
  expect((await readCsv(text, ZONE, 4)).rows).toBe(4);
  await expect(readCsv(text, ZONE, 3)).rejects.toThrow(/more than 3 rows; split it/);
});

describe('export', () => {
  it.each(['=1+1', '+84 90', '-x', '@SUM(A1)', "'=1", "''@x", '＝1', "'tis"])(
    'no spreadsheet calculates %s, and import takes it back',
    async (note) => {
      const text = csvOf(
        [{ id: 1, list: 'l', pattern: '30A1', key: '30A1', note, createdAt: 1, createdBy: 'x' }],
        true,
      );
      const cell = text.trim().split('\n')[1]!.split(',').at(-1)!;
      expect(cell).not.toMatch(/^[=+\-@＝]/);
      expect((await read(text)).entries).toEqual([{ pattern: '30A1', key: '30A1', note }]);
    },
  );

  it('what was exported is imported as it was', async () => {
    const cell = fc.string({ unit: fc.constantFrom(...'=+-@\'",;\n\r\tĐơ x*'), maxLength: 12 });
    const day = fc.option(fc.integer({ min: 1e12, max: 1.1e12 }), { nil: undefined });
    const given = fc.record({ reason: cell, owner: cell, note: cell, from: day });
    await fc.assert(
      fc.asyncProperty(fc.array(given, { minLength: 1, maxLength: 5 }), async (rows) => {
        const entries = rows.map(({ from, ...texts }, i) => {
          const validity = from === undefined ? {} : { validFrom: new Date(from).toISOString() };
          const made = readEntry({ pattern: `30A-${i}*`, ...texts, ...validity }, ZONE);
          if (!('entry' in made)) throw new Error('a good entry is refused');
          return made.entry;
        });
        const stored = entries.map((entry, id) => ({
          ...entry,
          id,
          list: 'l',
          createdAt: 1,
          createdBy: 'x',
        }));
        const half = stored.length >> 1;
        const text = csvOf(stored.slice(0, half), true) + csvOf(stored.slice(half), false);
        expect((await read(text)).entries).toEqual(entries);
      }),
    );
  });
});
