import { z } from 'zod';
import { CameraId } from '../ids.js';

const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const Iso = z.iso.datetime();

/** A path within a package: what every file system, ZIP and shell takes as it is, and that leads nowhere else. */
export const EvidencePath = z
  .string()
  .max(120)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/,
    'must be names of A-Z, a-z, 0-9, ".", "_" and "-", with "/" between, for example segments/1.mp4',
  );

/** One file of a package, by its path within it. */
export const EvidenceFile = z.strictObject({
  path: EvidencePath,
  role: z.enum(['clip', 'segment', 'still', 'document']),
  bytes: z.number().int().nonnegative(),
  sha256: Sha256,
  note: z.string().max(1000).optional(),
});
export type EvidenceFile = z.infer<typeof EvidenceFile>;

/** What makes a manifest a link of its camera's chain. */
const link = {
  madeAt: Iso,
  /** Whose clock `madeAt` is of; nobody else's time is asked for. */
  madeAtClock: z.strictObject({
    source: z.string(),
    /** What the operating system said then. */
    ntp: z.enum(['synchronised', 'not synchronised', 'unknown']),
  }),
  software: z.strictObject({ name: z.string(), version: z.string() }),
  files: z.array(EvidenceFile).min(1),
  /** Place in the camera's chain of packages: 1, 2, 3 … */
  number: z.number().int().positive(),
  /** SHA-256 of the manifest of the camera's package before; absent in the first. */
  previousSha256: Sha256.optional(),
  /** Fingerprint of the public key: SHA-256 of its DER form (SubjectPublicKeyInfo). */
  keyId: Sha256,
};

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
  /** The camera's settings without credentials, and their hash. */
  configuration: z.strictObject({ sha256: Sha256, camera: z.record(z.string(), z.unknown()) }),
  networks: z.array(z.strictObject({ name: z.string(), sha256: Sha256 })),
  ...link,
});
export type EvidenceManifest = z.infer<typeof EvidenceManifest>;

/** Fills a number of the chain whose package was begun and never finished, so that nobody has to wonder about the hole. */
export const VoidManifest = z.strictObject({
  format: z.literal('camqueue-evidence/1'),
  void: z.strictObject({ id: z.string().min(1).max(200), reason: z.string().max(1000) }),
  camera: z.strictObject({ id: CameraId }),
  ...link,
});
export type VoidManifest = z.infer<typeof VoidManifest>;

export const AnyManifest = z.union([EvidenceManifest, VoidManifest]);
export type AnyManifest = z.infer<typeof AnyManifest>;

/** Files of every package besides those of the manifest: they cannot be in it, as they come after it. */
export const MANIFEST = 'manifest.json';
/** Ed25519 over the bytes of `manifest.json`; 64 bytes. */
export const SIGNATURE = 'manifest.sig';
/** Hash of `manifest.json` as sha256sum writes it: what the next package of the camera names. Signed by nobody. */
export const MANIFEST_HASH = 'manifest.sha256';
/** In every manifest. */
export const PUBLIC_KEY = 'public-key.pem';
export const README = 'README.txt';

const RESERVED = [MANIFEST, SIGNATURE, MANIFEST_HASH, PUBLIC_KEY, README];

/** All paths of a package, in the order of its ZIP. */
export function pathsOf(manifest: AnyManifest): string[] {
  return [...manifest.files.map(({ path }) => path), MANIFEST, SIGNATURE, MANIFEST_HASH];
}

/**
 * Why these files cannot be in one package; `undefined`: they can. Names that only differ in case are one file on some
 * computers, so they count as the same.
 */
export function refusedPath(paths: readonly string[]): string | undefined {
  const taken = new Set(RESERVED.map((path) => path.toLowerCase()));
  for (const path of paths) {
    const parsed = EvidencePath.safeParse(path);
    if (!parsed.success) return `"${path}" ${parsed.error.issues[0]?.message ?? 'is no path'}`;
    const key = path.toLowerCase();
    if (taken.has(key)) return `"${path}" is there already`;
    taken.add(key);
  }
  const folders = paths.flatMap((path) => foldersOf(path.toLowerCase()));
  const clash = folders.find((folder) => taken.has(folder));
  return clash === undefined ? undefined : `"${clash}" would be a file and a folder`;
}

function foldersOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

/** The bytes that are signed, as text: one property a line, which `README.txt` relies on. */
export function manifestText(manifest: AnyManifest): string {
  return `${JSON.stringify(AnyManifest.parse(manifest), null, 2)}\n`;
}
