import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import type { Database } from '../../../src/io/sql/schema.js';
import { onBothDatabases } from '../../support/databases.js';

onBothDatabases('the audit trail', ({ open, address }) => {
  it('keeps entries in order, newest first, of one subject or all', async () => {
    const log = createAuditLog(await open());
    await log.append({
      at: 30,
      actor: 'key/ops',
      action: 'camera.disabled',
      subject: 'camera/gate-1',
      detail: { why: 'sửa chữa', n: [1, null] },
    });
    await log.append({ at: 20, actor: 'job/alert', action: 'alert.opened', subject: 'alert/a' });
    const all = await log.list({ limit: 9 });
    expect(all).toEqual([
      {
        id: expect.any(Number) as number,
        at: 20,
        actor: 'job/alert',
        action: 'alert.opened',
        subject: 'alert/a',
        detail: {},
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
      {
        id: expect.any(Number) as number,
        at: 30,
        actor: 'key/ops',
        action: 'camera.disabled',
        subject: 'camera/gate-1',
        detail: { why: 'sửa chữa', n: [1, null] },
        hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
      },
    ]);
    expect(await log.list({ subject: 'alert/a', limit: 9 })).toEqual([all[0]]);
    expect(await log.list({ limit: 1 })).toEqual([all[0]]);
    expect(await log.list({ actor: 'key/ops', limit: 9 })).toEqual([all[1]]);
    expect(await log.list({ action: 'alert.', limit: 9 })).toEqual([all[0]]);
    expect(await log.list({ action: 'alert.open%', limit: 9 })).toEqual([]);
    expect(await log.list({ from: 20, to: 30, limit: 9 })).toEqual([all[0]]);
    expect(await log.list({ before: all[0]!.id, limit: 9 })).toEqual([all[1]]);
  });

  it('is whole after any texts, through several connections at once', async () => {
    const place = await address();
    const logs = (await Promise.all([1, 2, 3].map(() => open(place)))).map(createAuditLog);
    const texts = ['x\u0000', 'nửa \uD83D', 'Đường', '{"a":1}', '', '😀'];
    await Promise.all(
      Array.from({ length: 18 }, (_, i) => {
        const text = texts[i % texts.length]!;
        return logs[i % 3]!.append({
          at: i,
          actor: text,
          action: text,
          subject: text,
          detail: { [text]: text },
        });
      }),
    );
    const [newest] = await logs[0]!.list({ limit: 1 });
    expect(await logs[0]!.verify()).toEqual({ isIntact: true, entries: 18, head: newest?.hash });
    await expect(logs[0]!.verify(AbortSignal.abort())).rejects.toThrow('aborted');
  });

  it('is empty and whole at first', async () => {
    expect(await createAuditLog(await open()).verify()).toEqual({
      ...{ isIntact: true, entries: 0, head: '0'.repeat(64) },
    });
  });

  it('writes an entry with a key once, others as often as they come', async () => {
    const log = createAuditLog(await open());
    const entry = { at: 1, actor: 'a', action: 'b', subject: 'c' };
    await log.append({ ...entry, onceKey: 'k' });
    await log.append({ ...entry, at: 2, onceKey: 'k' });
    await log.append({ ...entry, at: 3 });
    await log.append({ ...entry, at: 4 });
    expect((await log.list({ limit: 9 })).map(({ at }) => at)).toEqual([4, 3, 1]);
  });

  it.each([
    ['changed', sql`update audit set actor = 'nobody'`],
    ['removed', sql`delete from audit`],
  ])('cannot be %s', async (_, change) => {
    const database = await open();
    const log = createAuditLog(database);
    await log.append({ at: 1, actor: 'key/ops', action: 'b', subject: 'c' });
    await expect(change.execute(database.db)).rejects.toThrow('append-only');
    if (database.dialect === 'postgres') {
      await expect(sql`truncate audit`.execute(database.db)).rejects.toThrow('append-only');
    }
    expect(await log.list({ limit: 9 })).toHaveLength(1);
  });

  // Who owns the database can lift its guards; the chain is for this case.
  it.each([
    ['a changed row', `update audit set detail = '{"n":9}' where id = 3`, 3, 2],
    ['a changed row with a seal', `update audit set at = 9, hash = '${'a'.repeat(64)}' where id = 3`, 3, 2],
    ['a changed time', 'update audit set at = at + 1 where id = 5', 5, 4],
    ['a key put in', `update audit set once_key = 'k' where id = 2`, 2, 1],
    ['a removed row in the middle', 'delete from audit where id = 3', 4, 2],
    ['a removed first row', 'delete from audit where id = 1', 2, 0],
  ])('finds %s', async (_, change, brokenId, entries) => {
    const database = await open();
    const log = createAuditLog(database);
    for (let n = 1; n <= 5; n += 1)
      await log.append({ at: n, actor: 'key/ops', action: 'b', subject: 'c', detail: { n } });
    expect(await log.verify()).toMatchObject({ isIntact: true, entries: 5 });
    await withoutGuards(database, change);
    expect(await log.verify()).toMatchObject({ isIntact: false, brokenId, entries });
  });

  it('cut off at its end it is whole, with another head', async () => {
    const database = await open();
    const log = createAuditLog(database);
    for (let n = 1; n <= 3; n += 1) await log.append({ at: n, actor: 'a', action: 'b', subject: 'c' });
    const before = await log.verify();
    await withoutGuards(database, 'delete from audit where id = 3');
    const after = await log.verify();
    expect(after).toMatchObject({ isIntact: true, entries: 2 });
    expect(after).not.toHaveProperty('head', before.isIntact && before.head);
  });
});

/** As somebody does who has the file, or is the database's owner. */
async function withoutGuards({ db, dialect, place }: Database, change: string): Promise<void> {
  if (dialect === 'postgres') {
    await sql`alter table audit disable trigger user`.execute(db);
    await sql.raw(change).execute(db);
    return;
  }
  const file = new Sqlite(place);
  file.exec('drop trigger audit_no_update; drop trigger audit_no_delete');
  file.exec(change);
  file.close();
}
