import { createCipheriv, createDecipheriv, type DecipherGCM, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { InputError } from '../../errors.js';
import type { BackupHeader } from './format.js';

type Encryption = NonNullable<BackupHeader['encryption']>;

export const UNSEALABLE =
  'the backup was made with another passphrase (BACKUP_PASSPHRASE), is cut off or has been changed';

const TAG_BYTES = 16;
/** 128 MiB and about a third of a second a guess (OWASP password storage: N = 2^17, r = 8, p = 1). */
const COST = { n: 2 ** 17, r: 8, p: 1 } as const;

export function newEncryption(): Encryption {
  return {
    cipher: 'aes-256-gcm',
    salt: randomBytes(16).toString('base64'),
    nonce: randomBytes(12).toString('base64'),
    ...COST,
  };
}

function keyOf(passphrase: string, { salt, n, r, p }: Encryption): Promise<Buffer> {
  const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);
  // Twice what scrypt needs.
  return derive(passphrase.normalize('NFC'), Buffer.from(salt, 'base64'), 32, {
    N: n,
    r,
    p,
    maxmem: 256 * n * r,
  });
}

/** @param about bytes that must be the same for decrypting: the header */
export async function* encrypted(
  plain: AsyncIterable<Uint8Array>,
  passphrase: string,
  encryption: Encryption,
  about: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const key = await keyOf(passphrase, encryption);
  const cipher = createCipheriv(encryption.cipher, key, Buffer.from(encryption.nonce, 'base64')).setAAD(
    about,
  );
  for await (const piece of plain) yield cipher.update(piece);
  yield cipher.final();
  yield cipher.getAuthTag();
}

/**
 * What comes out is only proven when it has come to its end without an error.
 * @throws InputError when the passphrase is another, or a byte has been changed
 */
export async function* decrypted(
  sealed: AsyncIterable<Uint8Array>,
  passphrase: string,
  encryption: Encryption,
  about: Uint8Array,
): AsyncGenerator<Uint8Array> {
  const key = await keyOf(passphrase, encryption);
  const decipher: DecipherGCM = createDecipheriv(
    encryption.cipher,
    key,
    Buffer.from(encryption.nonce, 'base64'),
    { authTagLength: TAG_BYTES },
  ).setAAD(about);
  // The tag is at the end: the last bytes are always held back.
  let held = Buffer.alloc(0);
  for await (const piece of sealed) {
    const all = Buffer.concat([held, piece]);
    const to = Math.max(0, all.length - TAG_BYTES);
    if (to > 0) yield decipher.update(all.subarray(0, to));
    held = Buffer.from(all.subarray(to));
  }
  if (held.length < TAG_BYTES) throw new InputError('the backup is cut off: its end is missing');
  decipher.setAuthTag(held);
  let last: Buffer;
  try {
    last = decipher.final();
  } catch {
    throw new InputError(UNSEALABLE);
  }
  yield last;
}
