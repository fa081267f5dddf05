import type { EvidencePackage } from '../../ports/evidence.js';
import { appendAudit } from '../sql/audit-log.js';
import { exclusively } from '../sql/exclusively.js';
import type { Database } from '../sql/schema.js';
import { lostClaim } from './keeping-claim.js';
import { chainOf, type Claimed } from './package-rows.js';

/**
 * From here on the package is sealed: its row and its entry in the audit trail become true together. A void one gives its id
 * back, so that what it was about may be asked for again, under another number.
 * @throws NotReadyError when another process has taken over
 */
export async function commitPackage(
  { database }: { readonly database: Database },
  made: Claimed & {
    readonly madeAt: number;
    readonly keyId: string;
    readonly actor: string;
    readonly voidReason?: string;
  },
  { manifestSha256, zip }: Pick<EvidencePackage, 'manifestSha256' | 'zip'>,
): Promise<EvidencePackage> {
  const { cameraId, number, folder, claim, madeAt, keyId, actor, voidReason } = made;
  const id = voidReason === undefined ? made.id : `${made.id}~void-${number}`;
  await exclusively(database, chainOf(cameraId), async (db) => {
    const { numUpdatedRows } = await db
      .updateTable('evidence_package')
      .set({
        ...{ id, manifest_sha256: manifestSha256, zip: JSON.stringify(zip), claim: null },
        ...{ folder, void_reason: voidReason ?? null },
      })
      .where('id', '=', made.id)
      .where('claim', '=', claim)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw lostClaim(made.id);
    await appendAudit(
      { ...database, db },
      {
        ...{ at: madeAt, actor, action: voidReason === undefined ? 'evidence.seal' : 'evidence.void' },
        subject: `evidence/${id}`,
        detail: { camera: cameraId, number, manifestSha256, keyId, ...(voidReason && { voidReason }) },
        onceKey: `evidence.seal/${cameraId}/${number}`,
      },
    );
  });
  return {
    ...{ id, cameraId, number, folder, zip, manifestSha256, keyId, madeAt },
    ...(voidReason !== undefined && { voidReason }),
  };
}
