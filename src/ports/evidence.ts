import type { EvidenceFile, EvidenceManifest } from '../domain/evidence/manifest.js';
import type { CameraId } from '../domain/ids.js';

/** What is to be sealed; violations use it as well as exports. */
export interface EvidenceOrder extends Pick<
  EvidenceManifest,
  'id' | 'about' | 'camera' | 'captured' | 'gaps' | 'requested' | 'configuration' | 'networks'
> {
  readonly files: readonly (Pick<EvidenceFile, 'path' | 'role' | 'note'> & {
    /** Its bytes, or a file of this machine that is only read. */
    readonly from: Uint8Array | { readonly file: string };
  })[];
  /** Wall clock, epoch ms. */
  readonly madeAt: number;
}

export interface EvidencePackage {
  readonly id: string;
  readonly cameraId: CameraId;
  readonly number: number;
  /** In the storage: the folder of its files (with `manifest.json`, `manifest.sig`, `public-key.pem`), and all of it as a ZIP. */
  readonly folder: string;
  readonly zip: { readonly key: string; readonly bytes: number; readonly sha256: string };
  readonly manifestSha256: string;
  readonly keyId: string;
  readonly madeAt: number;
}

export interface EvidencePackages {
  /**
   * Hashes the files, takes the camera's next number, signs the manifest (Ed25519), writes folder and ZIP to the storage.
   * Idempotent by id: called again after a crash it ends what was begun, with the same number; a sealed package stays as it is.
   */
  seal(order: EvidenceOrder, signal: AbortSignal): Promise<EvidencePackage>;
  get(id: string): Promise<EvidencePackage | undefined>;
  /** Newest first. */
  list(filter: { cameraId?: CameraId; limit: number }): Promise<EvidencePackage[]>;
  /** Keys that packages of this installation were signed with, newest first; PEM (SubjectPublicKeyInfo). */
  publicKeys(): Promise<readonly { readonly id: string; readonly pem: string; readonly createdAt: number }[]>;
  /** The chain stays: what is removed are files, not the row. @returns whether there was one. */
  removeFiles(id: string, signal: AbortSignal): Promise<boolean>;
}
