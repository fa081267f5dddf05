import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../src/errors.js';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import { createPassageStore } from '../../../src/io/sql/passage-store.js';
import { passages } from '../../../src/main/commands/passages.js';
import * as lists from '../../../src/main/commands/plate-lists.js';
import { AT, passage } from '../../support/passages.js';
import { textsOf } from '../../support/texts.js';

let data: string;
let printed: string[];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'camqueue-lists-'));
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text).trimEnd()) > 0);
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(data, { recursive: true, force: true });
});
const options = (): { data: string; cameras: string } => ({ data, cameras: join(data, 'cameras.yaml') });

test('a list is made, filled, shown, exported, emptied and dropped without Redis', async () => {
  const csv = join(data, 'in.csv');
  const out = join(data, 'out.csv');
  expect(await lists.make('cars', { ...options(), kind: 'allow', name: 'Cư dân' })).toBe(0);
  expect(await lists.add('cars', '30a-339.18', { ...options(), to: '2026-11-21' })).toBe(0);
  await writeFile(csv, 'plate\n/\n29B1\n');
  expect(await lists.importFile('cars', csv, options())).toBe(1);
  expect(printed.splice(0)).toEqual([
    'cars: made',
    'cars: entry 1 added',
    'line 2: plate "/" holds "/"; write letters, digits, "-", ".", spaces, * and ?',
    'cars: 1 of 2 rows are bad; nothing was imported (--partial takes the others)',
  ]);
  expect(await lists.importFile('cars', csv, { ...options(), partial: true })).toBe(1);
  expect(await lists.show('cars', options())).toBe(0);
  expect(printed.splice(0).join('\n')).toMatch(
    /1 of 2 rows added[^]*ENTRY\s+PLATE[^]*1\s+30a-339\.18\s+2026-11-21T17:00Z\n\s+2\s+29B1$/,
  );
  expect(await lists.exportFile('cars', out, options())).toBe(0);
  expect(await readFile(out, 'utf8')).toMatch(/30a-339\.18,,2026-11-21T17:00:00\.000Z[^]*29B1,/);
  expect(await lists.remove('cars', 1, options())).toBe(0);
  await expect(lists.remove('cars', 1, options())).rejects.toThrow(/no entry 1/);
  expect(await lists.drop('cars', options())).toBe(0);
  await expect(lists.drop('cars', options())).rejects.toBeInstanceOf(InputError);
  const database = await openDatabase({ dataDir: data });
  const trail = await createAuditLog(database).list({ subject: 'plate-list/cars', limit: 20 });
  await database.close();
  expect(trail.map(({ actor, action }) => `${actor}: ${action}`)).toContain(
    'command line: plate-list.import',
  );
  expect(textsOf(trail)).not.toMatch(/30a|339|29B1/i);
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  ['a list that is not there', () => lists.add('ghost', '30A1', options()), /no plate list "ghost"/],
  [
    'a file that is not there',
    () => lists.importFile('x', '/no/file', options()),
    /\/no\/file cannot be read/,
  ],
  ['an id with a space', () => lists.make('a b', { ...options(), kind: 'deny' }), /list "a b" must be 1-64/],
  ['a search that is none', () => passages('30A*', { ...options(), fuzzy: 1 }), /fuzzy: does not go with/],
])('%s is said', async (_, work, message) => {
  const working = work();
  await expect(working).rejects.toThrow(message);
});

test('passages are searched', async () => {
  const database = await openDatabase({ dataDir: data });
  await createPassageStore(database).put(passage({ id: 'a', at: AT }));
  await database.close();
  expect(await passages('30A*', options())).toBe(0);
  expect(printed.splice(0).join('\n')).toMatch(
    /SEEN[^]*2026-11-21 \d\d:\d\d:\d\d\s+gate-1\s+30A33918\s+accepted\s+99%/,
  );
  await passages(undefined, { ...options(), json: true, verdict: 'accepted' });
  expect(JSON.parse(printed[0]!)).toMatchObject({ id: 'a', text: '30A33918' });
});
