import { restreamLabel } from '../domain/restream-address.js';
import type { Camera } from '../domain/camera.js';
import type { SourceProblem } from '../domain/frame-source.js';
import { planRetry } from '../domain/retry-plan.js';
import type { LiveHub } from '../api/live-hub.js';
import { messageOf } from '../errors.js';
import { startPublisher, type Publisher } from '../io/restream/publisher.js';
import type { RestreamStatus, RestreamStatuses } from '../io/redis/restream-status.js';
import type { Log } from '../log.js';
import type { Pictures } from '../ports.js';
import { wait } from '../sampler/wait.js';

export interface RestreamNeeds {
  readonly hub: LiveHub;
  readonly pictures: Pick<Pictures, 'inspect'>;
  readonly statuses: Pick<RestreamStatuses, 'put'>;
  readonly log: Log;
  readonly timing?: Partial<typeof TIMING>;
}

const TIMING = {
  /** Wait after the first failure, and longest wait, s. */
  firstS: 1,
  maxS: 30,
  /** Live for so long: what fails then is a first failure again, ms. */
  healthyMs: 30_000,
  /** The status is written again this often, ms. */
  beatMs: 5000,
  /** A server that takes nothing for so long is given up, ms. */
  timeoutMs: 10_000,
};

/** Publishes the processed stream of one camera until the signal: what fails is tried again, each time later. */
export async function restreamCamera(
  camera: Camera,
  needs: RestreamNeeds,
  signal: AbortSignal,
): Promise<void> {
  const { restream, id: cameraId } = camera;
  if (!restream) return;
  const timing = { ...TIMING, ...needs.timing };
  const about = { cameraId, to: restreamLabel(restream.url) };
  const status = keepStatus(cameraId, needs, timing.beatMs);
  let failures = 0;
  try {
    while (!signal.aborted) {
      let liveAt: number | undefined;
      const onLive = (): void => {
        liveAt = Date.now();
        status.set({ state: 'live', failures: 0 });
        needs.log.info(about, 'the processed stream is published');
      };
      const problem = await publishOnce(camera, { ...needs, onLive, onState: status.set }, signal);
      if (signal.aborted) break;
      failures = liveAt !== undefined && Date.now() - liveAt > timing.healthyMs ? 1 : failures + 1;
      const plan = planRetry(failures, problem.fault, { ...FOR_EVER, ...timing }, Math.random());
      const waitMs = plan.waitMs ?? timing.maxS * 1000;
      status.set({ state: 'retrying', reason: problem.message, failures });
      needs.log.warn(
        { ...about, failures, waitMs, reason: problem.message },
        'the processed stream is not published',
      );
      await wait(waitMs, signal);
    }
  } finally {
    await status.end();
  }
}

const FOR_EVER = { maxRetries: Infinity, giveUp: false };

/** From the first picture until something fails, or the signal. */
async function publishOnce(
  camera: Camera,
  needs: RestreamNeeds & { readonly onLive: () => void; readonly onState: StatusKeeper['set'] },
  signal: AbortSignal,
): Promise<SourceProblem> {
  const { restream, id } = camera;
  if (!restream) return { fault: 'missing', message: 'nothing is to be published' };
  let publisher: Publisher | undefined;
  let leave: (() => void) | undefined;
  const stopped = new Promise<SourceProblem>((done) => {
    const stop = (): void => done({ fault: 'ended', message: 'told to stop' });
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
  });
  try {
    let first: ((jpeg: Buffer) => void) | undefined;
    const picture = new Promise<Buffer>((come) => (first = come));
    needs.onState({ state: 'waiting', reason: 'no picture of the camera has come yet' });
    leave = await needs.hub.join(id, ({ jpeg }) => {
      publisher?.show(jpeg);
      first?.(jpeg);
    });
    const jpeg = await Promise.race([picture, stopped]);
    if (!Buffer.isBuffer(jpeg)) return jpeg;
    needs.onState({ state: 'connecting' });
    const { width, height } = await needs.pictures.inspect(jpeg);
    publisher = await startPublisher(jpeg, {
      restream,
      size: { width, height },
      onLive: needs.onLive,
      timeoutMs: needs.timing?.timeoutMs,
    });
    return await Promise.race([publisher.ended, stopped]);
  } catch (error) {
    // A store that is away: as everything else it is tried again, and told.
    return { fault: 'failed', message: messageOf(error) };
  } finally {
    leave?.();
    await publisher?.close();
  }
}

interface StatusKeeper {
  readonly set: (status: Omit<RestreamStatus, 'since' | 'failures'> & { readonly failures?: number }) => void;
  end(): Promise<void>;
}

/** Says again and again how it goes; `since` is when it became live, or ceased to be. */
function keepStatus(cameraId: string, { statuses, log }: RestreamNeeds, beatMs: number): StatusKeeper {
  let status: RestreamStatus = { state: 'waiting', since: Date.now(), failures: 0 };
  let writing: Promise<void> = Promise.resolve();
  const write = (): void => {
    const put = (): Promise<void> => statuses.put(cameraId, status);
    // Health says that nobody publishes, which is what is known there.
    writing = writing
      .then(put)
      .catch((error: unknown) => log.debug({ err: error, cameraId }, 'status not written'));
  };
  write();
  const beat = setInterval(write, beatMs);
  return {
    set({ state, failures = status.failures, reason }) {
      const hasTurned = (state === 'live') !== (status.state === 'live');
      const since = hasTurned ? Date.now() : status.since;
      // Why it failed last is more telling than that it is tried again.
      const why = reason ?? (state === 'connecting' ? status.reason : undefined);
      status = { state, since, failures, ...(why !== undefined && { reason: why }) };
      write();
    },
    async end() {
      clearInterval(beat);
      await writing;
    },
  };
}
