import type { EvidenceFile, EvidenceManifest } from '../domain/evidence/manifest.js';
import type { CameraId } from '../domain/ids.js';

/** What is to be sealed; violations use it as well as exports. */
export interface EvidenceOrder extends Pick<
  EvidenceManifest,
  'id' | 'about' | 'camera' | 'captured' | 'gaps' | 'requested' | 'configuration' | 'networks'
> {
  readonly files: readonly (Pick<EvidenceFile, 'path' | 'role' | 'note'> & {
    /** Its bytes, a file of this machine that is only read, or a stream, opened when its turn comes. */
    readonly from:
      | Uint8Array
      | { readonly file: string }
      | { readonly bytes: number; readonly open: () => Promise<AsyncIterable<Uint8Array>> };
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
  /** Set: it holds nothing and only fills its number, as what was begun was never finished; why. */
  readonly voidReason?: string;
  /** When its files went; its manifest stays. */
  readonly removedAt?: number;
}

export interface EvidencePackages {
  /**
   * Takes the camera's next number, copies and hashes the files, signs the manifest (Ed25519), writes folder and ZIP to the
   * storage and an entry to the audit trail. Idempotent by id: called again after a crash it ends what was begun, with the
   * same number; a sealed package stays as it is. Waits for the camera's packages before it.
   * @throws PermanentError when a file is gone, or its path cannot be; NotReadyError while another process seals it, or one
   * before it is unfinished. One that is left unfinished for a quarter of an hour is sealed as void by the next.
   */
  seal(order: EvidenceOrder, signal: AbortSignal): Promise<EvidencePackage>;
  /** It will not be asked for again: should it be unfinished, the camera's next package need not wait for it. */
  giveUp(id: string, why: string): Promise<void>;
  get(id: string): Promise<EvidencePackage | undefined>;
  /** The sealed ones, void ones as well, newest first. */
  list(filter: { cameraId?: CameraId; limit: number }): Promise<EvidencePackage[]>;
  /** Keys that packages of this installation were signed with, newest first; PEM (SubjectPublicKeyInfo). */
  publicKeys(): Promise<readonly { readonly id: string; readonly pem: string; readonly createdAt: number }[]>;
  /** The chain stays: what is removed are files; manifest, signature and key are kept. @returns whether there was one. */
  removeFiles(id: string, signal: AbortSignal): Promise<boolean>;
}
