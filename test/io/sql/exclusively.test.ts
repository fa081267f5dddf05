import { setTimeout as delay } from 'node:timers/promises';
import type { Kysely } from 'kysely';
import { exclusively } from '../../../src/io/sql/exclusively.js';
import type { Database, Schema } from '../../../src/io/sql/schema.js';
import { onBothDatabases } from '../../support/databases.js';

const count = async (db: Kysely<Schema>): Promise<number> =>
  (await db.selectFrom('plate_list_revision').select('number').executeTakeFirstOrThrow()).number;

/** Reads, lets others have a turn, and writes one more: lost where two do so at once. */
const addOne = (database: Pick<Database, 'db' | 'dialect'>): Promise<void> =>
  exclusively(database, 'count', async (db) => {
    const number = await count(db);
    await delay(1);
    await db
      .updateTable('plate_list_revision')
      .set({ number: number + 1 })
      .execute();
  });

onBothDatabases('work done exclusively', ({ open, address }) => {
  it('follows one another, also through several connections of one process', async () => {
    const place = await address();
    const databases = await Promise.all([1, 2, 3].map(() => open(place)));
    await Promise.all(Array.from({ length: 30 }, (_, i) => addOne(databases[i % 3]!)));
    expect(await count(databases[0]!.db)).toBe(30);
  });

  it('counts as a whole or not at all, with what it calls', async () => {
    const database = await open();
    const failing = exclusively(database, 'outer', async (db) => {
      await addOne({ db, dialect: database.dialect });
      expect(await count(db)).toBe(1);
      throw new Error('too bad');
    });
    await expect(failing).rejects.toThrow('too bad');
    expect(await count(database.db)).toBe(0);
    await addOne(database);
    expect(await count(database.db)).toBe(1);
  });
});
