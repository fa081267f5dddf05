import { alert } from '../../jobs/alert/job.js';
import type { CameraEvent, TamperKind } from '../domain/events.js';
import { eventId } from '../domain/event-id.js';
import type { Ports } from '../ports.js';
import type { SamplerOptions } from '../sampler/options.js';
import type { Producer } from '../../queues/types.js';
import { askForEarlyCheck } from './health/early-check.js';

/**
 * What a sampler's news of a camera become: events, and an alert when somebody has been at it. Every step may be
 * repeated: ids come from what it is about. The order is that of all consequences: picture, event, job.
 */
export function cameraReports(
  { events, pictures, snapshots, cameras }: Pick<Ports, 'events' | 'pictures' | 'snapshots' | 'cameras'>,
  producer: Pick<Producer, 'enqueue'>,
): Pick<SamplerOptions, 'onStatus'> & Required<Pick<SamplerOptions, 'onTamper'>> {
  return {
    async onStatus(cameraId, state) {
      const { status, reason, since } = state;
      const event = {
        ...{ type: 'camera' as const, at: since, status },
        ...(reason === undefined ? {} : { reason }),
      };
      await events.add([{ ...event, id: eventId(cameraId, event), cameraId }]);
      const camera = cameras.all().find(({ id }) => id === cameraId);
      if (camera) await askForEarlyCheck(producer, camera, state, Date.now());
    },

    async onTamper({ cameraId, kind, phase, isLasting, at, picture }) {
      const id = eventId(cameraId, { type: 'tamper', at, kind, phase });
      const snapshot = `events/${cameraId}/${new Date(at).toISOString().slice(0, 10)}/${id}.jpg`;
      await snapshots.put(snapshot, await pictures.jpeg(picture));
      const event: CameraEvent = { type: 'tamper', id, cameraId, at, kind, phase, snapshot };
      await events.add([event]);
      // Nobody has put it right: the incident waits for somebody who does.
      if (isLasting) return;
      const name = cameras.all().find((camera) => camera.id === cameraId)?.name ?? cameraId;
      await producer.enqueue(alert, {
        ...{ id, cameraId, at, eventId: id, snapshot },
        ...{ kind: 'tamper', severity: phase === 'begin' ? 'critical' : 'info', phase },
        summary: `${WHAT[kind][phase]} (${name})`,
      });
    },
  };
}

const WHAT = {
  blackout: { begin: 'the picture went dark and stays dark', end: 'the picture is dark no more' },
  covered: { begin: 'something covers the lens', end: 'the lens is free again' },
  moved: { begin: 'the camera looks elsewhere', end: 'the camera looks where it did' },
} satisfies Record<TamperKind, Record<'begin' | 'end', string>>;
