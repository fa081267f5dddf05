import type { CameraStatus } from '../domain/events.js';
import type { Picture } from '../domain/picture.js';
import type { SourceState } from '../ports.js';
import type { CameraContext } from './options.js';
import { createRateMeter } from './rate-meter.js';
import { createTeller } from './teller.js';
import { untilDone } from './wait.js';

type Facts = Partial<Omit<SourceState, 'status' | 'reason' | 'since' | 'beatAt' | 'sampler'>>;

/** What is known and told about one camera's source. */
export interface SourceStatus {
  /**
   * A new status or reason is told at once; the same again changes nothing but the facts.
   * @param facts what belongs to this status; they go with it
   */
  change(status: CameraStatus, reason?: string, facts?: Pick<SourceState, 'retries' | 'nextTryAt'>): void;
  /** Facts that come with the status. */
  note(facts: Facts): void;
  /** A frame was sampled. @param frames how many sampled frames it stands for, itself included */
  sampled(at: number, picture: Picture, frames?: number): void;
  /** Asked for what changes all the time, about once a second; `undefined`: nobody is there to ask. */
  follow(measure: (() => Facts) | undefined): void;
  /** When the present status began, epoch ms. */
  since(): number;
  /** Resolves when the present state is stored, however long the store is away; at once when told to stop. */
  saved(): Promise<void>;
  /** Stops the updates; tries once to store what is not stored yet, and that nobody reads the camera any more. */
  close(): Promise<void>;
}

const RATE_OVER_MS = 5000;

export function createSourceStatus(context: CameraContext, previous: SourceState | undefined): SourceStatus {
  const { camera, states, onStatus, log, now, signal, timing, onStoreError } = context;
  const teller = createTeller(context);
  const rate = createRateMeter(now, RATE_OVER_MS);
  let state = unsigned(previous ?? { status: 'connecting', since: now(), pass: 0 });
  let isTold = previous !== undefined;
  /** From the first change on the state is this sampler's, and written with its name as a sign of life. */
  let isOurs = false;
  let isStored = true;
  let isClosed = false;
  let frames = 0;
  let measure: (() => Facts) | undefined;
  let storing: Promise<void> = Promise.resolve();

  /** One write after the other; each writes what is newest then. */
  function store(): Promise<void> {
    storing = storing
      .catch(() => undefined)
      .then(async () => {
        if (isStored) return;
        isStored = true;
        try {
          await states.putSource(camera.id, signed());
        } catch (error) {
          isStored = false;
          throw error;
        }
      });
    return storing;
  }

  function signed(): SourceState {
    const degraded = context.degraded(camera.id);
    return {
      ...state,
      ...(degraded > 0 ? { degraded } : {}),
      ...(isClosed ? {} : { sampler: context.sampler }),
      beatAt: now(),
    };
  }

  function set(next: SourceState): void {
    state = next;
    isOurs = true;
    isStored = false;
  }

  const ticks = setInterval(() => {
    rate.note(frames);
    if (!isOurs) return;
    const hasFrames = state.status === 'ok' || state.status === 'frozen';
    const fps = hasFrames ? { fps: Math.round(rate.perSecond() * 10) / 10 } : {};
    set({ ...state, ...fps, ...measure?.() });
    void store().catch(onStoreError);
  }, timing.statusMs);
  rate.note(frames);

  return {
    change(status, reason, facts = {}) {
      if (isTold && state.status === status && state.reason === reason) {
        if (Object.keys(facts).length > 0) set({ ...state, ...facts });
        return;
      }
      isTold = true;
      set({ ...lasting(state), status, since: now(), ...(reason === undefined ? {} : { reason }), ...facts });
      log[reason === undefined ? 'info' : 'warn']({ status, reason }, 'source');
      const told = state;
      teller.tell(() => onStatus(camera.id, told));
      void store().catch(onStoreError);
    },
    note: (facts) => set({ ...state, ...facts }),
    sampled(at, { width, height }, count = 1) {
      frames += count;
      set({ ...state, lastFrameAt: at, width, height });
    },
    follow(next) {
      measure = next;
      if (!next) state = unmeasured(state);
    },
    since: () => state.since,
    async saved() {
      await untilDone(store, { signal, onError: onStoreError });
      await teller.settled();
    },
    async close() {
      clearInterval(ticks);
      isClosed = true;
      if (isOurs) isStored = false;
      await store().catch(onStoreError);
      await teller.settled();
    },
  };
}

/** The state without what each write adds. */
function unsigned(state: SourceState): SourceState {
  const { beatAt: _at, sampler: _by, degraded: _step, ...kept } = state;
  return kept;
}

/** The state without what belongs to the status that ends. */
function lasting(state: SourceState): SourceState {
  const { reason: _why, fps: _fps, retries: _tries, nextTryAt: _next, ...kept } = state;
  return unmeasured(kept);
}

/** The state without what is measured of a connection while it is open. */
function unmeasured(state: SourceState): SourceState {
  const { isIdle: _idle, quality: _quality, ...kept } = state;
  return kept;
}
