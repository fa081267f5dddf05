import type { CameraEvent } from '../../src/domain/events.js';
import type { Passage } from '../../src/domain/plates/passage.js';
import { plateAlarms } from '../../src/domain/plates/plate-alarms.js';
import { plateEventId } from '../../src/domain/plates/passage-id.js';
import { alert } from '../alert/job.js';
import type { JobContext } from '../define.js';

export type AnnouncePorts = 'cameras' | 'events' | 'plateLists' | 'passages';

/**
 * Tells of a final passage: the event, then the alerts (which tell vehicles apart by the event: see ../alert/subject.ts). Their ids come from the passage, so telling twice tells once.
 * What could not be read is no news. Of one that was another passage once more, that one is told of: it may have become
 * clearer, and be on a list now.
 */
export async function announce(given: Passage, ctx: JobContext<AnnouncePorts>): Promise<void> {
  const passage =
    given.mergedInto === undefined ? given : ((await ctx.ports.passages.get(given.mergedInto)) ?? given);
  const { cameraId, reading } = passage;
  if (passage.state !== 'final' || cameraId === undefined || reading.verdict === 'rejected') return;
  const event = eventOf(passage, cameraId);
  await ctx.ports.events.add([event]);
  const camera = ctx.ports.cameras.all().find(({ id }) => id === cameraId);
  if (!camera) return;
  const { lists } = await ctx.ports.plateLists.index();
  for (const alarm of plateAlarms(passage, camera, lists)) {
    await ctx.enqueue(alert, {
      ...alarm,
      id: `${event.id}-${alarm.kind}`,
      cameraId,
      at: passage.at,
      eventId: event.id,
      ...(passage.scene !== undefined && { snapshot: passage.scene }),
    });
  }
}

function eventOf(passage: Passage, cameraId: string): CameraEvent {
  const { id, at, trackId, vehicle, scene, reading, hits } = passage;
  const { verdict } = reading;
  const p = Math.round(reading.p * 1000) / 1000;
  return {
    type: 'plate',
    id: plateEventId(id),
    cameraId,
    at,
    passageId: id,
    ...(trackId !== undefined && { trackId }),
    ...(vehicle !== undefined && { class: vehicle }),
    ...(scene !== undefined && { snapshot: scene }),
    ...{ verdict, p },
    lists: hits.map(({ list, kind, match }) => ({ list, kind, match })),
  };
}
