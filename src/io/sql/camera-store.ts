import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { CameraStore, StoredCamera } from '../../ports.js';
import { seal, sealingKey, unseal } from '../seal.js';
import { type CameraRow, cleanText, type Database } from './schema.js';

/** What is read to see whether anything changed: every sealed text begins with random bytes of its own. */
const HEAD = 24;

/**
 * Cameras made through the API, and which cameras of the file are switched off. What was given is sealed, because
 * sources hold passwords and backups of the database travel.
 * @param secret of the installation, at least 32 characters; with another one the rows cannot be read, which shows as
 * `problem` of each
 */
export function createCameraStore({ db }: Database, secret: string): CameraStore {
  const key = sealingKey(secret, 'cameras');
  const toCamera = (row: CameraRow): StoredCamera => ({
    id: row.id,
    ...(row.data !== null && opened(key, row.id, row.data)),
    enabled: row.enabled !== 0,
    changedAt: row.changed_at,
    changedBy: row.changed_by,
  });
  return {
    revision: async () => {
      const rows = await db
        .selectFrom('camera')
        .select(['id', 'enabled', 'changed_at', sql<string>`substr(data, 1, ${HEAD})`.as('head')])
        .orderBy('id')
        .execute();
      return createHash('sha256').update(JSON.stringify(rows)).digest('base64');
    },
    list: async () => (await db.selectFrom('camera').selectAll().orderBy('id').execute()).map(toCamera),
    put: async ({ id, given, enabled, changedAt, changedBy }) => {
      const row = {
        data: given === undefined ? null : seal(key, id, JSON.stringify(given)),
        enabled: enabled ? 1 : 0,
        changed_at: changedAt,
        changed_by: cleanText(changedBy),
      };
      await db
        .insertInto('camera')
        .values({ id, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
    },
    remove: async (id) => {
      const { numDeletedRows } = await db.deleteFrom('camera').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

function opened(key: Buffer, id: string, data: string): Pick<StoredCamera, 'given' | 'problem'> {
  const text = unseal(key, id, data);
  if (text !== undefined) return { given: JSON.parse(text) as Record<string, unknown> };
  return {
    given: {},
    problem:
      `camera ${id}: its settings in the database cannot be read, because they were written with another secret ` +
      `(the Redis for jobs was replaced?) or are damaged; give them again with PUT /api/v1/cameras/${id}, or remove the camera`,
  };
}
