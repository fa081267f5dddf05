import { exportFolder, exportKeys } from '../../src/domain/export/export-keys.js';
import { exportManifest, type ManifestFile } from '../../src/domain/export/export-manifest.js';
import type { MadeClip } from '../../src/ports/clips.js';
import type { EvidencePackage } from '../../src/ports/evidence.js';
import type { Export, ExportResult } from '../../src/ports/exports.js';
import { sealEvidence } from './seal-evidence.js';
import type { Context, Source } from './source.js';

/** Puts clip, poster, sprite and manifest into the storage, and seals the evidence that was asked for. */
export async function keepClip(
  row: Export,
  source: Source,
  made: MadeClip,
  ctx: Context,
): Promise<ExportResult> {
  const { storage } = ctx.ports;
  const { signal } = ctx;
  const keys = exportKeys(exportFolder(row.id, row.request), made.sha256, row.request.format);
  const files: ManifestFile[] = [];
  const keep = async (key: string, path: string, expected: { bytes?: number; sha256?: string }) => {
    const kept = await storage.putFile(key, path, { ...expected, signal });
    files.push({ path: key.slice(key.lastIndexOf('/') + 1), ...kept });
  };
  await keep(keys.clip, made.path, { bytes: made.bytes, sha256: made.sha256 });
  await keep(keys.poster, made.poster, {});
  await keep(keys.sprite, made.sprite.path, {});
  const sealed = row.request.evidence ? await sealEvidence(row, source, made, ctx) : undefined;
  const manifest = await manifestOf(row, source, { made, files, sealed }, ctx);
  const text = `${JSON.stringify(manifest, null, 2)}\n`;
  await storage.put(keys.manifest, new TextEncoder().encode(text), { signal });
  return resultOf(keys, made, sealed);
}

async function manifestOf(
  row: Export,
  { camera }: Source,
  parts: {
    readonly made: MadeClip;
    readonly files: readonly ManifestFile[];
    readonly sealed: EvidencePackage | undefined;
  },
  ctx: Context,
): Promise<object> {
  const { cameras, provenance } = ctx.ports;
  const { id, request, requestedBy, requestedAt, incident } = row;
  const { sealed } = parts;
  const { path: _, poster: __, sprite: ___, bytes: ____, sha256: _____, ...made } = parts.made;
  return exportManifest({
    ...{ id, camera, site: cameras.site, request, requestedBy, requestedAt, made, files: parts.files },
    ...(incident !== undefined && { incident }),
    madeAt: ctx.now(),
    configurationSha256: provenance.configuration(camera).sha256,
    networks: await provenance.networks(camera, { faces: request.blurFaces }),
    software: provenance.software,
    ...(sealed && {
      evidence: { id: sealed.id, number: sealed.number, manifestSha256: sealed.manifestSha256 },
    }),
  });
}

function resultOf(
  keys: ReturnType<typeof exportKeys>,
  made: MadeClip,
  sealed: EvidencePackage | undefined,
): ExportResult {
  const { bytes, sha256, durationMs, width, height, codec, how, gaps, sprite } = made;
  const { columns, count, everyMs, widthPx, heightPx } = sprite;
  return {
    ...{ key: keys.clip, poster: keys.poster, manifest: keys.manifest },
    sprite: { key: keys.sprite, columns, count, everyMs, widthPx, heightPx },
    ...{ bytes, sha256, durationMs, width, height, codec, how, gaps },
    ...(sealed && { evidence: { id: sealed.id, ...sealed.zip } }),
  };
}
