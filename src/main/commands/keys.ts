import { createKey, createPerson } from '../../api/accounts.js';
import type { Principals, Role } from '../../ports.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { table } from '../view.js';
import { createPrincipals } from '../../io/sql/principals.js';
import { openDatabase } from '../../io/sql/open.js';
import { createAuditLog } from '../../io/sql/audit-log.js';

interface KeysOptions {
  readonly data?: string;
  readonly json?: boolean;
  readonly kind: 'key' | 'person';
  readonly role: Role;
}

/** `camqueue keys add <name>`: makes an API key, or an account for a person; the secret is shown this once. */
export async function add(name: string, options: KeysOptions): Promise<number> {
  return withPrincipals(options, async (principals, audit) => {
    const make = options.kind === 'key' ? createKey : createPerson;
    const secret = await make(principals, { name, role: options.role }, Date.now());
    await audit(`${options.kind}.created`, name, { role: options.role });
    const { kind, role } = options;
    console.log(
      options.json === true
        ? JSON.stringify({ kind, name, role, secret })
        : `${kind} ${name} (${role}): ${secret}\nIt is not shown again.`,
    );
    return EXIT_OK;
  });
}

/** `camqueue keys list`: who may come in; no secrets. */
export async function list(options: Pick<KeysOptions, 'data' | 'json'>): Promise<number> {
  return withPrincipals(options, async (principals) => {
    const all = (await principals.list()).map(({ hash: _, ...shown }) => shown);
    if (options.json === true) all.forEach((one) => console.log(JSON.stringify(one)));
    else {
      const rows = all.map(({ kind, name, role, createdAt, disabledAt }) => [
        name,
        kind,
        role,
        new Date(createdAt).toISOString(),
        disabledAt === undefined ? 'active' : 'disabled',
      ]);
      table([['NAME', 'KIND', 'ROLE', 'CREATED', 'STATE'], ...rows]).forEach((line) => console.log(line));
    }
    return EXIT_OK;
  });
}

/** `camqueue keys disable <name>`: locks a key or a person out; it cannot be undone. */
export async function disable(name: string, options: KeysOptions): Promise<number> {
  return withPrincipals(options, async (principals, audit) => {
    const changed = await principals.disable(options.kind, name, Date.now());
    if (changed) await audit(`${options.kind}.disabled`, name, {});
    else process.stderr.write(`camqueue: there is no active ${options.kind} "${name}"\n`);
    return changed ? EXIT_OK : EXIT_FAILED;
  });
}

async function withPrincipals(
  options: { data?: string },
  work: (
    principals: Principals,
    audit: (action: string, subject: string, detail: Record<string, unknown>) => Promise<void>,
  ) => Promise<number>,
): Promise<number> {
  const config = loadConfig({ DATA_DIR: options.data });
  const database = await openDatabase({ databaseUrl: config.DATABASE_URL, dataDir: config.DATA_DIR });
  const log = createAuditLog(database);
  try {
    return await work(createPrincipals(database), (action, subject, detail) =>
      log.append({ at: Date.now(), actor: 'command line', action, subject, detail }),
    );
  } finally {
    await database.close();
  }
}
