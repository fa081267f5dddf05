import type { Camera } from '../domain/camera.js';
import { fairShare } from '../domain/fair-share.js';
import type { CameraId } from '../domain/ids.js';
import type { Log } from '../log.js';
import type { CameraLeases, Cameras } from '../ports.js';
import { createHeldCameras, type HeldCameras } from './held-cameras.js';
import { wait } from './wait.js';

export interface ShareOptions {
  readonly cameras: Pick<Cameras, 'all' | 'onChange'>;
  readonly leases: CameraLeases;
  /** Name of this sampler; no two that live may have the same. */
  readonly sampler: string;
  /** Reads one camera until the signal, or until it ends by itself (a file is through). */
  readonly run: (camera: Camera, signal: AbortSignal) => Promise<void>;
  /**
   * Given: the sharing ends when every enabled camera has ended by itself; asked about those that other samplers hold.
   * The leases are not given back then, they run out: nobody else begins to read what was read just now.
   */
  readonly isThrough?: (camera: Camera) => Promise<boolean>;
  readonly log: Log;
  /** Stops every camera and gives the leases back. */
  readonly signal: AbortSignal;
  /** Wall clock, epoch ms. */
  readonly now?: () => number;
  readonly timing?: Partial<ShareTiming>;
}

export interface ShareTiming {
  /** Leases are renewed and the shares looked at this often, ms. */
  readonly everyMs: number;
  /** A lease not renewed for this long is anybody's, ms: less than 10 s until a dead sampler's cameras are read again. */
  readonly ttlMs: number;
  /**
   * More than the fair share is given back when it has been so for this long, ms. Longer than a lease: a sampler that
   * died and was started again counts twice until then, and what the others read shall not move for that.
   */
  readonly giveAfterMs: number;
}

const TIMING: ShareTiming = { everyMs: 1500, ttlMs: 5000, giveAfterMs: 6500 };

/**
 * Reads this sampler's share of the cameras, and follows what changes: cameras, their definitions, other samplers.
 *
 * A camera is read under a lease. One that another sampler took (this one was frozen, or cut off for longer than a
 * lease lasts) is stopped as soon as that is noticed; until then it is read twice, which harms nothing: each reading is
 * a pass of its own and the ring takes entries of the newest only. While Redis is away all go on, since nobody else can
 * take them and recordings need no Redis; the first thing asked of it afterwards is which leases are left.
 * @returns why it ended.
 */
export async function shareCameras(options: ShareOptions): Promise<'stopped' | 'through'> {
  const { cameras, signal } = options;
  const bell = createBell();
  const share = new Share(options, bell.ring);
  const unfollow = cameras.onChange(bell.ring);
  signal.addEventListener('abort', bell.ring, { once: true });
  try {
    for (;;) {
      const isThrough = await share.look();
      if (signal.aborted) return 'stopped';
      if (isThrough) return 'through';
      await bell.heard(share.everyMs);
    }
  } finally {
    signal.removeEventListener('abort', bell.ring);
    unfollow();
    await share.close();
  }
}

class Share {
  readonly everyMs: number;
  private readonly ttlMs: number;
  private readonly giveAfterMs: number;
  private readonly now: () => number;
  private readonly held: HeldCameras;
  private freeSince = new Map<CameraId, number>();
  private hasTooManySince: number | undefined;
  private isRedisAway = false;
  private isThrough = false;

  /** @param wake asks for a look before the next one is due */
  constructor(
    private readonly options: ShareOptions,
    wake: () => void,
  ) {
    const timing = { ...TIMING, ...options.timing };
    ({ everyMs: this.everyMs, ttlMs: this.ttlMs, giveAfterMs: this.giveAfterMs } = timing);
    this.now = options.now ?? Date.now;
    this.held = createHeldCameras({
      run: options.run,
      log: options.log,
      onEnded: wake,
      onFree: async (cameraId) => {
        if (!this.isThrough) await this.asked(() => options.leases.release(options.sampler, cameraId));
        wake();
      },
    });
  }

  /** @returns whether every enabled camera has ended by itself, where that is asked for. */
  async look(): Promise<boolean> {
    const { leases, sampler } = this.options;
    const mine = this.held.ids;
    const renewed = await this.asked(() => leases.renew(sampler, mine, this.ttlMs));
    for (const id of renewed ? mine : []) if (!renewed?.held.includes(id)) this.lose(id);
    this.followDefinitions();
    const all = this.options.cameras.all();
    const holders = renewed && (await this.asked(() => leases.holders(all.map(({ id }) => id))));
    if (!renewed || !holders || this.options.signal.aborted) return false;
    this.isThrough = await this.allThrough(all, holders);
    if (!this.isThrough) await this.share(all, holders, renewed.samplers);
    return this.isThrough;
  }

