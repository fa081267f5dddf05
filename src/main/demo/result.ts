import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { percentilesOf } from '../../domain/percentiles.js';
import { clipOfPictures } from '../../io/ffmpeg/picture-clip.js';
import { histogramPercentiles } from '../../io/histogram-percentiles.js';
import type { MailCatcher } from '../../io/mail-catcher.js';
import { collectMetrics } from '../../io/redis-metrics.js';
import type { Ports } from '../../ports.js';
import { readSystem } from '../read-system.js';
import type { World } from '../world.js';
import type { DemoResult } from './summary.js';

export type DemoPorts = Pick<Ports, 'cameras' | 'states' | 'incidents' | 'deliveries' | 'events'>;

/** Collects it from the stores while the workers still publish their metrics. */
export async function resultOf(
  world: World,
  ports: DemoPorts,
  startedAt: number,
  caught: MailCatcher,
): Promise<DemoResult> {
  const { QUEUE_PREFIX: prefix, DATA_DIR: data } = world.config;
  const system = await readSystem(world, ports, startedAt, Date.now());
  const incidents = await ports.incidents.list({ limit: 1000 });
  const alerts = await ports.incidents.alerts({ limit: 1000 });
  const sent = await ports.deliveries.list({ states: ['sent', 'delivered'], limit: 1000 });
  const metrics = await collectMetrics({ redis: await world.jobsRedis(), prefix });
  const crossings = await ports.events.crossings({});
  const events: Record<string, number> = {};
  for (const { type } of await ports.events.list({ limit: 100_000 })) events[type] = (events[type] ?? 0) + 1;
  const mailFile = await keepMail(caught, data);
  return {
    system,
    timeZone: ports.cameras.site.timeZone,
    events,
    lines: ports.cameras.all().flatMap((camera) =>
      camera.lines.map((line) => {
        const count = (direction: 'in' | 'out'): number =>
          crossings
            .filter(
              (row) => row.cameraId === camera.id && row.line === line.id && row.direction === direction,
            )
            .reduce((sum, row) => sum + row.count, 0);
        return {
          camera: camera.id,
          line: line.id,
          names: line.names ?? { in: 'in', out: 'out' },
          in: count('in'),
          out: count('out'),
        };
      }),
    ),
    alerts: {
      all: alerts.length,
      incidents: incidents.length,
      sent: sent.length,
    },
    mails: caught.mails,
    captureToAnalysed: histogramPercentiles(metrics, 'camqueue_frame_latency_seconds'),
    captureToAlert: percentilesOf(alerts.map(({ at, createdAt }) => createdAt - at)),
    files: [
      { what: 'pictures', path: shown(join(data, 'snapshots/events')) },
      ...(mailFile === undefined ? [] : [{ what: 'e-mail', path: shown(mailFile) }]),
      { what: 'logs', path: shown(join(data, 'logs')) },
    ],
  };
}

/** Makes an MP4 of each camera's annotated pictures; call it when nothing writes them any more. */
export async function clips(
  { cameras }: Pick<Ports, 'cameras'>,
  data: string,
  signal: AbortSignal,
): Promise<{ what: string; path: string }[]> {
  const made = [];
  for (const { id } of cameras.all()) {
    const target = join(data, `${id}-annotated.mp4`);
    const pictures = await clipOfPictures(join(data, 'snapshots/annotated', id), target, signal);
    if (pictures > 0) made.push({ what: 'annotated clip', path: shown(target) });
  }
  return made;
}

async function keepMail(mails: MailCatcher, data: string): Promise<string | undefined> {
  const first = mails.mails[0];
  if (!first) return undefined;
  const path = join(data, 'alert.eml');
  await writeFile(path, first.raw);
  return path;
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
