import { InputError } from '../../errors.js';
import type { Principal, Principals } from '../../ports.js';
import { cleanText, type Database, type PrincipalRow } from './schema.js';

/** Who may come in, in SQL. It holds hashes; making and checking them is the caller's. */
export function createPrincipals({ db }: Database): Principals {
  return {
    create: async ({ kind, name, role, hash, createdAt }) => {
      const added = await db
        .insertInto('principal')
        .values({
          kind,
          name: cleanText(name),
          role,
          secret_hash: hash,
          created_at: createdAt,
          disabled_at: null,
        })
        .onConflict((conflict) => conflict.columns(['kind', 'name']).doNothing())
        .returning('name')
        .executeTakeFirst();
      if (!added)
        throw new InputError(
          `a ${kind} named "${name}" exists already (perhaps disabled); choose another name`,
        );
    },
    find: async (kind, name) => {
      const query = db
        .selectFrom('principal')
        .selectAll()
        .where('kind', '=', kind)
        .where('name', '=', cleanText(name));
      const row = await query.executeTakeFirst();
      return row && toPrincipal(row);
    },
    list: async () => {
      const query = db
        .selectFrom('principal')
        .selectAll()
        .orderBy('created_at')
        .orderBy('kind')
        .orderBy('name');
      return (await query.execute()).map(toPrincipal);
    },
    disable: async (kind, name, now) => {
      const { numUpdatedRows } = await db
        .updateTable('principal')
        .set({ disabled_at: now })
        .where('kind', '=', kind)
        .where('name', '=', cleanText(name))
        .where('disabled_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    count: async (filter = {}) => {
      const all = db.selectFrom('principal').select(({ fn }) => fn.countAll<number>().as('count'));
      let query = all.where('disabled_at', 'is', null);
      if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
      if (filter.role !== undefined) query = query.where('role', '=', filter.role);
      return (await query.executeTakeFirstOrThrow()).count;
    },
  };
}

function toPrincipal(row: PrincipalRow): Principal {
  return {
    kind: row.kind,
    name: row.name,
    role: row.role,
    hash: row.secret_hash,
    createdAt: row.created_at,
    ...(row.disabled_at !== null && { disabledAt: row.disabled_at }),
  };
}
