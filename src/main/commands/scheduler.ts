import { licensePlate } from '../../../jobs/license-plate/job.js';
import { motion } from '../../../jobs/motion/job.js';
import { startSchedules } from '../../../queues/schedules.js';
import { startSweeper } from '../../../queues/sweeper.js';
import type { RunOptions } from '../cli.js';
import { asRole } from '../role.js';
import { startPassageSweeper } from '../sweep-passages.js';
import { schedules } from '../schedules.js';

/** `camqueue scheduler`: recurring jobs, and rings for frame rings that were left behind. Any number may run. */
export async function scheduler(options: RunOptions): Promise<number> {
  return asRole('scheduler', options, async (world) => {
    const { cameras, frames } = await world.ports(['cameras', 'frames']);
    const producer = world.producer();
    const clock = startSchedules({
      schedules: schedules(world.config, cameras.site.timeZone),
      producer,
      log: world.log,
    });
    const sweeper = startSweeper({
      rings: async () => {
        const lengths = await Promise.all(
          cameras.all().map(async ({ id }) => ({ id, length: await frames.length(id) })),
        );
        return lengths.filter(({ length }) => length > 0).map(({ id }) => id);
      },
      ring: (cameraId) => producer.enqueue(motion, { cameraId }),
      log: world.log,
    });
    const passages = startPassageSweeper({
      ...(await world.ports(['passages', 'states'])),
      finish: (payload, id) => producer.enqueue(licensePlate, payload, { id, origin: 'sweeper' }),
      log: world.log,
    });
    world.log.info({}, 'scheduler is ready');
    return async () => {
      await Promise.all([clock.stop(), sweeper.stop(), passages.stop()]);
    };
  });
}
