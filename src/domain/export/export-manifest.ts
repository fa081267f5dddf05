import type { Camera } from '../camera.js';
import type { ExportRequest } from './request.js';
import type { ClipGap } from './plan-clip.js';

export interface ManifestFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** What is in a clip, and how it was made: the manifest beside it. Instants are epoch ms here, ISO 8601 in it. */
export interface ManifestFacts {
  readonly id: string;
  readonly camera: Pick<Camera, 'id' | 'name' | 'place'>;
  readonly site: { readonly name: string; readonly timeZone: string };
  readonly request: ExportRequest;
  readonly requestedBy: string;
  readonly requestedAt: number;
  readonly incident?: number;
  readonly madeAt: number;
  readonly made: {
    readonly how: 'copy' | 'encode';
    readonly firstAt: number;
    readonly lastAt: number;
    readonly durationMs: number;
    readonly frames: number;
    readonly width: number;
    readonly height: number;
    readonly codec: string;
    readonly audioCodec?: string;
    readonly stretches: readonly {
      readonly atMs: number;
      readonly durationMs: number;
      readonly from: number;
      readonly segmentId?: string;
    }[];
    readonly gaps: readonly ClipGap[];
  };
  readonly files: readonly ManifestFile[];
  readonly configurationSha256: string;
  readonly networks: readonly { readonly name: string; readonly sha256: string }[];
  readonly software: { readonly name: string; readonly version: string };
  readonly evidence?: { readonly id: string; readonly number: number; readonly manifestSha256: string };
}

/** As JSON, for people and programs. */
export function exportManifest(facts: ManifestFacts): object {
  const { id, camera, site, request, made, evidence, incident } = facts;
  const { cameraId: _, from, to, reason, ...wanted } = request;
  const { firstAt, lastAt, stretches, gaps, ...clip } = made;
  return {
    format: 'camqueue-export/1',
    id,
    camera: {
      id: camera.id,
      ...(camera.name !== undefined && { name: camera.name }),
      place: camera.place ?? site.name,
      timeZone: site.timeZone,
    },
    asked: { from: iso(from), to: iso(to), ...wanted },
    captured: { first: iso(firstAt), last: iso(lastAt) },
    requested: {
      by: facts.requestedBy,
      at: iso(facts.requestedAt),
      ...(reason !== undefined && { reason }),
      ...(incident !== undefined && { incident }),
    },
    clip,
    stretches: stretches.map(({ atMs, durationMs, from: since, segmentId }) => ({
      ...{ atMs, durationMs, from: iso(since), to: iso(since + durationMs) },
      ...(segmentId !== undefined && { recording: segmentId }),
    })),
    gaps: gaps.map(publicGap),
    files: facts.files,
    ...(evidence && { evidence }),
    configuration: { sha256: facts.configurationSha256 },
    networks: facts.networks,
    software: facts.software,
    madeAt: iso(facts.madeAt),
  };
}

/** A gap with ISO 8601 times. */
export function publicGap({ from, to, cause, reason }: ClipGap): {
  from: string;
  to: string;
  cause: string;
  reason?: string;
} {
  return { from: iso(from), to: iso(to), cause, ...(reason !== undefined && { reason }) };
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
