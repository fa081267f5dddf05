// A process of its own that shares cameras, started by test/sampler/share.test.ts. It says when it starts and stops
// reading one; reading is waiting here. Arguments: Redis socket, prefix, name, number of cameras, timing as JSON.
import { setTimeout as delay } from 'node:timers/promises';
import { Camera } from '../../src/domain/camera.js';
import { createRedisCameraLeases } from '../../src/io/redis/camera-leases.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import { shareCameras, type ShareTiming } from '../../src/sampler/share.js';
import { silentLog } from './test-queue.js';

const [path = '', prefix = '', sampler = '', count = '0', timing = '{}'] = process.argv.slice(2);
const say = (message: object): void => void process.send?.({ sampler, at: Date.now(), ...message });

async function main(): Promise<void> {
  const redis = connectRedis({ path }, 'jobs');
  await untilReady(redis, 'jobs', 5000);
  const stop = new AbortController();
  process.once('SIGTERM', () => stop.abort());
  process.once('disconnect', () => process.exit());
  const cameras = Array.from({ length: Number(count) }, (_, i) =>
    Camera.parse({ id: `cam-${i}`, source: 'rtsp://127.0.0.1/x' }),
  );
  await shareCameras({
    ...{ sampler, log: silentLog, signal: stop.signal },
    cameras: { all: () => cameras, onChange: () => () => undefined },
    leases: createRedisCameraLeases(redis, prefix),
    timing: JSON.parse(timing) as Partial<ShareTiming>,
    run: async ({ id }, signal) => {
      say({ started: id });
      await delay(2 ** 30, undefined, { signal }).catch(() => undefined);
      say({ stopped: id });
    },
  });
  redis.disconnect();
  say({ ended: true });
  process.disconnect();
}

void main();
