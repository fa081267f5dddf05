import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * Hashes of the two kinds of secrets. A password is chosen by people, so guessing it is made slow (scrypt); a key is
 * 192 random bits, which nobody guesses, so a fast hash is enough and every request can afford it.
 */
/** OWASP's recommendation for scrypt, 2024: N = 2^15, r = 8, p = 3 (32 MB, about 0.2 s). */
const COST = { N: 2 ** 15, r: 8, p: 3 };
const HASH_BYTES = 32;
const KEY = /^cq_([a-z0-9][a-z0-9-]{0,62})_([0-9a-f]{48})$/;

/** @returns `scrypt$N$r$p$salt$hash`, salt and hash in base64. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const hash = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64'), hash.toString('base64')].join('$');
}

/**
 * Compares in constant time. Without a stored hash (no such person) it takes as long and answers `false`, so that
 * the time does not tell who has an account.
 */
export async function verifyPassword(password: string, stored: string | undefined): Promise<boolean> {
  const [kind, N, r, p, salt = '', hash = ''] = (stored ?? '').split('$');
  if (kind !== 'scrypt') {
    await derive(password, Buffer.alloc(16), COST);
    return false;
  }
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  return timingSafeEqual(
    await derive(password, Buffer.from(salt, 'base64'), cost),
    Buffer.from(hash, 'base64'),
  );
}

/** A new password for people to type: 24 characters, 144 bits. */
export function randomPassword(): string {
  return randomBytes(18).toString('base64url');
}

/** A new API key, `cq_<name>_<secret>`: whoever finds one knows what it is and which one to disable. */
export function randomKey(name: string): string {
  return `cq_${name}_${randomBytes(24).toString('hex')}`;
}

/** The name in a key; `undefined` when it is no key of ours. */
export function nameOfKey(key: string): string | undefined {
  return KEY.exec(key)?.[1];
}

/** @returns `sha256$hash` of the whole key. */
export function hashKey(key: string): string {
  return `sha256$${createHash('sha256').update(key).digest('base64')}`;
}

/** Compares in constant time. */
export function verifyKey(key: string, stored: string): boolean {
  return sameText(hashKey(key), stored);
}

/** Compares two texts in a time that tells nothing about where they differ. */
export function sameText(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The default limit is exactly too small for N = 2^15, r = 8.
    const options = { ...cost, maxmem: 256 * cost.N * cost.r };
    scrypt(password.normalize('NFKC'), salt, HASH_BYTES, options, (error, key) =>
      error ? reject(error) : resolve(key),
    );
  });
}
