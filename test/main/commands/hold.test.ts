import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import { add, list, release } from '../../../src/main/commands/hold.js';

const AT = Date.UTC(2026, 10, 21, 9, 20);
const now = (): number => AT;
let data: string;
let printed: string[];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'camqueue-hold-'));
  await writeFile(join(data, 'cameras.yaml'), 'cameras: [{id: gate-1, source: a.mp4}]');
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(data, { recursive: true, force: true });
});
const options = (): { data: string; cameras: string } => ({ data, cameras: join(data, 'cameras.yaml') });
const wanted = {
  camera: 'gate-1',
  from: '2026-11-20T08:00',
  to: '2026-11-20 08:30',
  reason: 'police file 12',
};

it('holds by the clock of the site, is listed, and is released; the audit trail has both', async () => {
  const id = `gate-1-${Date.UTC(2026, 10, 20, 1)}-${Date.UTC(2026, 10, 20, 1, 30)}-${AT}`;
  expect(await add({ ...options(), ...wanted }, now)).toBe(0);
  expect(await add({ ...options(), ...wanted }, now)).toBe(0);
  expect(printed.splice(0)).toEqual([`held: ${id}`, `held already: ${id}`]);
  await list(options());
  expect(printed.splice(0).join('\n')).toMatch(
    /gate-1 +2026-11-20 08:00:00 +2026-11-20 08:30:00 +holds +command line +police file 12/,
  );
  expect(await release(id, options(), now)).toBe(0);
  printed.length = 0;
  await list(options());
  expect(printed.splice(0)).toEqual([expect.stringMatching(/^No holds/)]);
  await list({ ...options(), all: true, json: true });
  expect(JSON.parse(printed[0] ?? '')).toMatchObject({ id, releasedBy: 'command line' });
  await expect(release(id, options(), () => AT + 1)).rejects.toThrow(/was released by command line/);
  await expect(release('nope', options(), now)).rejects.toThrow(/there is no hold nope/);
  const database = await openDatabase({ dataDir: data });
  const trail = await createAuditLog(database).list({ action: 'hold.', limit: 9 });
  await database.close();
  expect(trail.map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'command line hold.release',
    'command line hold.add',
  ]);
});

it.each([
  [{ from: 'yesterday' }, /--from: "yesterday" is no time/],
  [{ to: '2026-11-20T07:00' }, /to: .* must come after from/],
  [{ camera: 'A B' }, /--camera/],
  [{ reason: ' ' }, /--reason/],
])('%j is refused, and says why', async (given, message) => {
  await expect(add({ ...options(), ...wanted, ...given }, now)).rejects.toThrow(message);
});
