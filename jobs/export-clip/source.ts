import type { Camera } from '../../src/domain/camera.js';
import { checkExport } from '../../src/domain/export/check-export.js';
import { formerCamera } from '../../src/domain/export/former-camera.js';
import type { ClipPlan } from '../../src/domain/export/plan-clip.js';
import type { ExportRequest } from '../../src/domain/export/request.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import type { Segment } from '../../src/ports/recordings.js';
import type { JobContext } from '../define.js';

export type Needs =
  | 'cameras'
  | 'states'
  | 'gaps'
  | 'recordings'
  | 'recordingFiles'
  | 'cold'
  | 'exports'
  | 'exportSettings'
  | 'provenance'
  | 'clips'
  | 'storage'
  | 'evidence';
export type Context = JobContext<Needs>;

/** What an export is made of. */
export interface Source {
  readonly camera: Camera;
  readonly plan: ClipPlan;
  readonly segments: readonly Segment[];
}

/** @throws PermanentError when there is nothing to make it of, NotReadyError while its end is still being recorded */
export async function sourceOf(request: ExportRequest, ctx: Context): Promise<Source> {
  const { cameras, states, gaps, recordings } = ctx.ports;
  const camera = cameras.all().find(({ id }) => id === request.cameraId);
  const found = new Map<string, Segment>();
  const list = async (filter: Parameters<typeof recordings.list>[0]): Promise<Segment[]> => {
    const segments = await recordings.list(filter);
    for (const segment of segments) found.set(segment.id, segment);
    return segments;
  };
  const checked = await checkExport({ states, gaps, recordings: { list } }, camera, request, {
    now: ctx.now(),
    timeZone: cameras.site.timeZone,
  });
  switch (checked.kind) {
    case 'refused':
      throw new PermanentError(checked.reason);
    case 'early':
      throw new NotReadyError('its end is still being recorded', Math.max(0, checked.readyAt - ctx.now()));
    case 'ready':
      return {
        camera: camera ?? formerCamera(request.cameraId),
        plan: checked.plan,
        segments: checked.segments.flatMap(({ id }) => found.get(id) ?? []),
      };
  }
}
