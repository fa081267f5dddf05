import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Passage, PlateRead } from '../../domain/plates/passage.js';
import type { PassageStore } from '../../ports.js';
import { searchPassages } from './passage-search.js';
import { removeInSteps } from './remove-in-steps.js';
import type { Database, PassageRow, Schema } from './schema.js';

/** Passages a statement, when they go. */
const STEP = 500;

/** Vehicles that went past, with every look at them, in SQL. */
export function createPassageStore(database: Database): PassageStore {
  const { db } = database;
  const get = async (id: string): Promise<Passage | undefined> => {
    const row = await db.selectFrom('passage').selectAll().where('id', '=', id).executeTakeFirst();
    return row && toPassage(row);
  };
  return {
    addRead: async (read) => {
      await db
        .insertInto('plate_read')
        .values({ id: read.id, passage_id: read.passageId, at: read.at, data: JSON.stringify(read) })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
    },
    reads: async (passageId) => {
      const rows = await db
        .selectFrom('plate_read')
        .select('data')
        .where('passage_id', '=', passageId)
        .orderBy('at')
        .orderBy('id')
        .execute();
      return rows.map(({ data }) => JSON.parse(data) as PlateRead);
    },
    put: async (passage) => {
      const written = await together(db, (inner) => write(inner, passage));
      const now = written ?? (await get(passage.id));
      if (!now) throw new Error(`passage ${passage.id} was removed while it was written`);
      return now;
    },
    get,
    open: async ({ lastBefore, limit }) =>
      passagesOf(
        await db
          .selectFrom('passage')
          .selectAll()
          .where('state', '=', 'open')
          .where('last_at', '<', lastBefore)
          .orderBy('last_at')
          .orderBy('id')
          .limit(limit)
          .execute(),
      ),
    seen: async ({ cameraId, from, to }) =>
      passagesOf(
        await db
          .selectFrom('passage')
          .selectAll()
          .where('state', '<>', 'merged')
          .where('camera_id', '=', cameraId)
          .where('last_at', '>=', from)
          .where('at', '<=', to)
          .where('job_id', 'is', null)
          .orderBy('at')
          .orderBy('id')
          .execute(),
      ),
    exclusively: (cameraId, work) =>
      db.transaction().execute(async (inner) => {
        await lock(database, inner, cameraId);
        return work(createPassageStore({ ...database, db: inner }));
      }),
    search: async (filter) => {
      const { rows, next } = await searchPassages(database, filter);
      return { passages: passagesOf(rows), ...(next && { next }) };
    },
    review: (id, review, hits) =>
      together(db, async (inner) => {
        const row = await inner
          .updateTable('passage')
          .set({
            review: JSON.stringify({ ...review, ...(hits && { hits }) }),
            key: review.key,
            verdict: 'accepted',
          })
          .where('id', '=', id)
          .returningAll()
          .executeTakeFirst();
        return row && withHits(inner, toPassage(row));
      }),
    removeBefore: async (before, signal) => {
      const removed = await removePassages(db, before, signal);
      // Looks whose passage was never written.
      await removeInSteps(db, 'plate_read', before, signal);
      return removed;
    },
  };
}

/** All or nothing; within a transaction, as a part of it. */
function together<T>(db: Kysely<Schema>, work: (inner: Kysely<Schema>) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work);
}

/** Until the transaction ends, nobody else gets past this for the same camera. */
async function lock({ dialect }: Database, db: Kysely<Schema>, cameraId: string): Promise<void> {
  if (dialect === 'postgres')
    await sql`select pg_advisory_xact_lock(hashtextextended(${`passages:${cameraId}`}, 0))`.execute(db);
  // SQLite has one writer at a time, and it is chosen when a transaction first writes: here, and nothing.
  else await sql`update passage set state = state where id = ''`.execute(db);
}

/** One statement decides and writes. `undefined`: the one that is there is further on. */
async function write(db: Kysely<Schema>, passage: Passage): Promise<Passage | undefined> {
  const row = await db
    .insertInto('passage')
    .values(toRow(passage))
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((build) => ({
          at: build.ref('excluded.at'),
          last_at: build.ref('excluded.last_at'),
          state: build.ref('excluded.state'),
          data: build.ref('excluded.data'),
          review: sql<string | null>`coalesce(passage.review, excluded.review)`,
          key: sql<string>`case when passage.review is null then excluded.key else passage.key end`,
          verdict: sql<
            PassageRow['verdict']
          >`case when passage.review is null then excluded.verdict else passage.verdict end`,
        }))
        .where((build) =>
          build.or([
            build('passage.state', '=', 'open'),
            build('excluded.state', '=', 'merged'),
            build('passage.state', '=', build.ref('excluded.state')),
          ]),
        ),
    )
    .returningAll()
    .executeTakeFirst();
  return row && withHits(db, toPassage(row));
}

/** Makes the lists it can be found by those of its hits. */
async function withHits(db: Kysely<Schema>, passage: Passage): Promise<Passage> {
  const { id, at, hits } = passage;
  await db.deleteFrom('passage_hit').where('passage_id', '=', id).execute();
  const lists = [...new Set(hits.map(({ list }) => list))];
  if (lists.length > 0)
    await db
      .insertInto('passage_hit')
      .values(lists.map((list) => ({ passage_id: id, list, at })))
      .execute();
  return passage;
}

/** The oldest first, each with its looks. */
async function removePassages(db: Kysely<Schema>, before: number, signal: AbortSignal): Promise<number> {
  let removed = 0;
  while (!signal.aborted) {
    const rows = await db
      .selectFrom('passage')
      .select('id')
      .where('at', '<', before)
      .orderBy('at')
      .limit(STEP)
      .execute();
    if (rows.length === 0) break;
    const ids = rows.map(({ id }) => id);
    // Looks first: a crash in between leaves a passage that goes next time, never looks that nothing leads to.
    await db.deleteFrom('plate_read').where('passage_id', 'in', ids).execute();
    const { numDeletedRows } = await db.deleteFrom('passage').where('id', 'in', ids).executeTakeFirst();
    removed += Number(numDeletedRows);
  }
  return removed;
}

function toRow(passage: Passage): PassageRow {
  const { review, ...rest } = passage;
  return {
    id: passage.id,
    camera_id: passage.cameraId ?? null,
    job_id: passage.jobId ?? null,
    at: passage.at,
    last_at: passage.lastAt,
    state: passage.state,
    key: review?.key ?? passage.reading.key,
    verdict: review ? 'accepted' : passage.reading.verdict,
    data: JSON.stringify(rest),
    review: review ? JSON.stringify(review) : null,
  };
}

function passagesOf(rows: readonly PassageRow[]): Passage[] {
  return rows.map(toPassage);
}

/** Rows are written here alone, from passages of the schema. */
function toPassage({ data, review }: Pick<PassageRow, 'data' | 'review'>): Passage {
  const passage = JSON.parse(data) as Passage;
  if (review === null) return passage;
  // Hits of a review are kept with it: the job that writes the passage once more does not know them.
  const { hits, ...said } = JSON.parse(review) as NonNullable<Passage['review']> &
    Partial<Pick<Passage, 'hits'>>;
  return { ...passage, review: said, hits: hits ?? passage.hits };
}
