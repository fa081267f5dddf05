import { InputError } from '../errors.js';
import type { Principals, Role } from '../ports.js';
import { hashKey, hashPassword, randomKey, randomPassword } from './secrets.js';

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MIN_PASSWORD = 12;
const MAX_PASSWORD = 200;

/**
 * Makes an API key; only its hash is stored.
 * @returns the key, which cannot be shown a second time
 * @throws InputError when the name does not fit or is taken
 */
export async function createKey(
  principals: Principals,
  given: { name: string; role: Role },
  now: number,
): Promise<string> {
  const key = randomKey(checkName(given.name));
  await principals.create({
    kind: 'key',
    name: given.name,
    role: given.role,
    hash: hashKey(key),
    createdAt: now,
  });
  return key;
}

/**
 * Makes an account for a person; only a hash of the password is stored.
 * @param given.password at least 12 characters; default: a random one
 * @returns the password
 * @throws InputError when the name or password does not fit or the name is taken
 */
export async function createPerson(
  principals: Principals,
  given: { name: string; role: Role; password?: string },
  now: number,
): Promise<string> {
  const { name, role, password = randomPassword() } = given;
  if (password.length < MIN_PASSWORD || password.length > MAX_PASSWORD) {
    throw new InputError(
      `password: has ${password.length} characters, must have ${MIN_PASSWORD} to ${MAX_PASSWORD}`,
    );
  }
  const hash = await hashPassword(password);
  await principals.create({ kind: 'person', name: checkName(name), role, hash, createdAt: now });
  return password;
}

export interface FirstAdmin {
  readonly user: string;
  readonly password: string;
  readonly key: string;
}

/**
 * There is no default password: an installation without any admin gets one, with a random password and a random key.
 * @returns what to print, once; `undefined` when there is an admin already, or another process is making one
 */
export async function ensureFirstAdmin(
  principals: Principals,
  now = Date.now(),
): Promise<FirstAdmin | undefined> {
  if ((await principals.count({ role: 'admin' })) > 0) return undefined;
  const name = await freeName(principals);
  try {
    // A crash before it is printed locks nobody out for good: the command line can make another admin.
    const password = await createPerson(principals, { name, role: 'admin' }, now);
    const key = await createKey(principals, { name, role: 'admin' }, now);
    return { user: name, password, key };
  } catch (error) {
    if (error instanceof InputError && (await principals.count({ role: 'admin' })) > 0) return undefined;
    throw error;
  }
}

/** Names of disabled admins stay taken. */
async function freeName(principals: Principals): Promise<string> {
  const taken = new Set((await principals.list()).map(({ name }) => name));
  for (let n = 1; ; n++) {
    const name = n === 1 ? 'admin' : `admin-${n}`;
    if (!taken.has(name)) return name;
  }
}

function checkName(name: string): string {
  if (!NAME.test(name))
    throw new InputError(`name: "${name}" must be 1-63 of a-z, 0-9 and "-", for example backend-1`);
  return name;
}
