import { randomBytes } from 'node:crypto';
import type { Redis } from 'ioredis';
import { answered } from './connection.js';

const keyOf = (prefix: string, name: string): string => `${prefix}:secret:${name}`;

/**
 * A random secret that all processes of the installation share and that outlives them: made by whoever asks first.
 * @param redis the jobs' Redis (durable)
 * @returns 64 hexadecimal characters
 */
export async function sharedSecret(redis: Redis, prefix: string, name: string): Promise<string> {
  const key = keyOf(prefix, name);
  await answered(redis.set(key, randomBytes(32).toString('hex'), 'NX'), 'jobs');
  const secret = await answered(redis.get(key), 'jobs');
  if (secret === null) throw new Error(`Redis for jobs: ${key} vanished while it was read`);
  return secret;
}

/** Puts a secret of a backup in place of what is there: what was sealed with it can be opened again. */
export async function restoreSecret(
  redis: Redis,
  prefix: string,
  name: string,
  value: string,
): Promise<void> {
  await answered(redis.set(keyOf(prefix, name), value), 'jobs');
}
