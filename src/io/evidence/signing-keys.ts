import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { seal, sealingKey, unseal } from '../seal.js';
import { appendAudit } from '../sql/audit-log.js';
import { exclusively } from '../sql/exclusively.js';
import type { Database, SigningKeyRow } from '../sql/schema.js';

export interface SigningKey {
  /** SHA-256 of the public key's DER form (SubjectPublicKeyInfo), hexadecimal. */
  readonly id: string;
  readonly pem: string;
  readonly privateKey: KeyObject;
}

/** @returns SHA-256 of the key's DER form (SubjectPublicKeyInfo), hexadecimal */
export function keyIdOf(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/**
 * The newest signing key that this secret opens; made if there is none. Processes that begin at once agree on one. A key
 * whose secret is lost stays listed: what it signed can still be verified.
 * @param secret at least 32 random characters that all processes share
 */
export async function loadSigningKey(database: Database, secret: string, now: number): Promise<SigningKey> {
  const key = sealingKey(secret, 'evidence');
  const known = open(await keyRows(database.db), key);
  if (known) return known;
  return exclusively(database, 'signing-key', async (db) => {
    const made = open(await keyRows(db), key);
    if (made) return made;
    const fresh = generateKey();
    await db
      .insertInto('signing_key')
      .values({
        id: fresh.id,
        created_at: now,
        public_key: fresh.pem,
        private_key: seal(
          key,
          fresh.id,
          fresh.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        ),
      })
      .execute();
    await appendAudit(
      { ...database, db },
      { at: now, actor: 'system', action: 'evidence.key', subject: `key/${fresh.id}` },
    );
    return fresh;
  });
}

/** Newest first. */
export async function keyRows(db: Database['db']): Promise<SigningKeyRow[]> {
  return db.selectFrom('signing_key').selectAll().orderBy('created_at', 'desc').orderBy('id').execute();
}

function open(rows: readonly SigningKeyRow[], key: Buffer): SigningKey | undefined {
  for (const { id, public_key: pem, private_key: sealed } of rows) {
    const text = unseal(key, id, sealed);
    if (text !== undefined) return { id, pem, privateKey: createPrivateKey(text) };
  }
  return undefined;
}

function generateKey(): SigningKey {
  const { privateKey } = generateKeyPairSync('ed25519');
  const publicKey = createPublicKey(privateKey);
  return {
    id: keyIdOf(publicKey),
    pem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privateKey,
  };
}
