import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCameraStore } from '../../src/io/sql/camera-store.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { type Database } from '../../src/io/sql/schema.js';
import { type FollowedCatalogue, openCameraCatalogue } from '../../src/main/camera-catalogue.js';
import type { CameraStore, StoredCamera } from '../../src/ports.js';
import { until } from '../support/system.js';
import { silentLog } from '../support/test-queue.js';

const GATE = '{ id: gate-1, source: "rtsp://u:${CAM1}@10.0.0.5/" }';
const YARD = '{ id: yard, source: "rtsp://10.0.0.6/" }';
const ENV = { CAM1: 'p4ss' };
const file = (...cameras: string[]) =>
  `defaults: { fps: 8, detect: { minScore: 0.6 } }\ncameras: [ ${cameras.join(', ')} ]`;
const stored = (id: string, more: Partial<StoredCamera> = {}): StoredCamera => ({
  id,
  given: { id, source: `rtsp://10.0.1.1/${id}` },
  enabled: true,
  changedAt: 1,
  changedBy: 'key:a',
  ...more,
});

let folder: string;
let path: string;
let database: Database;
let store: CameraStore;
const opened: FollowedCatalogue[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-catalogue-'));
  path = join(folder, 'cameras.yaml');
  await writeFile(path, file(GATE, YARD));
  database = await openDatabase({ dataDir: folder });
  store = createCameraStore(database, 's'.repeat(64));
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((catalogue) => catalogue.close()));
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

async function open(pollMs = 20): Promise<FollowedCatalogue> {
  const catalogue = await openCameraCatalogue({ path, store, env: ENV, log: silentLog, pollMs });
  opened.push(catalogue);
  return catalogue;
}
const ids = (catalogue: FollowedCatalogue) => catalogue.all().map(({ id }) => id);
const changed = (catalogue: FollowedCatalogue) =>
  new Promise<void>((resolve) => {
    const end = catalogue.onChange(() => (end(), resolve()));
  });

it('holds the cameras of the file, then those of the database, with defaults and references', async () => {
  await store.put(stored('api-1', { given: { source: 'rtsp://u:${CAM1}@10.0.1.1/' } }));
  const catalogue = await open();
  expect(catalogue.all()).toMatchObject([
    { id: 'gate-1', source: 'rtsp://u:p4ss@10.0.0.5/', fps: 8 },
    { id: 'yard', fps: 8 },
    { id: 'api-1', source: 'rtsp://u:p4ss@10.0.1.1/', fps: 8, detect: { minScore: 0.6 }, enabled: true },
  ]);
  expect(catalogue.about('yard')).toEqual({ origin: 'file', file: 'cameras.yaml', isOffInFile: false });
  expect(catalogue.about('api-1')).toMatchObject({ origin: 'api' });
  expect(catalogue.about('nobody')).toBeUndefined();
  expect(() => catalogue.get('nobody')).toThrow(/there is no camera "nobody"/);
  expect([...catalogue.hosts()]).toEqual(['10.0.0.5', '10.0.0.6']);
  expect(catalogue.problem()).toBeUndefined();
});

it('a camera of the database may name what cameras of the file name, and no secret of a recipient', async () => {
  const hook = 'recipients: [ { id: a, webhook: { url: "https://x/", secret: "${CAM1}-${HOOK}" } } ]';
  await writeFile(path, `${hook}\ndefaults: { detectSource: "rtsp://\${SUB}@h/" }\ncameras: [ ${GATE} ]`);
  const env = { ...ENV, HOOK: 'geheim-geheim-geheim', SUB: 'u:s' };
  const catalogue = await openCameraCatalogue({ path, store, env, log: silentLog });
  opened.push(catalogue);
  expect(catalogue.check({ id: 'a', source: 'rtsp://${SUB}@h/' }).source).toBe('rtsp://u:s@h/');
  expect(() => catalogue.check({ id: 'a', source: 'rtsp://evil/${HOOK}' })).toThrow(/refers to HOOK/);
});

it('other rules of alerts are in force, and those who follow are told', async () => {
  const catalogue = await open();
  expect(catalogue.alerting.routes).toEqual([]);
  const change = changed(catalogue);
  await writeFile(path, `alerting: { routes: [ { policy: none } ] }\n${file(GATE, YARD)}`);
  await change;
  expect(catalogue.alerting.routes).toEqual([{ when: {}, policy: 'none' }]);
});

it('a wrong file at the start is said with all its mistakes', async () => {
  await writeFile(path, file('{ id: a, source: x, fps: 0 }', '{ id: b }'));
  await expect(open()).rejects.toThrow(/camera a: fps is 0[^]*camera b: source is missing/);
});

it.each([
  ['written over', (text: string) => writeFile(path, text)],
  [
    'put in place by a rename',
    async (text: string) => {
      await writeFile(`${path}.new`, text);
      await rename(`${path}.new`, path);
    },
  ],
])('a file %s is followed; cameras that did not change stay the same objects', async (_, write) => {
  const catalogue = await open();
  const [gate, yard] = catalogue.all();
  const change = changed(catalogue);
  await write(file(GATE, '{ id: yard, source: "rtsp://10.0.0.7/" }', '{ id: new, source: x }'));
  await change;
  expect(ids(catalogue)).toEqual(['gate-1', 'yard', 'new']);
  expect(catalogue.get('gate-1')).toBe(gate);
  expect(catalogue.get('yard')).not.toBe(yard);
});

