import { alarmOf } from '../../src/domain/alarm.js';
import type { Camera } from '../../src/domain/camera.js';
import { viewOfCrossing } from '../../src/domain/crossing-view.js';
import { eventId } from '../../src/domain/event-id.js';
import type { CameraEvent } from '../../src/domain/events.js';
import type { UnitBox } from '../../src/domain/geometry.js';
import type { Overlay } from '../../src/domain/overlay.js';
import type { RingEntry } from '../../src/domain/frame.js';
import { sceneOverlay, type SceneConfig, type SceneEvent, type SceneState } from '../../src/domain/scene.js';
import { alert } from '../alert/job.js';
import type { JobContext } from '../define.js';
import { ringAreas } from './ring-areas.js';

/** A frame's consequences, before they are recorded. */
interface Consequences {
  readonly camera: Camera;
  readonly config: SceneConfig;
  readonly scene: SceneState;
  readonly events: readonly SceneEvent[];
  readonly entry: RingEntry;
}

/** Keeps the picture with everything drawn that is known of it, where the camera asks for that. */
export async function annotate(what: Consequences, ctx: JobContext<'snapshots' | 'pictures'>): Promise<void> {
  const { camera, entry, scene, config } = what;
  if (!camera.annotate || !entry.picture) return;
  const jpeg = await ctx.ports.pictures.jpeg(entry.picture, { overlay: sceneOverlay(scene, config) });
  await ctx.ports.snapshots.put(`annotated/${camera.id}/${entry.at}.jpg`, jpeg);
}

/**
 * Records what a frame caused, in the order that makes a repeat harmless: pictures, then events (unique ids), then
 * follow-up jobs (derived ids). The caller commits the camera's cursor after this.
 */
export async function record(
  what: Consequences,
  ctx: JobContext<'cameras' | 'events' | 'snapshots' | 'pictures'>,
): Promise<void> {
  const { camera } = what;
  if (what.events.length === 0) return;
  const events: CameraEvent[] = [];
  for (const event of what.events) events.push(await withSnapshot(event, what, ctx));
  await ctx.ports.events.add(events);
  for (const event of events) {
    const alarm = alarmOf(event, camera);
    if (!alarm) continue;
    await ctx.enqueue(alert, {
      id: event.id,
      cameraId: camera.id,
      at: event.at,
      eventId: event.id,
      ...alarm,
      ...(event.snapshot === undefined ? {} : { snapshot: event.snapshot }),
    });
  }
  await ringAreas(events, ctx);
}

async function withSnapshot(
  event: SceneEvent,
  what: Consequences,
  ctx: JobContext<'snapshots' | 'pictures'>,
): Promise<CameraEvent> {
  const { camera, entry, scene, config } = what;
  const id = eventId(camera.id, event);
  // A crossing knows the frame in which the line was cut; everything else is seen in this one.
  const complete = { frame: entry.frame, ...event, id, cameraId: camera.id };
  const shown = shownOf(event);
  if (shown === 'nothing' || !entry.picture) return complete;
  const day = new Date(event.at).toISOString().slice(0, 10);
  const snapshot = `events/${camera.id}/${day}/${id}.jpg`;
  // People who are called need the whole scene; a count needs to show what was counted.
  const { box } = event;
  const options =
    shown === 'scene'
      ? { overlay: sceneOverlay(scene, config) }
      : shown === 'thumbnail'
        ? { ...THUMBNAIL, ...(box && { overlay: boxOnly(box) }) }
        : box
          ? { crop: viewOfCrossing({ ...event, box }) }
          : {};
  await ctx.ports.snapshots.put(snapshot, await ctx.ports.pictures.jpeg(entry.picture, options));
  return { ...complete, snapshot };
}

/** Movement is frequent: enough to see what it was, about 10 kB. */
const THUMBNAIL = { maxWidth: 320, quality: 70 };

/** Letters could not be read at that size. */
function boxOnly(box: UnitBox): Overlay {
  return { boxes: [{ box, label: '', kind: 'track' }], lines: [], polygons: [] };
}

/** What picture is kept with an event. */
function shownOf(event: SceneEvent): 'scene' | 'part' | 'thumbnail' | 'nothing' {
  switch (event.type) {
    case 'crossing':
      return 'part';
    case 'zone':
      return event.phase === 'enter' ? 'scene' : 'nothing';
    case 'threshold':
    case 'congestion':
      return event.phase === 'begin' ? 'scene' : 'nothing';
    case 'motion':
      return event.phase === 'begin' ? 'thumbnail' : 'nothing';
    case 'flow':
    case 'tamper':
    case 'camera':
      return 'nothing';
  }
}
