import { sql } from 'kysely';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import { onBothDatabases } from '../../support/databases.js';

onBothDatabases('the audit trail', ({ open }) => {
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
      },
      {
        id: expect.any(Number) as number,
        at: 30,
        actor: 'key/ops',
        action: 'camera.disabled',
        subject: 'camera/gate-1',
        detail: { why: 'sửa chữa', n: [1, null] },
      },
    ]);
    expect(await log.list({ subject: 'alert/a', limit: 9 })).toEqual([all[0]]);
    expect(await log.list({ limit: 1 })).toEqual([all[0]]);
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
});
