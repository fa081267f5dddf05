import type { Camera } from '../../src/domain/camera.js';
import { messageOf } from '../../src/errors.js';
import { alert } from '../alert/job.js';
import { done, type Handler, type JobContext } from '../define.js';
import type { calibrationCheck } from './job.js';
import { checkCamera, type Checked } from './check-camera.js';
import { readMemory, writeMemory } from './memory.js';

export type Needs = 'cameras' | 'frames' | 'snapshots' | 'pictures';

const KIND = 'calibration-drift';

/**
 * Looks at each calibrated camera's newest picture. A camera that has moved is told once, and again when it is right: put
 * back, or calibrated anew. The alert is enqueued before it is remembered: cut off in between, the same slot enqueues the
 * same id. What fails for one camera fails the job when all others have been looked at.
 */
export const handle: Handler<typeof calibrationCheck, Needs> = async (payload, ctx) => {
  const at = payload.at ?? ctx.now();
  const { cameras } = ctx.ports;
  const chosen = payload.cameraId === undefined ? cameras.all() : [cameras.get(payload.cameraId)];
  const checked: ({ readonly cameraId: string } & Checked)[] = [];
  const failures: string[] = [];
  for (const camera of chosen) {
    ctx.signal.throwIfAborted();
    // One that lost its calibration may still have told that it has moved.
    const isAsked = camera.calibration !== undefined || payload.cameraId !== undefined;
    try {
      if (isAsked) checked.push({ cameraId: camera.id, ...(await check(camera, at, ctx)) });
    } catch (error) {
      failures.push(`${camera.id}: ${messageOf(error)}`);
    }
    await ctx.progress((checked.length + failures.length) / chosen.length);
  }
  if (failures.length > 0)
    throw new Error(
      `${failures.length} of ${chosen.length} cameras could not be checked: ${failures.join('; ')}`,
    );
  return done({ at, cameras: checked });
};

async function check(camera: Camera, at: number, ctx: JobContext<Needs>): Promise<Checked> {
  const memory = await readMemory(camera.id, ctx.ports.snapshots);
  const { checked, memory: next } = await checkCamera(camera, memory, at, ctx.ports);
  if (next.told && !memory.told)
    await ctx.enqueue(alert, {
      ...{ id: `${camera.id}-${KIND}-${at}`, cameraId: camera.id, kind: KIND, subject: camera.id, at },
      summary: summaryOf(camera, checked),
      cooldown: false,
    });
  if (memory.told && !next.told)
    await ctx.enqueue(alert, {
      ...{ id: `${camera.id}-${KIND}-${at}-end`, cameraId: camera.id, kind: KIND, subject: camera.id, at },
      summary: `${camera.name ?? camera.id} looks where it was calibrated`,
      phase: 'end',
    });
  if (next !== memory) await writeMemory(camera.id, next, ctx.ports.snapshots);
  return checked;
}

function summaryOf({ id, name }: Camera, checked: Checked): string {
  const how =
    checked.shiftPercent === undefined
      ? 'shows nothing of what it showed'
      : `has moved by ${checked.shiftPercent} % of its picture`;
  const what =
    checked.speedErrorPercent === undefined ? '' : `, speeds are off by up to ${checked.speedErrorPercent} %`;
  return `${name ?? id} ${how} when it was calibrated${what}: put it back, or measure its calibration again`;
}
