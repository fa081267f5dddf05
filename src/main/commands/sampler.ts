import { motion } from '../../../jobs/motion/job.js';
import { eventId } from '../../domain/event-id.js';
import type { CameraId } from '../../domain/ids.js';
import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import { maxPictures } from '../../io/redis/ring-bounds.js';
import type { EventStore, SourceState } from '../../ports.js';
import { runSampler } from '../../sampler/sampler.js';
import type { RunOptions } from '../cli.js';
import { asRole } from '../role.js';
import { ALL_DONE } from '../supervisor.js';

/** `camqueue sampler`: reads every camera of the camera file until it is asked to stop or all files are through. */
export async function sampler(options: RunOptions): Promise<number> {
  return asRole('sampler', options, async (world, signal) => {
    await checkFfmpeg();
    const { cameras, frames, states, events } = await world.ports(['cameras', 'frames', 'states', 'events']);
    const producer = world.producer();
    await runSampler({
      cameras: cameras.all(),
      sources: createFfmpegSources(),
      ring: frames,
      states,
      doorbell: async (cameraId) => void (await producer.enqueue(motion, { cameraId })),
      onStatus: (cameraId, state) => storeStatus(events, cameraId, state),
      log: world.log,
      signal,
      again: options.again === true,
      // Two below the bound: what is being written when the ring is looked at must not push anything out.
      ringRoom: (pictureBytes) => maxPictures(world.config.RING_MB * 1024 ** 2, pictureBytes) - 2,
    });
    if (!signal.aborted) process.send?.(ALL_DONE);
    world.log.info({}, signal.aborted ? 'sampler has stopped' : 'every source is finished');
    return undefined;
  });
}

async function storeStatus(
  events: EventStore,
  cameraId: CameraId,
  { status, reason, since }: SourceState,
): Promise<void> {
  const event = { type: 'camera' as const, at: since, status, ...(reason === undefined ? {} : { reason }) };
  await events.add([{ ...event, id: eventId(cameraId, event), cameraId }]);
}
