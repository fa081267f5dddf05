import { randomBytes } from 'node:crypto';
import type { CameraId } from '../../domain/ids.js';
import { NotReadyError, PermanentError } from '../../errors.js';
import type { EvidencePackage } from '../../ports/evidence.js';
import { exclusively } from '../sql/exclusively.js';
import { cleanText, type Database, type EvidencePackageRow } from '../sql/schema.js';

/** A claim that was not heard of for so long is nobody's any more. */
const CLAIM_MS = 60_000;
/** What is unfinished and not heard of for so long will not be finished: longer than any pause between tries of a job. */
const ABANDONED_MS = 15 * 60_000;
const BUSY_RETRY_MS = 5000;

/** A package that is being made by this process, and by nobody else while its claim is kept. */
export interface Claimed {
  readonly id: string;
  readonly cameraId: CameraId;
  readonly number: number;
  readonly claim: string;
  readonly folder: string;
  /** Somebody tried before and may have left files; folders of such tries begin so. */
  readonly earlier?: string;
}

export type Taken = { readonly sealed: EvidencePackage } | { readonly claimed: Claimed };

/**
 * The row of a package, with the camera's next number when there is none yet, claimed for this process. Each try has a
 * folder of its own, so that a process which was frozen cannot write into its successor's.
 * @throws NotReadyError while another process works on it
 */
export function takePackage(
  database: Database,
  order: {
    readonly id: string;
    readonly cameraId: CameraId;
    readonly madeAt: number;
    readonly keyId: string;
  },
  now: number,
): Promise<Taken> {
  const { id, cameraId, madeAt, keyId } = order;
  return exclusively(database, chainOf(cameraId), async (db) => {
    const row = await db.selectFrom('evidence_package').selectAll().where('id', '=', id).executeTakeFirst();
    const sealed = row && toPackage(row);
    if (sealed) return { sealed };
    const claim = randomBytes(8).toString('hex');
    if (!row) {
      const last = await db
        .selectFrom('evidence_package')
        .select((select) => select.fn.max('number').as('number'))
        .where('camera_id', '=', cameraId)
        .executeTakeFirst();
      const number = Number(last?.number ?? 0) + 1;
      const folder = folderOf(cameraId, number, id, claim);
      const fresh = { id, camera_id: cameraId, number, made_at: madeAt, key_id: keyId, folder };
      await db
        .insertInto('evidence_package')
        .values({ ...fresh, ...UNSEALED, claim, claimed_at: now })
        .execute();
      return { claimed: { id, cameraId, number, claim, folder } };
    }
    if (row.camera_id !== cameraId)
      throw new PermanentError(`evidence ${id} is of camera ${row.camera_id}, not ${cameraId}`);
    if (row.claim !== null && row.claimed_at > now - CLAIM_MS)
      throw new NotReadyError(`another process is sealing evidence ${id}`, BUSY_RETRY_MS);
    const { number } = row;
    const folder = folderOf(cameraId, number, id, claim);
    await db
      .updateTable('evidence_package')
      .set({ claim, claimed_at: now, folder, made_at: madeAt, key_id: keyId, void_reason: null })
      .where('id', '=', id)
      .execute();
    return { claimed: { id, cameraId, number, claim, folder, earlier: triesOf(cameraId, number, id) } };
  });
}

/** Claims what somebody began and left. @returns `undefined` when it is no longer so */
export async function takeAbandoned(
  { db }: Pick<Database, 'db'>,
  row: EvidencePackageRow,
  keyId: string,
  now: number,
): Promise<Claimed | undefined> {
  const claim = randomBytes(8).toString('hex');
  const { id, camera_id: cameraId, number } = row;
  const folder = folderOf(cameraId, number, id, claim);
  const { numUpdatedRows } = await db
    .updateTable('evidence_package')
    .set({ claim, claimed_at: now, folder, key_id: keyId, made_at: now })
    .where('id', '=', id)
    .where('manifest_sha256', 'is', null)
    .where('claimed_at', '=', row.claimed_at)
    .executeTakeFirst();
  return numUpdatedRows > 0n
    ? { id, cameraId, number, claim, folder, earlier: triesOf(cameraId, number, id) }
    : undefined;
}

