import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import { openDatabase } from '../../../src/io/sql/open.js';
import { list, verify } from '../../../src/main/commands/audit.js';

const AT = Date.UTC(2026, 10, 21, 9, 20);
let data: string;
let printed: string[];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'camqueue-audit-'));
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  const database = await openDatabase({ dataDir: data });
  const audit = createAuditLog(database);
  for (const [index, action] of ['list.made', 'incident.opened', 'incident.resolved'].entries())
    await audit.append({
      at: AT + index,
      actor: 'person:lan',
      action,
      subject: `x/${index}`,
      detail: { index },
    });
  await database.close();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await rm(data, { recursive: true, force: true });
});
const options = (): { data: string; cameras: string } => ({ data, cameras: join(data, 'cameras.yaml') });
const signal = (): AbortSignal => new AbortController().signal;

it('lists newest first, by what and when', async () => {
  expect(await list(options())).toBe(0);
  expect(printed.splice(0).join('\n')).toMatch(
    /^ENTRY +TIME +WHO[^]*\n +3 +2026-11-21 16:20:00 +person:lan +incident\.resolved +x\/2 +\{"index":2\}\n/,
  );
  await list({ ...options(), json: true, action: 'incident.', to: AT + 2 });
  expect(printed.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    { id: 2, at: '2026-11-21T09:20:00.001Z', action: 'incident.opened', detail: { index: 1 } },
  ]);
});

it('says the head of a whole trail, and the entry that was altered', async () => {
  expect(await verify(options(), signal)).toBe(0);
  expect(printed.splice(0)[0]).toMatch(/^3 entries, each as it was written\. Head: [0-9a-f]{64}\n/);
  const database = await openDatabase({ dataDir: data });
  const triggers = await sql<{ name: string }>`select name from sqlite_master where type = 'trigger'`.execute(
    database.db,
  );
  // Somebody who has the file can take away what guards it.
  for (const { name } of triggers.rows) await sql`drop trigger ${sql.ref(name)}`.execute(database.db);
  await sql`update audit set actor = 'person:eve' where id = 2`.execute(database.db);
  await database.close();
  expect(await verify(options(), signal)).toBe(1);
  expect(printed.splice(0)[0]).toMatch(/^entry 2 does not fit the 1 before it/);
  expect(await verify({ ...options(), json: true }, signal)).toBe(1);
  expect(JSON.parse(printed[0]!)).toMatchObject({ isIntact: false, brokenId: 2 });
});