it('comments and spaces change nothing: the same list, nobody is told', async () => {
  const catalogue = await open();
  const [all, told] = [catalogue.all(), jest.fn()];
  catalogue.onChange(told);
  await writeFile(path, `# by hand\n${file(GATE, YARD)}`);
  // Later than the file: once this is seen, the file has been looked at as well.
  await until(
    'the file was read',
    async () => {
      await writeFile(path, `# again\nsite: { name: Other }\n${file(GATE, YARD)}`);
      await new Promise((resolve) => setTimeout(resolve, 80));
      return catalogue.site.name;
    },
    (name) => name === 'Other',
  );
  expect(catalogue.all()).toBe(all);
  expect(told).toHaveBeenCalledTimes(1);
});

it.each([
  ['is cut short', 'defaults: { fps: 8 }\ncam'],
  ['has mistakes', file('{ id: gate-1, source: x, fps: 0 }', '{ id: b }')],
  ['refers to what is not set', file('{ id: a, source: "rtsp://u:${NOPE}@h/" }')],
  ['is gone', undefined],
])('a file that %s leaves the last good one in force, says so, and logs it once', async (_, text) => {
  const errors: unknown[] = [];
  const log = Object.assign(Object.create(silentLog) as typeof silentLog, {
    error: (about: unknown) => errors.push(about),
  });
  const catalogue = await openCameraCatalogue({ path, store, env: ENV, log, pollMs: 10 });
  opened.push(catalogue);
  const all = catalogue.all();
  await (text === undefined ? rm(path) : writeFile(path, text));
  await until(
    'the problem',
    () => catalogue.problem(),
    (problem) => problem !== undefined,
  );
  expect(catalogue.problem()).toMatch(/^the camera file has mistakes and is not in force/);
  await store.put(stored('api-1'));
  await until(
    'the cameras of the database',
    () => ids(catalogue).length,
    (count) => count === 3,
  );
  expect([catalogue.all()[0], catalogue.all()[1]]).toEqual([all[0], all[1]]);
  expect(errors).toHaveLength(1);
  const change = changed(catalogue);
  await writeFile(path, file(YARD));
  await change;
  expect([ids(catalogue), catalogue.problem()]).toEqual([['yard', 'api-1'], undefined]);
});

it('follows the database, also by another process, and at once when asked', async () => {
  const [one, other] = [await open(60_000), await open(20)];
  const change = changed(other);
  await store.put(stored('api-1'));
  await one.refresh();
  expect(ids(one)).toEqual(['gate-1', 'yard', 'api-1']);
  await change;
  expect(ids(other)).toEqual(['gate-1', 'yard', 'api-1']);
  const same = one.get('api-1');
  await store.put(stored('api-2', { enabled: false }));
  await one.refresh();
  expect(one.get('api-1')).toBe(same);
  expect(one.get('api-2').enabled).toBe(false);
  await store.remove('api-1');
  await one.refresh();
  expect(ids(one)).toEqual(['gate-1', 'yard', 'api-2']);
});

it('a camera of the file is switched off by a row, and on when it goes; never against the file', async () => {
  await writeFile(path, file(GATE, '{ id: yard, source: x, enabled: false }'));
  const { given: _, ...row } = stored('gate-1', { enabled: false, changedBy: 'person:lan' });
  await store.put(row);
  await store.put({ ...row, id: 'yard', enabled: true });
  const catalogue = await open(60_000);
  expect(catalogue.all().map(({ enabled }) => enabled)).toEqual([false, false]);
  expect(catalogue.about('gate-1')).toMatchObject({ switchedOffBy: 'person:lan', isOffInFile: false });
  expect(catalogue.about('yard')).toMatchObject({ isOffInFile: true });
  await store.put({ ...row, enabled: true });
  await catalogue.refresh();
  expect(catalogue.get('gate-1').enabled).toBe(true);
});

it('what is wrong with one stored camera is said and stops no other', async () => {
  await store.put(stored('gate-1'));
  await store.put(stored('bad', { given: { source: 'rtsp://u:hunter2@h/', fps: 0 } }));
  await store.put(stored('spy', { given: { source: 'rtsp://h/${DATABASE_URL}' } }));
  await createCameraStore(database, 'x'.repeat(64)).put(stored('sealed'));
  await store.put(stored('good'));
  const catalogue = await open(60_000);
  expect(ids(catalogue)).toEqual(['gate-1', 'yard', 'good']);
  expect(catalogue.get('gate-1').source).toBe('rtsp://u:p4ss@10.0.0.5/');
  const problem = catalogue.problem() ?? '';
  for (const said of [
    /camera gate-1 is in cameras.yaml and in the database/,
    /camera bad of the database cannot be used: camera bad: fps is 0/,
    /camera spy of the database cannot be used: the camera refers to DATABASE_URL/,
    /camera sealed: its settings in the database cannot be read/,
  ])
    expect(problem).toMatch(said);
  expect(problem).not.toContain('hunter2');
});
