import { MANIFEST, MANIFEST_HASH, PUBLIC_KEY, README, SIGNATURE } from '../../domain/evidence/manifest.js';
import type { EvidencePackage, EvidencePackages } from '../../ports/evidence.js';
import type { ObjectStore } from '../../ports/storage.js';
import type { Database } from '../sql/schema.js';
import { toPackage } from './package-rows.js';
import { removeFolder } from './remove-folder.js';
import { keyRows } from './signing-keys.js';

/** What proves the chain: small, no pictures in it. */
const KEPT = [MANIFEST, SIGNATURE, MANIFEST_HASH, PUBLIC_KEY, README];

/** A sealed package by its id. */
export async function packageOf({ db }: Database, id: string): Promise<EvidencePackage | undefined> {
  const row = await db.selectFrom('evidence_package').selectAll().where('id', '=', id).executeTakeFirst();
  return row && toPackage(row);
}

/** The sealed ones, newest first. */
export async function listPackages(
  { db }: Database,
  { cameraId, limit }: Parameters<EvidencePackages['list']>[0],
): Promise<EvidencePackage[]> {
  let query = db
    .selectFrom('evidence_package')
    .selectAll()
    .where('manifest_sha256', 'is not', null)
    .orderBy('made_at', 'desc')
    .orderBy('number', 'desc')
    .orderBy('id')
    .limit(limit);
  if (cameraId !== undefined) query = query.where('camera_id', '=', cameraId);
  return (await query.execute()).flatMap((row) => toPackage(row) ?? []);
}

/** Keys of this installation, newest first. */
export async function publicKeys({ db }: Database): ReturnType<EvidencePackages['publicKeys']> {
  return (await keyRows(db)).map(({ id, public_key: pem, created_at: createdAt }) => ({
    id,
    pem,
    createdAt,
  }));
}

/** Removes what a package is about; its manifest stays. @returns whether there was one whose files were not gone yet */
export async function removeFiles(
  { database, storage }: { readonly database: Database; readonly storage: ObjectStore },
  id: string,
  now: number,
  signal: AbortSignal,
): Promise<boolean> {
  const known = await packageOf(database, id);
  if (!known || known.removedAt !== undefined) return false;
  await removeFolder(storage, known.folder, signal, (path) => KEPT.includes(path));
  await database.db
    .updateTable('evidence_package')
    .set({ removed_at: now })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .execute();
  return true;
}
