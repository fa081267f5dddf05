import { appendFileSync, cpSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../../src/errors.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import { keys as printKeys, list } from '../../../src/main/commands/evidence.js';
import { verify, type VerifyOptions } from '../../../src/main/commands/verify.js';
import type { EvidencePackage } from '../../../src/ports/evidence.js';
import { evidenceOrder, type EvidenceWorld, evidenceWorld } from '../../support/evidence.js';
import { forge } from '../../support/evidence-packages.js';
import { copyMigrated } from '../../support/sqlite.js';

const NEVER = new AbortController().signal;
let data: string;
let nowhere: string;
let world: EvidenceWorld;
let sealed: EvidencePackage[];
let pem: string;
let printed: string[];

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'camqueue-verify-'));
  nowhere = join(data, 'no-installation');
  await copyMigrated(data);
  const database = await openDatabase({ dataDir: data });
  world = await evidenceWorld(database);
  sealed = [];
  for (const id of ['a', 'b', 'c', 'd']) sealed.push(await world.evidence.seal(evidenceOrder(id), NEVER));
  pem = join(data, 'keys.pem');
  writeFileSync(pem, (await world.evidence.publicKeys()).map((key) => key.pem).join('\n'));
  await database.close();
});
afterAll(async () => {
  await world.remove();
  await rm(data, { recursive: true, force: true });
});
beforeEach(() => {
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => printed.push(String(text)) > 0);
});
afterEach(() => jest.restoreAllMocks());

const zip = (n: number): string => world.at(sealed[n - 1]?.zip.key ?? '');
const run = (paths: string[], options: VerifyOptions = {}): Promise<number> =>
  verify(paths, { data: nowhere, ...options }, () => NEVER);
const lines = (): Record<string, unknown>[] =>
  printed.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>);

it('proves packages with a key that is given, without any installation', async () => {
  expect(await run([zip(1), world.at(sealed[1]?.folder ?? '')], { key: [pem], json: true })).toBe(0);
  expect(lines()).toMatchObject([
    { package: zip(1), ok: true, number: 1, keyId: sealed[0]?.keyId, trusted: true, problems: [] },
    { ok: true, number: 2, trusted: true },
  ]);
});

it('proves integrity only where no key is known, and says so', async () => {
  expect(await run([zip(1)])).toBe(0);
  expect(printed.splice(0).join('\n')).toMatch(
    /^OK .*number 1 of gate-1.*the key that is in it[^]*Only integrity was checked/,
  );
  expect(await run([zip(1)], { json: true })).toBe(0);
  expect(lines()).toMatchObject([{ ok: true, trusted: false }]);
});

it('takes the keys of the installation that it is in', async () => {
  const forged = join(data, 'forged');
  cpSync(world.at(sealed[0]?.folder ?? ''), forged, { recursive: true });
  forge(forged);
  expect(await run([forged], { json: true })).toBe(0);
  expect(await run([zip(1), forged], { json: true, data })).toBe(1);
  expect(lines().slice(1)).toMatchObject([
    { ok: true, trusted: true },
    { ok: false, trusted: false, problems: [{ file: 'manifest.sig' }] },
  ]);
});

it('names what was changed', async () => {
  const changed = join(data, 'changed');
  cpSync(world.at(sealed[0]?.folder ?? ''), changed, { recursive: true });
  appendFileSync(join(changed, 'clip.mp4'), 'x');
  expect(await run([changed], { key: [pem] })).toBe(1);
  expect(printed.join('\n')).toMatch(/^CHANGED {2}.*\n +clip\.mp4 was altered: it has \d+ bytes/);
});

it('finds a chain whole, in any order, and where it has a hole', async () => {
  expect(await run([zip(3), zip(1), zip(4), zip(2)], { key: [pem], chain: true, json: true })).toBe(0);
  expect(await run([zip(1), zip(3), zip(4)], { key: [pem], json: true })).toBe(0);
  printed = [];
  expect(await run([zip(1), zip(3), zip(4)], { key: [pem], chain: true, json: true })).toBe(1);
  expect(lines()).toMatchObject([
    { ok: true },
    {
      ok: false,
      number: 3,
      problems: [
        { file: 'manifest.json', what: 'the chain of gate-1 is broken between 1 and 3: number 2 is missing' },
      ],
    },
    { ok: true },
  ]);
});

it.each<[string, () => Promise<number>, string]>([
  ['a package that is not there', () => run(['/nonexistent/x.zip']), 'there is no such folder or ZIP'],
  ['a key that is not there', () => run([zip(1)], { key: ['/nonexistent/k.pem'] }), 'cannot be read'],
  ['a file that is no key', () => run([zip(1)], { key: [__filename] }), 'holds no public key'],
])('says %s', async (_, command, what) => {
  await expect(command()).rejects.toThrow(InputError);
  await expect(command()).rejects.toThrow(what);
});

it('lists packages and prints the keys, as verify takes them', async () => {
  const options = { data, cameras: join(data, 'cameras.yaml') };
  expect(await list({ ...options, limit: 2 })).toBe(0);
  expect(printed.splice(0).join('\n')).toMatch(
    /^CAMERA +NUMBER +MADE[^]*gate-1 +4 +2026-11-21 15:30:00 +d [^]*gate-1 +3 /,
  );
  expect(await list({ ...options, json: true, camera: 'gate-1' })).toBe(0);
  expect(lines().map(({ number }) => number)).toEqual([4, 3, 2, 1]);
  expect(await printKeys(options)).toBe(0);
  const file = join(data, 'printed.pem');
  writeFileSync(file, printed.splice(0).join(''));
  expect(readFileSync(file, 'utf8')).toContain(sealed[0]?.keyId);
  expect(await run([zip(1)], { key: [file], json: true })).toBe(0);
  expect(lines()).toMatchObject([{ trusted: true }]);
});
