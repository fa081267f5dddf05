import { randomBytes } from 'node:crypto';
import { motion } from '../../../jobs/motion/job.js';
import type { Camera } from '../../domain/camera.js';
import { schemeOf } from '../../domain/source-address.js';
import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import { maxPictures } from '../../io/redis/ring-bounds.js';
import type { CameraStates, RecordingFiles } from '../../ports.js';
import { runCamera } from '../../sampler/camera-loop.js';
import { startDegradation, type Degradation } from '../../sampler/degradation.js';
import { contextOf, type SamplerOptions } from '../../sampler/options.js';
import { shareCameras } from '../../sampler/share.js';
import { cameraReports } from '../camera-reports.js';
import type { RunOptions } from '../cli.js';
import { guardRecordings } from '../guard-recordings.js';
import { openRecordings } from '../open-recordings.js';
import { asRole, CLOSE_MS } from '../role.js';
import { ALL_DONE } from '../supervisor.js';
import { aborted, stopForSure } from '../until-stopped.js';
import type { World } from '../world.js';

/** Leases are held for this long at a time, ms; announced with it too. */
const TTL_MS = 5000;

/**
 * `camqueue sampler`: reads its share of the cameras, and follows their changes, until it is asked to stop. Any number
 * may run, on any machine.
 */
export async function sampler(options: RunOptions): Promise<number> {
  return asRole('sampler', options, async (world, signal) => {
    const { log } = world;
    void aborted(signal).then(() => stopForSure(world.config.SHUTDOWN_GRACE_MS + CLOSE_MS, log));
    const leases = await world.leases();
    // Two processes may look alike (process 1 of two containers on one machine); two holders of leases must not.
    const holder = `${world.processName}:${randomBytes(3).toString('hex')}`;
    // Samplers started together know of each other before one of them takes all cameras.
    await leases.renew(holder, [], TTL_MS);
    await checkFfmpeg();
    const { cameras, frames, states } = await world.ports(['cameras', 'frames', 'states']);
    const degradation = startDegradation({ ring: frames, states, log });
    const files = await openRecordings(world);
    const common = await optionsOf(world, files, degradation, options.again === true);
    const guard = await guardRecordings(world, files);
    const ended = await shareCameras({
      ...{ cameras, leases, sampler: holder, log, signal, timing: { ttlMs: TTL_MS } },
      run: async (camera, stop) => {
        const unwatch = degradation.watch(camera);
        await runCamera(contextOf(camera, { ...common, signal: stop })).finally(unwatch);
      },
      ...(options.exitWhenFinished === true ? { isThrough: (camera) => isThrough(camera, states) } : {}),
    });
    await degradation.close();
    await guard.stop();
    if (ended === 'through') process.send?.(ALL_DONE);
    log.info({}, ended === 'through' ? 'every source is finished' : 'sampler has stopped');
    return undefined;
  });
}

async function optionsOf(
  world: World,
  files: RecordingFiles,
  degradation: Degradation,
  again: boolean,
): Promise<Omit<SamplerOptions, 'signal'>> {
  const { frames, states, ...ports } = await world.ports([
    ...(['cameras', 'frames', 'states', 'events', 'pictures', 'snapshots'] as const),
  ]);
  const producer = world.producer();
  const gaps = await world.gaps();
  return {
    ...{ cameras: [], sources: createFfmpegSources(), ring: frames, states, log: world.log, again },
    ...cameraReports(ports, producer),
    sampler: world.processName,
    recordings: { files, index: await world.recordings() },
    doorbell: async (cameraId) => void (await producer.enqueue(motion, { cameraId })),
    // A gap told again with its end is the same one, ended.
    onGap: (gap) => gaps.begin(gap),
    degraded: (cameraId) => degradation.levelOf(cameraId),
    // Two below the bound: what is being written when the ring is looked at must not push anything out.
    ringRoom: (pictureBytes) => maxPictures(world.config.RING_MB * 1024 ** 2, pictureBytes) - 2,
  };
}

/** A file that another sampler read, or tried to, has come to its end. */
async function isThrough(camera: Camera, states: CameraStates): Promise<boolean> {
  const status = (await states.source(camera.id))?.status;
  const isFile = schemeOf(camera.detectSource ?? camera.source) === undefined;
  return status === 'finished' || (isFile && status === 'connection_failed');
}
