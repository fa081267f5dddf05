import { setTimeout as delay } from 'node:timers/promises';
import type { AnyManifest } from '../../domain/evidence/manifest.js';
import { readmeText } from '../../domain/evidence/readme.js';
import { NotReadyError } from '../../errors.js';
import type { ObjectStore } from '../../ports/storage.js';
import type { Database, EvidencePackageRow } from '../sql/schema.js';
import { clockState } from './clock-state.js';
import { commitPackage } from './commit-package.js';
import { type Claimed, firstUnsealed, isAbandoned, manifestHashOf, takeAbandoned } from './package-rows.js';
import { removeEarlierTries } from './remove-folder.js';
import type { SigningKey } from './signing-keys.js';
import { writePackage } from './write-package.js';

/** What sealing stands on. */
export interface Chain {
  readonly database: Database;
  readonly storage: ObjectStore;
  readonly now: () => number;
  readonly software: AnyManifest['software'];
}

const LOOK_MS = 100;
/** Then the job is handed back, and asks again later. */
const PATIENCE_MS = 30_000;
const RETRY_MS = 15_000;

/**
 * Waits until every earlier package of the camera is sealed; seals those as void that nobody will finish.
 * @returns SHA-256 of the manifest before; `undefined` for the first
 * @throws NotReadyError when that takes too long
 */
export async function untilNext(
  chain: Chain,
  key: SigningKey,
  { cameraId, number }: Pick<Claimed, 'cameraId' | 'number'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let waitedMs = 0; ; waitedMs += LOOK_MS) {
    const unsealed = await firstUnsealed(chain.database, cameraId, number);
    if (!unsealed) return number === 1 ? undefined : previous(chain, cameraId, number - 1);
    if (isAbandoned(unsealed, chain.now())) await sealVoid(chain, key, unsealed, signal);
    else if (waitedMs >= PATIENCE_MS)
      throw new NotReadyError(
        `number ${unsealed.number} of ${cameraId} has to be sealed before number ${number}`,
        RETRY_MS,
      );
    else await delay(LOOK_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

async function previous(chain: Chain, cameraId: string, number: number): Promise<string> {
  const hash = await manifestHashOf(chain.database, cameraId, number);
  // Rows are never removed, so somebody has been at the database; a chain with a hole is not signed.
  if (hash === undefined) throw new Error(`the database no longer knows evidence ${number} of ${cameraId}`);
  return hash;
}

async function sealVoid(
  chain: Chain,
  key: SigningKey,
  row: EvidencePackageRow,
  signal: AbortSignal,
): Promise<void> {
  const { database, storage, now, software } = chain;
  const madeAt = now();
  const claimed = await takeAbandoned(database, row, key.id, madeAt);
  if (!claimed) return;
  const { id, cameraId, number, folder } = claimed;
  await removeEarlierTries(storage, claimed, signal);
  const reason = row.void_reason ?? 'it was begun and not finished';
  const readme = readmeText({ cameraId, number, keyId: key.id, voidReason: reason });
  const ntp = await clockState();
  const manifest = async (files: readonly AnyManifest['files'][number][]) => {
    const previousSha256 = number === 1 ? undefined : await previous(chain, cameraId, number - 1);
    return {
      ...{ format: 'camqueue-evidence/1' as const, void: { id, reason }, camera: { id: cameraId } },
      madeAt: new Date(madeAt).toISOString(),
      madeAtClock: { source: 'the clock of the computer that made the package', ntp },
      ...{ software, files: [...files], number },
      ...(previousSha256 !== undefined && { previousSha256 }),
      keyId: key.id,
    };
  };
  const written = await writePackage(storage, { folder, files: [], readme, key, manifest }, signal);
  await commitPackage(
    chain,
    { ...claimed, madeAt, keyId: key.id, actor: 'system', voidReason: reason },
    written,
  );
}
