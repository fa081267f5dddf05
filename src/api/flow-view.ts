import { z } from 'zod';
import type { Camera } from '../domain/camera.js';
import { Language } from '../domain/alerting/config.js';
import type { FlowAbout } from '../domain/flow/render/about.js';
import { type FlowReport, Granularity } from '../domain/flow/report.js';
import { LONGEST_MS } from '../domain/flow/windows.js';
import { CameraId } from '../domain/ids.js';
import type { Ports } from '../ports.js';
import { iso, Time } from './fields.js';
import { HttpError } from './http-error.js';

/** Most reports of one answer: a month of hours. */
export const MOST_REPORTS = 1000;
/** What is shown when nobody says from when. */
const BACK_MS = { quarter: 86_400_000, hour: 7 * 86_400_000, day: 31 * 86_400_000 };

export const FlowQuery = z.strictObject({
  camera: CameraId,
  granularity: Granularity.default('hour').describe('length of the windows: quarter (of an hour), hour, day'),
  from: Time.optional().describe(
    'windows that begin then or later; default: a day of quarters, a week of hours, a month of days back',
  ),
  to: Time.optional().describe('windows that begin before; default: now'),
});

export const PageQuery = z.strictObject({
  camera: CameraId,
  granularity: Granularity.default('day'),
  from: Time.describe('any time of the window; with `to`: the windows that begin then or later'),
  to: Time.optional().describe('several windows on one page: those that begin before'),
  language: Language.optional().describe('default: the language of the site'),
});

type FlowPorts = Pick<Ports, 'cameras' | 'flowReports'>;

/** @throws HttpError 404 when there is no such camera and no report of one that was */
export async function listReports(
  ports: FlowPorts,
  { camera, granularity, ...asked }: z.output<typeof FlowQuery>,
  now: number,
): Promise<FlowReport[]> {
  const to = asked.to === undefined ? now : Date.parse(asked.to);
  const from = asked.from === undefined ? to - BACK_MS[granularity] : Date.parse(asked.from);
  checkOrder(from, to);
  const limit = MOST_REPORTS + 1;
  const found = await ports.flowReports.list({ cameraId: camera, granularity, from, to, limit });
  if (found.length === 0) checkCamera(ports, camera, 404);
  if (found.length > MOST_REPORTS)
    throw new HttpError(
      400,
      'invalid',
      `from: more than ${MOST_REPORTS} reports begin from ${iso(from)} to ${iso(to)}; ask for a shorter time`,
      'from',
    );
  return found;
}

/** The reports of one page, at least one. @throws HttpError 404 when there is none */
export async function reportsOfPage(
  ports: FlowPorts,
  { camera, granularity, ...asked }: z.output<typeof PageQuery>,
  now: number,
): Promise<FlowReport[]> {
  const { from } = asked;
  const reports =
    asked.to === undefined
      ? await reportAround(ports, camera, granularity, Date.parse(from))
      : await listReports(ports, { camera, granularity, from, to: asked.to }, now);
  if (reports.length > 0) return reports;
  checkCamera(ports, camera, 404);
  throw new HttpError(
    404,
    'no-such-report',
    `from: there is no report by ${granularity} of "${camera}" at ${from}; POST /api/v1/flow computes one`,
    'from',
  );
}

async function reportAround(
  { flowReports }: FlowPorts,
  cameraId: string,
  granularity: Granularity,
  at: number,
): Promise<FlowReport[]> {
  const span = { from: at - LONGEST_MS[granularity], to: at + 1 };
  const near = await flowReports.list({ cameraId, granularity, ...span, limit: MOST_REPORTS });
  return near.filter(({ from, to }) => from <= at && at < to);
}

/** @param status 404 where the camera is what is asked for, 422 where it is part of a body */
export function checkCamera({ cameras }: Pick<Ports, 'cameras'>, id: string, status: 404 | 422): Camera {
  const camera = cameras.all().find((one) => one.id === id);
  if (camera) return camera;
  throw new HttpError(status, 'no-such-camera', `camera: there is no camera "${id}"`, 'camera');
}

export function checkOrder(from: number, to: number): void {
  if (from >= to)
    throw new HttpError(
      400,
      'invalid',
      `from: ${iso(from)} must be before to, ${iso(to)}: the window is empty`,
      'from',
    );
}

/** What a page says of a camera; of one that is gone its id. */
export function aboutOf({ cameras }: Pick<Ports, 'cameras'>, id: string, language?: Language): FlowAbout {
  const { site } = cameras;
  const camera = cameras.all().find((one) => one.id === id) ?? { id, name: undefined };
  return { site, camera, language: language ?? site.language };
}

/** As it leaves the system: times as ISO 8601. */
export function publicReport(report: FlowReport): object {
  return {
    ...report,
    ...{ from: iso(report.from), to: iso(report.to), computedAt: iso(report.computedAt) },
    series: report.series.map((part) => ({ ...part, at: iso(part.at) })),
    before: report.before.map((one) => ({ ...one, from: iso(one.from) })),
  };
}
