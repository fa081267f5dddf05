import { setImmediate as breathe } from 'node:timers/promises';
import { type RawBuilder, type SqlBool, sql } from 'kysely';
import type { PassageFilter, PassagePage } from '../../ports.js';
import { lookalikeDistance } from '../../domain/plates/lookalikes.js';
import type { Database, Dialect, PassageRow } from './schema.js';

/** Keys a step of a fuzzy search compares; between steps others get their turn. */
const STEP = 2000;
/** Most passages one fuzzy search looks at (some tenths of a second); its page then says where to go on. */
const MAX_LOOKS = 100_000;

interface Found {
  readonly rows: PassageRow[];
  readonly next?: NonNullable<PassagePage['next']>;
}
type Place = NonNullable<PassageFilter['after']>;
type Candidate = Pick<PassageRow, 'id' | 'at' | 'key'>;

/** Final passages, newest first. */
export async function searchPassages(database: Database, filter: PassageFilter): Promise<Found> {
  const { pattern, fuzzy = 0 } = filter;
  if (pattern !== undefined && fuzzy > 0 && !/[*?]/.test(pattern))
    return searchFuzzy(database, filter, pattern, fuzzy);
  const keys = await candidates(database, filter, filter.after, filter.limit + 1, [
    ...(pattern === undefined ? [] : [fits(database.dialect, pattern)]),
  ]);
  return pageOf(database, keys.slice(0, filter.limit), keys.length > filter.limit);
}

/**
 * The database preselects by time, the other filters and length, the distance is measured here: newest first, until
 * the page is full or enough has been looked at.
 */
async function searchFuzzy(
  database: Database,
  filter: PassageFilter,
  pattern: string,
  fuzzy: number,
): Promise<Found> {
  const slack = Math.floor(fuzzy);
  const length = sql<SqlBool>`length(passage.key) between ${pattern.length - slack} and ${pattern.length + slack}`;
  // The same vehicles come again and again.
  const known = new Map<string, boolean>();
  const isNear = (key: string): boolean => {
    let near = known.get(key);
    if (near === undefined) known.set(key, (near = lookalikeDistance(pattern, key, fuzzy) <= fuzzy));
    return near;
  };
  const near: Candidate[] = [];
  let after = filter.after;
  for (let looked = 0; looked < MAX_LOOKS; looked += STEP) {
    const step = await candidates(database, filter, after, STEP, [length]);
    for (const one of step) {
      if (near.length === filter.limit) return pageOf(database, near, true);
      if (isNear(one.key)) near.push(one);
      after = { at: one.at, id: one.id };
    }
    if (step.length < STEP) return pageOf(database, near, false);
    await breathe();
  }
  return { ...(await pageOf(database, near, false)), ...(after && { next: after }) };
}

async function candidates(
  { db }: Database,
  filter: PassageFilter,
  after: Place | undefined,
  limit: number,
  more: readonly RawBuilder<SqlBool>[],
): Promise<Candidate[]> {
  const { list } = filter;
  // By list, the list's own index leads: few of all passages may be on it.
  const [at, id] =
    list === undefined ? ['passage.at', 'passage.id'] : ['passage_hit.at', 'passage_hit.passage_id'];
  const [atRef, idRef] = [sql.ref<number>(at), sql.ref<string>(id)];
  let query = db
    .selectFrom('passage')
    .$if(
      list !== undefined,
      (joined) => joined.innerJoin('passage_hit', 'passage_hit.passage_id', 'passage.id') as typeof joined,
    )
    .select(['passage.id', 'passage.at', 'passage.key'])
    .where('passage.state', '=', 'final')
    .orderBy(atRef, 'desc')
    .orderBy(idRef, 'desc')
    .limit(limit);
  for (const condition of [...conditions(filter, atRef), ...afterThat(after, atRef, idRef), ...more])
    query = query.where(condition);
  return query.execute();
}

function conditions(filter: PassageFilter, at: RawBuilder<number>): RawBuilder<SqlBool>[] {
  const { cameraId, jobId, list, verdict, from, to } = filter;
  return [
    ...(list === undefined ? [] : [sql<SqlBool>`passage_hit.list = ${list}`]),
    ...(cameraId === undefined ? [] : [sql<SqlBool>`passage.camera_id = ${cameraId}`]),
    ...(jobId === undefined ? [] : [sql<SqlBool>`passage.job_id = ${jobId}`]),
    ...(verdict === undefined ? [] : [sql<SqlBool>`passage.verdict = ${verdict}`]),
    ...(from === undefined ? [] : [sql<SqlBool>`${at} >= ${from}`]),
    ...(to === undefined ? [] : [sql<SqlBool>`${at} < ${to}`]),
  ];
}

function afterThat(
  after: Place | undefined,
  at: RawBuilder<number>,
  id: RawBuilder<string>,
): RawBuilder<SqlBool>[] {
  if (!after) return [];
  // The first half alone would do; the second lets the index begin there.
  return [
    sql<SqlBool>`(${at} < ${after.at} or (${at} = ${after.at} and ${id} < ${after.id}))`,
    sql<SqlBool>`${at} <= ${after.at}`,
  ];
}

/** The pattern in the database's own writing; what means something there and not here is taken literally. */
function fits(dialect: Dialect, pattern: string): RawBuilder<SqlBool> {
  if (!/[*?]/.test(pattern)) return sql<SqlBool>`passage.key = ${pattern}`;
  // SQLite's GLOB, unlike its LIKE, tells capitals and uses the index.
  if (dialect === 'sqlite') return sql<SqlBool>`passage.key glob ${pattern.replaceAll('[', '[[]')}`;
  const like = pattern
    .replace(/[\\%_]/g, (char) => `\\${char}`)
    .replaceAll('*', '%')
    .replaceAll('?', '_');
  return sql<SqlBool>`passage.key like ${like} escape '\\'`;
}

async function pageOf({ db }: Database, found: readonly Candidate[], isMore: boolean): Promise<Found> {
  if (found.length === 0) return { rows: [] };
  const ids = found.map(({ id }) => id);
  const rows = await db.selectFrom('passage').selectAll().where('id', 'in', ids).execute();
  const byId = new Map(rows.map((row) => [row.id, row]));
  const last = found.at(-1);
  return {
    // One may have been removed in between.
    rows: ids.flatMap((id) => byId.get(id) ?? []),
    ...(isMore && last && { next: { at: last.at, id: last.id } }),
  };
}
