import { randomBytes } from 'node:crypto';
import { liveFrame } from '../../../jobs/live-frame/job.js';
import { createLiveHub } from '../../api/live-hub.js';
import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import { createRedisCameraLeases } from '../../io/redis/camera-leases.js';
import { createRestreamStatuses } from '../../io/redis/restream-status.js';
import { shareCameras } from '../../sampler/share.js';
import type { RunOptions } from '../cli.js';
import { restreamCamera } from '../restream-camera.js';
import { asRole, CLOSE_MS } from '../role.js';
import { isRestreamed } from '../system.js';
import { aborted, stopForSure } from '../until-stopped.js';

/**
 * `camqueue restream`: publishes the processed streams of cameras with `restream`, and follows their changes. Any number
 * may run, on any machine: each stream is published by one.
 */
export async function restream(options: RunOptions): Promise<number> {
  return asRole('restream', options, async (world, signal) => {
    const { config, log } = world;
    void aborted(signal).then(() => stopForSure(config.SHUTDOWN_GRACE_MS + CLOSE_MS, log));
    await checkFfmpeg();
    const { cameras, live, pictures } = await world.ports(['cameras', 'live', 'pictures']);
    const producer = world.producer();
    const redis = await world.jobsRedis();
    const hub = createLiveHub({
      ...{ live, log, limits: { perCamera: 1, inAll: 1000 } },
      ring: (cameraId) => producer.enqueue(liveFrame, { cameraId }),
    });
    const statuses = createRestreamStatuses(redis, config.QUEUE_PREFIX);
    log.info({}, 'restream is ready');
    await shareCameras({
      cameras: {
        all: () => cameras.all().filter(isRestreamed),
        onChange: (listener) => cameras.onChange(listener),
      },
      // Of their own: a camera is read by one process and published by another.
      leases: createRedisCameraLeases(redis, `${config.QUEUE_PREFIX}:restream`),
      sampler: `${world.processName}:${randomBytes(3).toString('hex')}`,
      run: (camera, stop) => restreamCamera(camera, { hub, pictures, statuses, log }, stop),
      ...{ log, signal },
    });
    log.info({}, 'restream has stopped');
    return undefined;
  });
}
