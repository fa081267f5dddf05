import { z } from 'zod';
import { exportClip } from '../../jobs/export-clip/job.js';
import { checkExport, type CheckedExport } from '../domain/export/check-export.js';
import { exportId } from '../domain/export/export-id.js';
import { publicGap } from '../domain/export/export-manifest.js';
import { exportOrder } from '../domain/export/export-order.js';
import { exportNeeds, lackOfRoom } from '../domain/export/export-room.js';
import { formerCamera } from '../domain/export/former-camera.js';
import { ExportRequest } from '../domain/export/request.js';
import { PermanentError } from '../errors.js';
import type { Export } from '../ports/exports.js';
import type { ApiDeps } from './deps.js';
import { iso, Time } from './fields.js';
import { HttpError } from './http-error.js';

/** What somebody wants, as it is sent: times as ISO 8601. */
export const ExportBody = z.strictObject({
  ...ExportRequest.shape,
  from: Time.describe('capture time of the first picture'),
  to: Time.describe('the clip ends before this time; at most 24 hours after from'),
});

/** What asking for exports stands on; the API has it, and the command line. */
export interface ExportDeps extends Pick<ApiDeps, 'producer' | 'gaps' | 'recordings' | 'now'> {
  readonly ports: Pick<
    ApiDeps['ports'],
    'cameras' | 'states' | 'exports' | 'exportSettings' | 'clips' | 'storage' | 'audit'
  >;
}

export function requestOf(body: z.output<typeof ExportBody>): ExportRequest {
  return { ...body, from: Date.parse(body.from), to: Date.parse(body.to) };
}

/**
 * Notes the wish and enqueues its job; the same wish again is the same export, and one whose job got lost gets another.
 * @throws HttpError when it cannot be made as it is asked for
 */
export async function askForExport(
  deps: ExportDeps,
  request: ExportRequest,
  who: { readonly actor: string; readonly incident?: number },
): Promise<Export> {
  const { ports, producer, now = Date.now } = deps;
  const { actor, incident } = who;
  const id = exportId(request);
  // What is done already needs no recordings any more.
  if ((await ports.exports.get(id))?.state !== 'done') refuse(await check(deps, request));
  const row = await ports.exports.request({
    ...{ id, request, requestedAt: now(), requestedBy: actor },
    ...(incident !== undefined && { incident }),
  });
  if (row.state === 'waiting' || row.state === 'running') {
    const payload = {
      ...{ ...row.request, by: row.requestedBy },
      ...(row.incident !== undefined && { incident: row.incident }),
    };
    await producer.enqueue(exportClip, payload, { origin: actor, again: true });
  }
  const { from, to, cameraId, ...wanted } = request;
  await ports.audit.append({
    ...{ at: now(), actor, action: 'export.request', subject: `export/${id}` },
    detail: { camera: cameraId, from: iso(from), to: iso(to), ...wanted, state: row.state },
  });
  return row;
}

/** What it would be, before it is begun. */
export async function estimateExport(deps: ExportDeps, request: ExportRequest): Promise<object> {
  const { cameras, clips, storage, exportSettings } = deps.ports;
  const checked = refuse(await check(deps, request));
  if (checked.kind === 'early')
    throw new HttpError(
      409,
      'not-yet',
      `the end of it is still being recorded; ask again at ${iso(checked.readyAt)}`,
      'to',
    );
  const { plan, segments } = checked;
  const camera = cameras.all().find(({ id }) => id === request.cameraId) ?? formerCamera(request.cameraId);
  const id = exportId(request);
  const order = exportOrder({ id, request, camera, site: cameras.site, plan, logo: exportSettings.logo });
  const estimate = await ofPermanent(() => clips.estimate(order));
  const originalBytes = request.evidence ? segments.reduce((sum, { bytes }) => sum + bytes, 0) : 0;
  const [work, stored] = await Promise.all([clips.space(), storage.space()]);
  const needs = exportNeeds(estimate, originalBytes);
  const lack = lackOfRoom(needs, { work, storage: stored });
  return {
    id,
    request: { ...request, from: iso(request.from), to: iso(request.to) },
    ...{ bytes: estimate.bytes, how: estimate.how, ...needs },
    space: { workFreeBytes: work.freeBytes, ...(stored && { storageFreeBytes: stored.freeBytes }) },
    ...(lack !== undefined && { lack }),
    recordings: segments.length,
    coveredMs: checked.coverage.coveredMs,
    gaps: plan.gaps.map(publicGap),
  };
}

function check({ ports, gaps, recordings, now = Date.now }: ExportDeps, request: ExportRequest) {
  const { cameras, states } = ports;
  const camera = cameras.all().find(({ id }) => id === request.cameraId);
  const { timeZone } = cameras.site;
  return checkExport({ states, gaps, recordings }, camera, request, { now: now(), timeZone });
}

function refuse(checked: CheckedExport): Exclude<CheckedExport, { kind: 'refused' }> {
  if (checked.kind !== 'refused') return checked;
  const { field, reason } = checked;
  if (field === 'cameraId') throw new HttpError(404, 'no-such-camera', reason, field);
  throw new HttpError(400, 'invalid', `${field}: ${reason}`, field);
}

/** What can never be made is said to whoever asked. */
async function ofPermanent<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PermanentError) throw new HttpError(409, 'not-possible', error.message);
    throw error;
  }
}