  async close(): Promise<void> {
    const { leases, sampler } = this.options;
    // First, so that the others count their shares without this one while its cameras end.
    await Promise.all([this.asked(() => leases.leave(sampler)), this.held.close()]);
  }

  private lose(cameraId: CameraId): void {
    // Once only; it may take a moment to stop.
    if (this.held.definition(cameraId))
      this.options.log.warn({ cameraId }, 'another sampler has taken this camera');
    this.held.stop(cameraId);
  }

  /** Stops what is not wanted any more and restarts what is defined anew; all others go on untouched. */
  private followDefinitions(): void {
    const wanted = new Map(this.options.cameras.all().map((camera) => [camera.id, camera]));
    for (const id of this.held.ids) {
      const [had, next] = [this.held.definition(id), wanted.get(id)];
      if (!had || (next && isSame(had, next))) continue;
      this.options.log.info({ cameraId: id }, next ? 'camera changed' : 'camera removed');
      this.held.stop(id, next);
    }
  }

  private async share(
    all: readonly Camera[],
    holders: ReadonlyMap<CameraId, string>,
    samplers: number,
  ): Promise<void> {
    const { sampler } = this.options;
    this.noteFree(all.filter(({ id }) => !holders.has(id)));
    const plan = fairShare({
      ...{ sampler, samplers, holders, everyMs: this.everyMs },
      cameras: all.filter(({ enabled }) => enabled).map(({ id }) => id),
      freeMs: (id) => this.now() - (this.freeSince.get(id) ?? this.now()),
    });
    this.give(plan.give, samplers);
    // Disabled ones cost nothing, but somebody has to say so of them.
    const take = new Set([...plan.take, ...all.filter(({ enabled }) => !enabled).map(({ id }) => id)]);
    const own = all.filter(({ id }) => holders.get(id) === sampler);
    const free = all.filter(({ id }) => !holders.has(id) && take.has(id));
    for (const camera of [...own, ...free]) await this.take(camera);
  }

  private give(surplus: readonly CameraId[], samplers: number): void {
    this.hasTooManySince = surplus.length === 0 ? undefined : (this.hasTooManySince ?? this.now());
    if (this.hasTooManySince === undefined || this.now() - this.hasTooManySince < this.giveAfterMs) return;
    for (const id of surplus.filter((one) => this.held.definition(one))) {
      this.options.log.info({ cameraId: id, samplers }, 'camera given to another sampler');
      this.held.stop(id);
    }
  }

  private async take(camera: Camera): Promise<void> {
    const { leases, sampler, signal } = this.options;
    const { id } = camera;
    if (this.held.has(id) || signal.aborted) return;
    if (!(await this.asked(() => leases.take(sampler, id, this.ttlMs)))) return;
    this.freeSince.delete(id);
    this.held.start(camera);
  }

  private noteFree(free: readonly Camera[]): void {
    this.freeSince = new Map(free.map(({ id }) => [id, this.freeSince.get(id) ?? this.now()]));
  }

  private async allThrough(all: readonly Camera[], holders: ReadonlyMap<CameraId, string>): Promise<boolean> {
    const { isThrough, sampler } = this.options;
    if (!isThrough) return false;
    for (const camera of all) {
      if (!camera.enabled || this.held.hasEnded(camera.id)) continue;
      // What nobody holds nobody has read just now, whatever is known of it from before.
      const holder = holders.get(camera.id);
      if (holder === undefined || holder === sampler) return false;
      if (!(await this.asked(() => isThrough(camera)))) return false;
    }
    return true;
  }

  /** `undefined`: Redis does not answer. That is no reason to stop a camera; the next look asks again. */
  private async asked<T>(ask: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await ask();
      if (this.isRedisAway) this.options.log.info({}, 'the leases of cameras can be renewed again');
      this.isRedisAway = false;
      return answer;
    } catch (error) {
      if (!this.isRedisAway)
        this.options.log.warn({ err: error }, 'no leases without Redis; the cameras held are read on');
      this.isRedisAway = true;
      return undefined;
    }
  }
}

/** Both come from one schema, so their fields are in one order. */
function isSame(a: Camera, b: Camera): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** A ring while nobody listens is heard at once afterwards. */
function createBell(): { ring: () => void; heard(withinMs: number): Promise<void> } {
  let rung = new AbortController();
  return {
    ring: () => rung.abort(),
    async heard(withinMs) {
      await wait(withinMs, rung.signal);
      rung = new AbortController();
    },
  };
}
