import { createPushTokens } from '../../../src/io/sql/push-tokens.js';
import { onBothDatabases } from '../../support/databases.js';

const SECRET = 'a'.repeat(64);
const phone = (token: string, recipient: string, now: number) => ({
  token,
  recipient,
  platform: 'android' as const,
  now,
});

onBothDatabases('push tokens', ({ open }) => {
  it('belong to whom they were registered for last; a name, never the token, is listed', async () => {
    const store = createPushTokens(await open(), SECRET);
    await store.register(phone('fcm:one', 'guard', 10));
    await store.register(phone('fcm:two', 'guard', 20));
    await store.register({ token: 'fcm:web', recipient: 'boss', platform: 'web', now: 30 });
    expect(await store.tokens('guard')).toEqual(['fcm:one', 'fcm:two']);
    await store.register(phone('fcm:one', 'boss', 40));
    expect(await store.tokens('guard')).toEqual(['fcm:two']);
    expect(await store.tokens('boss')).toEqual(['fcm:one', 'fcm:web']);
    expect(await store.tokens('nobody')).toEqual([]);
    const id = expect.stringMatching(/^[0-9a-f]{16}$/) as string;
    expect(await store.list()).toEqual([
      { id, recipient: 'boss', platform: 'android', createdAt: 10, seenAt: 40 },
      { id, recipient: 'boss', platform: 'web', createdAt: 30, seenAt: 30 },
      { id, recipient: 'guard', platform: 'android', createdAt: 20, seenAt: 20 },
    ]);
  });

  it('are removed by the token or by its name, which says whether there was one', async () => {
    const store = createPushTokens(await open(), SECRET);
    await store.register(phone('fcm:one', 'guard', 10));
    await store.register(phone('fcm:two', 'guard', 20));
    const [{ id } = { id: '' }] = await store.list();
    expect([await store.remove({ id }), await store.remove({ id })]).toEqual([true, false]);
    expect(await store.tokens('guard')).toEqual(['fcm:two']);
    expect([await store.remove({ token: 'fcm:two' }), await store.remove({ token: 'fcm:two' })]).toEqual([
      true,
      false,
    ]);
    expect(await store.list()).toEqual([]);
  });

  it('cannot be read in the table, moved to another row, or read with another secret', async () => {
    const database = await open();
    const store = createPushTokens(database, SECRET);
    await store.register(phone('fcm:one', 'guard', 10));
    await store.register(phone('fcm:two', 'guard', 20));
    const rows = await database.db.selectFrom('push_token').selectAll().orderBy('created_at').execute();
    expect(JSON.stringify(rows)).not.toContain('fcm:');
    const other = createPushTokens(database, 'b'.repeat(64));
    expect(await other.tokens('guard')).toEqual([]);
    await other.register(phone('fcm:one', 'guard', 30));
    expect(await other.tokens('guard')).toEqual(['fcm:one']);
    await database.db
      .updateTable('push_token')
      .set({ token: rows[0]!.token })
      .where('id', '=', rows[1]!.id)
      .execute();
    expect(await store.tokens('guard')).toEqual([]);
  });
});
