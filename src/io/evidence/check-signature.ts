import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { MANIFEST, MANIFEST_HASH, PUBLIC_KEY, SIGNATURE } from '../../domain/evidence/manifest.js';
import { InputError } from '../../errors.js';
import { keyIdOf } from './signing-keys.js';
import type { EvidenceProblem } from './verify-package.js';

const SIGNATURE_BYTES = 64;

/** A key that whoever verifies was given by somebody he trusts. */
export interface TrustedKey {
  readonly id: string;
  readonly key: KeyObject;
}

/**
 * The public keys of a PEM file; text around them is of no matter.
 * @param where it is from, for the message
 * @throws InputError when there is none, or one is no Ed25519 key
 */
export function readKeys(pem: string, where: string): TrustedKey[] {
  const blocks = pem.match(/-----BEGIN PUBLIC KEY-----[^-]*-----END PUBLIC KEY-----/g) ?? [];
  if (blocks.length === 0) throw new InputError(`${where} holds no public key (PEM, BEGIN PUBLIC KEY)`);
  return blocks.map((block) => {
    const key = parseKey(block);
    if (!key) throw new InputError(`${where} holds a public key that is no Ed25519 key`);
    return { id: keyIdOf(key), key };
  });
}

/**
 * Is the manifest what was signed, and with which key? Files are `undefined` when they are missing.
 * @returns `keyId` of the key that signed it, when one is found
 */
export function checkSignature(given: {
  readonly manifest: Buffer | undefined;
  readonly signature: Buffer | undefined;
  readonly hash: Buffer | undefined;
  readonly pem: Buffer | undefined;
  /** The key that the manifest names. */
  readonly named: string | undefined;
  readonly keys: readonly TrustedKey[];
}): { readonly problems: EvidenceProblem[]; readonly keyId?: string; readonly isTrusted: boolean } {
  const { manifest, signature, hash, pem, named, keys } = given;
  const problems: EvidenceProblem[] = Object.entries({
    [MANIFEST]: manifest,
    [SIGNATURE]: signature,
    [MANIFEST_HASH]: hash,
  })
    .filter(([, bytes]) => bytes === undefined)
    .map(([file]) => ({ file, what: 'is missing' }));
  if (!manifest || !signature) return { problems, isTrusted: false };

  const fitting = `${createHash('sha256').update(manifest).digest('hex')}  ${MANIFEST}\n`;
  const isNoted = hash?.toString('latin1') === fitting;
  const own = pem && parseKey(pem.toString('latin1'));
  const packed = own && { id: keyIdOf(own), key: own };
  const signer = [...keys, ...(packed ? [packed] : [])].find(
    ({ key }) => signature.length === SIGNATURE_BYTES && verify(null, manifest, key, signature),
  );
  if (!signer) {
    const problem = unsigned(signature, { hash, isNoted }, packed?.id, named);
    return { problems: [...problems, problem], isTrusted: false };
  }

  if (hash && !isNoted)
    problems.push({ file: MANIFEST_HASH, what: 'was altered: it is not the hash of manifest.json' });
  if (packed && packed.id !== signer.id)
    problems.push({
      file: PUBLIC_KEY,
      what: 'was altered: it is not the key that the manifest was signed with',
    });
  const isTrusted = keys.some(({ id }) => id === signer.id);
  if (keys.length > 0 && !isTrusted)
    problems.push({
      file: SIGNATURE,
      what: `was made with another key: ${signer.id} is none of those that are trusted (${keys.map(({ id }) => id).join(', ')})`,
    });
  return { problems, keyId: signer.id, isTrusted };
}

/** Which of the files it is that was altered: the hash beside the manifest, signed by nobody, tells where only one was. */
function unsigned(
  signature: Buffer,
  beside: { readonly hash: Buffer | undefined; readonly isNoted: boolean },
  keyId: string | undefined,
  named: string | undefined,
): EvidenceProblem {
  if (signature.length !== SIGNATURE_BYTES)
    return {
      file: SIGNATURE,
      what: `was altered: it has ${signature.length} bytes and not ${SIGNATURE_BYTES}`,
    };
  if (beside.hash && !beside.isNoted)
    return { file: MANIFEST, what: 'was altered: neither its signature nor its hash fits' };
  if (keyId === undefined)
    return {
      file: PUBLIC_KEY,
      what: 'is missing or was altered: without it the signature cannot be checked',
    };
  if (named !== undefined && named !== keyId)
    return { file: PUBLIC_KEY, what: `was altered: it is key ${keyId}, the manifest names ${named}` };
  return {
    file: SIGNATURE,
    what: 'was altered, or manifest.json was and its hash with it, or it was made with another key: it does not fit',
  };
}

function parseKey(pem: string): KeyObject | undefined {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