/** Still at work. @returns `false` when it has become somebody else's */
export async function keepClaim(
  { db }: Database,
  { id, claim }: Pick<Claimed, 'id' | 'claim'>,
  now: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('evidence_package')
    .set({ claimed_at: now })
    .where('id', '=', id)
    .where('claim', '=', claim)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Lets others go on with it. @param gaveUp why nobody will: the next package need not wait */
export async function releaseClaim(
  { db }: Database,
  { id, claim }: { readonly id: string; readonly claim?: string },
  now: number,
  gaveUp?: string,
): Promise<void> {
  let query = db
    .updateTable('evidence_package')
    .set(
      gaveUp === undefined
        ? { claim: null, claimed_at: now }
        : { claim: null, claimed_at: 0, void_reason: cleanText(gaveUp).slice(0, 500) },
    )
    .where('id', '=', id)
    .where('manifest_sha256', 'is', null);
  if (claim !== undefined) query = query.where('claim', '=', claim);
  await query.execute();
}

/** The lowest number of a camera, below this one, that is not sealed. */
export async function firstUnsealed(
  { db }: Database,
  cameraId: CameraId,
  below: number,
): Promise<EvidencePackageRow | undefined> {
  return db
    .selectFrom('evidence_package')
    .selectAll()
    .where('camera_id', '=', cameraId)
    .where('number', '<', below)
    .where('manifest_sha256', 'is', null)
    .orderBy('number')
    .limit(1)
    .executeTakeFirst();
}

/** Whether a row names this folder; what none names was left by a try that was given to somebody else. */
export async function isFolderKnown({ db }: Pick<Database, 'db'>, folder: string): Promise<boolean> {
  const row = await db
    .selectFrom('evidence_package')
    .select('id')
    .where('folder', '=', folder)
    .executeTakeFirst();
  return row !== undefined;
}

export function isAbandoned(row: EvidencePackageRow, now: number): boolean {
  return row.claimed_at < now - ABANDONED_MS;
}

/** SHA-256 of the manifest of a sealed package. */
export async function manifestHashOf(
  { db }: Database,
  cameraId: CameraId,
  number: number,
): Promise<string | undefined> {
  const row = await db
    .selectFrom('evidence_package')
    .select('manifest_sha256')
    .where('camera_id', '=', cameraId)
    .where('number', '=', number)
    .executeTakeFirst();
  return row?.manifest_sha256 ?? undefined;
}

/** Its lock and its row in one word: everything of a camera's chain that takes a number or seals holds it. */
export function chainOf(cameraId: CameraId): string {
  return `evidence/${cameraId}`;
}

/** `undefined`: it is not sealed yet. */
export function toPackage(row: EvidencePackageRow): EvidencePackage | undefined {
  const { id, camera_id: cameraId, number, folder, key_id: keyId, made_at: madeAt } = row;
  const { manifest_sha256: manifestSha256, zip, void_reason: voidReason, removed_at: removedAt } = row;
  if (manifestSha256 === null || zip === null) return undefined;
  return {
    ...{ id, cameraId, number, folder, keyId, madeAt, manifestSha256 },
    zip: JSON.parse(zip) as EvidencePackage['zip'],
    ...(voidReason !== null && { voidReason }),
    ...(removedAt !== null && { removedAt }),
  };
}

const UNSEALED = { manifest_sha256: null, zip: null, void_reason: null, removed_at: null };

function folderOf(cameraId: CameraId, number: number, id: string, claim: string): string {
  return triesOf(cameraId, number, id) + claim;
}

function triesOf(cameraId: CameraId, number: number, id: string): string {
  // Ids may hold what file names may not.
  const name = id.replace(/[^A-Za-z0-9._-]+/g, '-').slice(0, 80);
  return `evidence/${cameraId}/${number}-${name}-`;
}
