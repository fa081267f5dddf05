import { fileOf } from '../../src/domain/archive/file-of.js';
import { publicGap } from '../../src/domain/export/export-manifest.js';
import { PermanentError } from '../../src/errors.js';
import type { MadeClip } from '../../src/ports/clips.js';
import type { EvidenceOrder, EvidencePackage } from '../../src/ports/evidence.js';
import type { Export } from '../../src/ports/exports.js';
import type { Segment } from '../../src/ports/recordings.js';
import type { Context, Source } from './source.js';

type File = EvidenceOrder['files'][number];

/** Begun anew it is another package: the one before is sealed, or given up, and its number stays its own. */
export function evidenceIdOf({ id, requestedAt }: Pick<Export, 'id' | 'requestedAt'>): string {
  return `export-${id}-${requestedAt}`;
}

/** The clip with the recordings that it was cut from, as they were recorded. */
export async function sealEvidence(
  row: Export,
  { camera, segments }: Source,
  made: MadeClip,
  ctx: Context,
): Promise<EvidencePackage> {
  const { cameras, evidence, provenance } = ctx.ports;
  const { id, request, requestedBy, requestedAt, incident } = row;
  const { reason, cameraId: _, from, to, ...wanted } = request;
  const iso = (at: number): string => new Date(at).toISOString();
  const originals: File[] = [];
  for (const segment of segments) originals.push(await originalOf(segment, ctx));
  return evidence.seal(
    {
      id: evidenceIdOf(row),
      about: {
        ...{ kind: 'export', export: id, asked: { from: iso(from), to: iso(to), ...wanted } },
        ...(incident !== undefined && { incident }),
        clip: { how: made.how, codec: made.codec, frames: made.frames, durationMs: made.durationMs },
      },
      camera: {
        id: camera.id,
        ...(camera.name !== undefined && { name: camera.name }),
        place: camera.place ?? cameras.site.name,
        timeZone: cameras.site.timeZone,
      },
      captured: {
        ...{ from: iso(made.firstAt), to: iso(made.lastAt) },
        clock: 'the clock of the computer that recorded the camera',
      },
      gaps: made.gaps.map(publicGap),
      requested: { by: requestedBy, ...(reason !== undefined && { reason }), at: iso(requestedAt) },
      configuration: provenance.configuration(camera),
      networks: await provenance.networks(camera, { faces: request.blurFaces }),
      files: [{ path: `clip.${request.format}`, role: 'clip', from: { file: made.path } }, ...originals],
      madeAt: ctx.now(),
    },
    ctx.signal,
  );
}

async function originalOf(segment: Segment, ctx: Context): Promise<File> {
  const { id, startAt, endAt, sha256 } = segment;
  // Also one that was brought back from cold storage.
  const isEncoded = fileOf(segment).sha256 !== sha256;
  const notes = [
    `recording ${id}, ${new Date(startAt).toISOString()} to ${new Date(endAt).toISOString()}`,
    sha256 === undefined ? 'was still being written' : `SHA-256 when it was written: ${sha256}`,
    ...(isEncoded ? ['encoded anew when it was moved to cold storage: these are not its first bytes'] : []),
  ];
  return {
    // By its time: ids are long, and so are the folders above it.
    path: `originals/${new Date(startAt).toISOString().replace('T', '_').replaceAll(':', '-')}.mp4`,
    ...{ role: 'segment', note: notes.join('; ') },
    from: await bytesOf(segment, ctx),
  };
}

async function bytesOf(segment: Segment, ctx: Context): Promise<File['from']> {
  const { recordingFiles, cold } = ctx.ports;
  const { id, tier, path, cold: copy } = segment;
  if (tier === 'hot' || !copy) {
    const expected = fileOf(segment).sha256;
    const found = expected === undefined ? undefined : await recordingFiles.sha256(path);
    if (found !== undefined && found.sha256 !== expected)
      throw new PermanentError(
        `the recording ${id} is not what it was when it was written: it is no evidence; leave its time out`,
      );
    return { file: recordingFiles.localPath(path) };
  }
  const file = cold.store.localPath(copy.key);
  if (file !== undefined) return { file };
  return {
    bytes: copy.bytes,
    open: async () => {
      const stream = await cold.store.read(copy.key, { signal: ctx.signal });
      if (stream) return stream;
      throw new PermanentError(`the recording ${id} is gone from cold storage (${cold.store.place})`);
    },
  };
}
