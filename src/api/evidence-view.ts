import type { EvidencePackage, EvidencePackages } from '../ports/evidence.js';
import { iso } from './fields.js';

/** A package for the outside; where its files lie is nobody's business there. */
export function publicPackage(one: EvidencePackage): object {
  const { id, cameraId, number, zip, manifestSha256, keyId, madeAt, voidReason, removedAt } = one;
  return {
    ...{ id, camera: cameraId, number, madeAt: iso(madeAt), manifestSha256, keyId },
    zip: { bytes: zip.bytes, sha256: zip.sha256 },
    ...(voidReason !== undefined && { void: voidReason }),
    ...(removedAt !== undefined && { removedAt: iso(removedAt) }),
  };
}

/** Keys in one file: what is not between BEGIN and END is for people. */
export function pemBundle(keys: Awaited<ReturnType<EvidencePackages['publicKeys']>>): string {
  return keys.map(({ id, pem, createdAt }) => `# ${id}, since ${iso(createdAt)}\n${pem}`).join('\n');
}
