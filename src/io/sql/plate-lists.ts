import { setImmediate as breathe } from 'node:timers/promises';
import { type Kysely, sql } from 'kysely';
import type { ListEntry, PlateList } from '../../domain/plates/passage.js';
import { createListIndex, type ListIndex } from '../../domain/plates/list-matching.js';
import { InputError } from '../../errors.js';
import type { PlateLists } from '../../ports.js';
import { cleanText, type Database, type PlateListEntryRow, type Schema } from './schema.js';

/** Rows a statement; SQLite takes 32,766 parameters in all. */
const BATCH = 500;
/** Entries a statement when all are read. */
const PAGE = 5000;

type EntryRow = Omit<PlateListEntryRow, 'id'> & { id: number };

/** Lists of plates in SQL. Every change counts the revision on, in the same transaction. */
export function createPlateLists({ db }: Database): PlateLists {
  const change = <T>(work: (inner: Kysely<Schema>) => Promise<T>): Promise<T> =>
    db.transaction().execute(async (inner) => {
      // First, so that changes follow one another, and readers see numbers in the order of what they see.
      await inner
        .updateTable('plate_list_revision')
        .set({ number: sql<number>`number + 1` })
        .execute();
      return work(inner);
    });
  let held: { readonly revision: string; readonly lists: PlateList[]; readonly index: ListIndex } | undefined;
  const store: PlateLists = {
    revision: async () =>
      String((await db.selectFrom('plate_list_revision').select('number').executeTakeFirstOrThrow()).number),
    lists: async () =>
      (await db.selectFrom('plate_list').selectAll().orderBy('id').execute()).map((row): PlateList => ({
        id: row.id,
        kind: row.kind,
        ...(row.name !== null && { name: row.name }),
        alertUnknown: row.alert_unknown !== 0,
      })),
    index: async () => {
      // Asked before reading: what changes while they are read makes the next one read again.
      const revision = await store.revision();
      if (held?.revision === revision) return held;
      const lists = await store.lists();
      held = { revision, lists, index: createListIndex(lists, await allEntries(store)) };
      return held;
    },
    putList: async ({ id, kind, name, alertUnknown }) => {
      const row = {
        kind,
        name: name === undefined ? null : cleanText(name),
        alert_unknown: alertUnknown ? 1 : 0,
      };
      await change((inner) =>
        inner
          .insertInto('plate_list')
          .values({ id, ...row })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
          .execute(),
      );
    },
    removeList: (id) =>
      change(async (inner) => {
        const { numDeletedRows } = await inner
          .deleteFrom('plate_list')
          .where('id', '=', id)
          .executeTakeFirst();
        return numDeletedRows > 0n;
      }),
    addEntries: async (entries) =>
      entries.length === 0 ? [] : change((inner) => insertEntries(inner, entries)),
    entries: async ({ list, afterId, limit }) => {
      let query = db.selectFrom('plate_list_entry').selectAll().orderBy('id').limit(limit);
      if (list !== undefined) query = query.where('list', '=', list);
      if (afterId !== undefined) query = query.where('id', '>', afterId);
      return (await query.execute()).map(toEntry);
    },
    removeEntry: (id) =>
      change(async (inner) => {
        const row = await inner
          .deleteFrom('plate_list_entry')
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        return row && toEntry(row);
      }),
  };
  return store;
}

async function allEntries(store: PlateLists): Promise<ListEntry[]> {
  const all: ListEntry[] = [];
  for (;;) {
    const afterId = all.at(-1)?.id;
    const page = await store.entries({ limit: PAGE, ...(afterId !== undefined && { afterId }) });
    all.push(...page);
    if (page.length < PAGE) return all;
  }
}

async function insertEntries(
  db: Kysely<Schema>,
  entries: readonly Omit<ListEntry, 'id'>[],
): Promise<ListEntry[]> {
  const wanted = [...new Set(entries.map(({ list }) => list))];
  const found = await db.selectFrom('plate_list').select('id').where('id', 'in', wanted).execute();
  const missing = wanted.find((list) => !found.some(({ id }) => id === list));
  if (missing !== undefined) throw new InputError(`there is no plate list "${missing}"; make it first`);
  const added: ListEntry[] = [];
  for (let i = 0; i < entries.length; i += BATCH) {
    const rows = await db
      .insertInto('plate_list_entry')
      .values(entries.slice(i, i + BATCH).map(toRow))
      .onConflict((conflict) => conflict.doNothing())
      .returningAll()
      .execute();
    added.push(...rows.map(toEntry));
    // SQLite works in this thread: others get their turn.
    await breathe();
  }
  return added.sort((a, b) => a.id - b.id);
}

function toRow(entry: Omit<ListEntry, 'id'>): Omit<EntryRow, 'id'> {
  const text = (value: string | undefined): string | null => (value === undefined ? null : cleanText(value));
  return {
    list: entry.list,
    pattern: cleanText(entry.pattern),
    key: entry.key,
    valid_from: entry.validFrom ?? null,
    valid_to: entry.validTo ?? null,
    reason: text(entry.reason),
    owner: text(entry.owner),
    note: text(entry.note),
    created_at: entry.createdAt,
    created_by: cleanText(entry.createdBy),
  };
}

function toEntry(row: EntryRow): ListEntry {
  return {
    id: row.id,
    list: row.list,
    pattern: row.pattern,
    key: row.key,
    ...(row.valid_from !== null && { validFrom: row.valid_from }),
    ...(row.valid_to !== null && { validTo: row.valid_to }),
    ...(row.reason !== null && { reason: row.reason }),
    ...(row.owner !== null && { owner: row.owner }),
    ...(row.note !== null && { note: row.note }),
    createdAt: row.created_at,
    createdBy: row.created_by,
  };
}
