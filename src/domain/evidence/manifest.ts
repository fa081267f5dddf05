import { z } from 'zod';
import { CameraId } from '../ids.js';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Iso = z.iso.datetime();

/** One file of a package, by its path within it. */
export const EvidenceFile = z.strictObject({
  path: z.string().min(1).max(300),
  role: z.enum(['clip', 'segment', 'still', 'document']),
  bytes: z.number().int().nonnegative(),
  sha256: Sha256,
  note: z.string().max(1000).optional(),
});
export type EvidenceFile = z.infer<typeof EvidenceFile>;

/**
 * What a package of evidence holds and where it comes from. Signed as the bytes of its file, so that nobody has to agree on a
 * canonical form.
 */
export const EvidenceManifest = z.strictObject({
  format: z.literal('camqueue-evidence/1'),
  id: z.string().min(1).max(200),
  /** What it is about: an export, a violation. */
  about: z.record(z.string(), z.unknown()),
  camera: z.strictObject({
    id: CameraId,
    name: z.string().optional(),
    place: z.string(),
    timeZone: z.string(),
  }),
  /** Capture times; `clock` says whose clock they are. */
  captured: z.strictObject({ from: Iso, to: Iso, clock: z.string() }),
  gaps: z.array(z.strictObject({ from: Iso, to: Iso, cause: z.string(), reason: z.string().optional() })),
  requested: z.strictObject({ by: z.string(), reason: z.string().optional(), at: Iso }),
  madeAt: Iso,
  software: z.strictObject({ name: z.string(), version: z.string() }),
  /** The camera's settings without credentials, and their hash. */
  configuration: z.strictObject({ sha256: Sha256, camera: z.record(z.string(), z.unknown()) }),
  networks: z.array(z.strictObject({ name: z.string(), sha256: Sha256 })),
  files: z.array(EvidenceFile).min(1),
  /** Place in the camera's chain of packages: 1, 2, 3 … */
  number: z.number().int().positive(),
  /** SHA-256 of the manifest of the camera's package before; absent in the first. */
  previousSha256: Sha256.optional(),
  /** Fingerprint of the public key: SHA-256 of its DER form (SubjectPublicKeyInfo). */
  keyId: Sha256,
});
export type EvidenceManifest = z.infer<typeof EvidenceManifest>;
