import type { Request, Response } from 'express';
import { z } from 'zod';
import { trafficFlow } from '../../jobs/traffic-flow/job.js';
import type { Camera } from '../domain/camera.js';
import { escapeHtml } from '../domain/escape-html.js';
import { isCounting } from '../domain/flow/is-counting.js';
import { flowArticle } from '../domain/flow/render/page.js';
import type { FlowReport } from '../domain/flow/report.js';
import { dayOf } from '../domain/local-time.js';
import { CameraId } from '../domain/ids.js';
import type { ApiDeps } from './deps.js';
import { iso } from './fields.js';
import { endOf } from './flow-compute.js';
import { beside, type Chosen, chosenAt, dateOf, spanOf } from './flow-times.js';
import { aboutOf } from './flow-view.js';
import { FLOW_PAGE_WORDS, type FlowPageWords } from './flow-words.js';
import { askerOf, hasRole } from './identity.js';
import { header, page } from './pages.js';

const MINUTE_MS = 60_000;
/** Longest somebody looks at an empty page while the first report of a time that is not over is computed. */
const FIRST_MS = 3000;

/** What does not fit is left out: an address somebody typed shows something all the same. */
const Query = z.object({
  camera: CameraId.optional().catch(undefined),
  view: z.enum(['hour', 'day', 'week']).catch('day'),
  date: z.iso.date().optional().catch(undefined),
  hour: z.coerce.number().int().min(0).max(23).optional().catch(undefined),
});

interface Shown {
  readonly words: FlowPageWords;
  readonly cameras: readonly Camera[];
  readonly camera: Camera;
  readonly chosen: Chosen;
  readonly span: ReturnType<typeof spanOf>;
  readonly isLive: boolean;
}

/** The page of traffic flow: works without a script; /assets/flow.js keeps it fresh. */
export async function drawFlow(deps: ApiDeps, req: Request, res: Response): Promise<void> {
  const { ports, now = Date.now } = deps;
  const { site } = ports.cameras;
  const identity = askerOf(res);
  const words = FLOW_PAGE_WORDS[site.language];
  const cameras = ports.cameras.all().filter(isCounting);
  const asked = Query.parse(req.query);
  const camera = cameras.find(({ id }) => id === asked.camera) ?? cameras[0];
  const head = { site: site.name, who: identity.actor.replace(/^(person|key):/, ''), role: identity.role };
  const send = (body: string): void => {
    const main = `${header('/flow', head)}\n<main id="flow">${body}</main>\n<script src="/assets/flow.js" defer></script>`;
    res.type('html').send(page(`${site.name} · flow`, main, ['/assets/flow.css'], site.language));
  };
  if (!camera) return send(`<p class="empty">${escapeHtml(words.noCamera)}</p>`);
  const at = now();
  const chosen = chosenOf(asked, at, site.timeZone);
  const span = spanOf(chosen, site.timeZone);
  const shown = { words, cameras, camera, chosen, span, isLive: span.from <= at && at < span.to };
  const reports = await reportsOf(deps, shown, at);
  const article =
    reports.length > 0
      ? flowArticle(reports, aboutOf(ports, camera.id))
      : `<p class="empty">${escapeHtml(span.from > at ? words.notYet : words.noReport)}</p>`;
  const mayCompute = hasRole(identity, 'operator') && span.from <= at;
  send(`${form(shown)}${links(shown, reports, mayCompute, at)}
    <p id="problem" class="problem" role="alert" hidden></p>
    <div id="report"${shown.isLive ? ' data-live' : ''}>${article}</div>`);
}

function chosenOf(asked: z.output<typeof Query>, now: number, timeZone: string): Chosen {
  const today = chosenAt(asked.view, now, timeZone);
  if (asked.date === undefined) return { ...today, hour: asked.hour ?? today.hour };
  return { view: asked.view, day: dayOf(asked.date), hour: asked.hour ?? today.hour };
}

