import type { EvidenceFile } from '../../domain/evidence/manifest.js';
import { refusedPath } from '../../domain/evidence/manifest.js';
import { readmeText } from '../../domain/evidence/readme.js';
import { PermanentError } from '../../errors.js';
import type { EvidenceOrder, EvidencePackage, EvidencePackages } from '../../ports/evidence.js';
import type { ObjectStore } from '../../ports/storage.js';
import type { Database } from '../sql/schema.js';
import { clockState } from './clock-state.js';
import { commitPackage } from './commit-package.js';
import { type Chain, untilNext } from './chain.js';
import { type Claimed, isFolderKnown, releaseClaim, takePackage } from './package-rows.js';
import { listPackages, packageOf, publicKeys, removeFiles } from './read-packages.js';
import { removeEarlierTries, removeFolder } from './remove-folder.js';
import { loadSigningKey, type SigningKey } from './signing-keys.js';
import { keepingClaim, lostClaim } from './keeping-claim.js';
import { writePackage } from './write-package.js';

export interface EvidenceOptions {
  readonly storage: ObjectStore;
  /** Private keys are encrypted with it: at least 32 random characters that all processes share. */
  readonly secret: string;
  /** Of this software; written into manifests. */
  readonly version: string;
  /** Wall clock, epoch ms; default Date.now. */
  readonly now?: () => number;
}

/** For removing files of a package that has become somebody else's. */
const TIDY_MS = 60_000;

/** Signed packages of evidence, chained by camera. */
export function createEvidencePackages(database: Database, options: EvidenceOptions): EvidencePackages {
  const { storage, secret, version, now = Date.now } = options;
  const chain: Chain = { database, storage, now, software: { name: 'camqueue', version } };
  let key: SigningKey | undefined;
  return {
    seal: async (order, signal) => {
      key ??= await loadSigningKey(database, secret, now());
      return sealPackage(chain, key, order, signal);
    },
    giveUp: (id, why) => releaseClaim(database, { id }, now(), why),
    get: (id) => packageOf(database, id),
    list: (filter) => listPackages(database, filter),
    publicKeys: () => publicKeys(database),
    removeFiles: (id, signal) => removeFiles({ database, storage }, id, now(), signal),
  };
}

async function sealPackage(
  chain: Chain,
  key: SigningKey,
  order: EvidenceOrder,
  signal: AbortSignal,
): Promise<EvidencePackage> {
  const { database, now } = chain;
  const refused = refusedPath(order.files.map(({ path }) => path));
  if (refused !== undefined) throw new PermanentError(`evidence ${order.id}: the file ${refused}`);
  const wanted = { id: order.id, cameraId: order.camera.id, madeAt: order.madeAt, keyId: key.id };
  const taken = await takePackage(database, wanted, now());
  if ('sealed' in taken) return taken.sealed;
  const { claimed } = taken;
  try {
    return await keepingClaim(chain, claimed, signal, (inner) => make(chain, key, order, claimed, inner));
  } catch (error) {
    const gaveUp = error instanceof PermanentError ? error.message : undefined;
    // Should the database or the storage be gone as well: the claim runs out, and the next try removes what is left.
    const isOurs = await letGo(chain, claimed, gaveUp).catch(() => true);
    throw isOurs ? error : lostClaim(order.id);
  }
}

/** @returns whether it was this process's to the end */
async function letGo(
  { database, storage, now }: Chain,
  claimed: Claimed,
  gaveUp: string | undefined,
): Promise<boolean> {
  await releaseClaim(database, claimed, now(), gaveUp);
  if (await isFolderKnown(database, claimed.folder)) return true;
  await removeFolder(storage, claimed.folder, AbortSignal.timeout(TIDY_MS));
  return false;
}

async function make(
  chain: Chain,
  key: SigningKey,
  order: EvidenceOrder,
  claimed: Claimed,
  signal: AbortSignal,
): Promise<EvidencePackage> {
  const { number, folder } = claimed;
  const { files, madeAt, ...about } = order;
  await removeEarlierTries(chain.storage, claimed, signal);
  const ntp = await clockState();
  const manifest = async (copied: readonly EvidenceFile[]) => {
    const previousSha256 = await untilNext(chain, key, claimed, signal);
    return {
      ...{ format: 'camqueue-evidence/1' as const, ...about },
      madeAt: new Date(madeAt).toISOString(),
      madeAtClock: { source: 'the clock of the computer that made the package', ntp },
      ...{ software: chain.software, files: [...copied], number },
      ...(previousSha256 !== undefined && { previousSha256 }),
      keyId: key.id,
    };
  };
  const readme = readmeText({ cameraId: order.camera.id, number, keyId: key.id });
  const written = await writePackage(chain.storage, { folder, files, readme, key, manifest }, signal);
  return commitPackage(chain, { ...claimed, madeAt, keyId: key.id, actor: order.requested.by }, written);
}