/** What is stored; of a time that is not over it is computed again while somebody looks, at most once a minute. */
async function reportsOf(deps: ApiDeps, { camera, span, isLive }: Shown, now: number): Promise<FlowReport[]> {
  const { ports, producer, inspector } = deps;
  const { granularity, from, to } = span;
  const list = () => ports.flowReports.list({ cameraId: camera.id, granularity, from, to, limit: 8 });
  const stored = await list();
  if (!isLive) return stored;
  const minute = Math.floor(now / MINUTE_MS);
  const until = Math.min(to, now + 1);
  const id = `live-${camera.id}-${granularity}-${from}-${minute}`;
  await producer.enqueue(
    trafficFlow,
    { cameraId: camera.id, granularity, from, to: until },
    { id, origin: 'the page /flow' },
  );
  if (stored.some((report) => report.from <= now && now < report.to)) return stored;
  await endOf(inspector, id, FIRST_MS);
  return list();
}

function form({ words, cameras, camera, chosen }: Shown): string {
  const option = (value: string, name: string, isChosen: boolean): string =>
    `<option value="${escapeHtml(value)}"${isChosen ? ' selected' : ''}>${escapeHtml(name)}</option>`;
  const ofCameras = cameras.map((one) => option(one.id, one.name ?? one.id, one.id === camera.id));
  const views = (['hour', 'day', 'week'] as const).map((view) =>
    option(view, words.views[view], view === chosen.view),
  );
  const hours = Array.from({ length: 24 }, (_, hour) =>
    option(String(hour), `${String(hour).padStart(2, '0')}:00`, hour === chosen.hour),
  );
  return `<form method="get" action="/flow" class="search card" id="choose">
      <label class="wide">${words.camera} <select name="camera">${ofCameras.join('')}</select></label>
      <label>${words.view} <select name="view">${views.join('')}</select></label>
      <label>${words.date} <input name="date" type="date" required value="${dateOf(chosen.day)}"></label>
      <label class="hour">${words.hour} <select name="hour">${hours.join('')}</select></label>
      <span class="buttons"><button class="main">${words.show}</button></span>
    </form>`;
}

function links(
  { words, camera, chosen, span, isLive }: Shown,
  reports: readonly FlowReport[],
  mayCompute: boolean,
  now: number,
): string {
  const { granularity, from, to } = span;
  const data = new URLSearchParams({ camera: camera.id, granularity, from: iso(from), to: iso(to) });
  const link = (href: string, text: string): string => `<a href="${escapeHtml(href)}">${text}</a>`;
  const files = [
    link(`/api/v1/flow/report.html?${data.toString()}`, words.print),
    link(`/api/v1/flow.csv?${data.toString()}`, 'CSV'),
    link(`/api/v1/flow?${data.toString()}`, 'JSON'),
  ];
  const asked = { camera: camera.id, granularity, from: iso(from), to: iso(Math.min(to, now)) };
  const compute = `<button id="compute" data-body="${escapeHtml(JSON.stringify(asked))}" data-busy="${words.computing}">${words.compute}</button>`;
  return `<nav class="steps" aria-label="${words.date}">
      ${link(addressOf(camera, beside(chosen, -1)), `‹ ${words.before}`)}
      ${isLive ? `<span class="live">${words.live}</span>` : link(`/flow?camera=${camera.id}&view=${chosen.view}`, words.now)}
      ${from > now || isLive ? '' : link(addressOf(camera, beside(chosen, 1)), `${words.after} ›`)}
      <span class="files">${reports.length > 0 ? files.join(' ') : ''} ${mayCompute ? compute : ''}</span>
    </nav>`;
}

function addressOf({ id }: Camera, { view, day, hour }: Chosen): string {
  return `/flow?camera=${id}&view=${view}&date=${dateOf(day)}${view === 'hour' ? `&hour=${hour}` : ''}`;
}
