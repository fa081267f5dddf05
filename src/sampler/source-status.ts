import type { CameraStatus } from '../domain/events.js';
import type { Picture } from '../domain/picture.js';
import type { SourceState } from '../ports.js';
import { untilDone } from './wait.js';
import type { CameraContext } from './options.js';

/** What is known and told about one camera's source. */
export interface SourceStatus {
  /** A new status or reason is told at once; the same again changes nothing. */
  change(status: CameraStatus, reason?: string): void;
  /** Facts that come with the status. */
  note(facts: Partial<Pick<SourceState, 'pass' | 'file' | 'progress'>>): void;
  /** A frame was sampled: the source is ok. */
  sampled(at: number, picture: Picture): void;
  /** Resolves when the present state is stored, however long the store is away; at once when told to stop. */
  saved(): Promise<void>;
  /** Stops the updates; tries once to store what is not stored yet. */
  close(): Promise<void>;
}

const RATE_OVER_TICKS = 5;

export function createSourceStatus(context: CameraContext, previous: SourceState | undefined): SourceStatus {
  const { camera, states, onStatus, log, now, signal, timing, onStoreError } = context;
  let state: SourceState = previous ?? { status: 'connecting', since: now(), pass: 0 };
  let isTold = previous !== undefined;
  let isStored = true;
  let told: Promise<void> = Promise.resolve();
  let storing: Promise<void> = Promise.resolve();
  const rate = createRate(now);

  /** One write after the other; each writes what is newest then. */
  function store(): Promise<void> {
    storing = storing
      .catch(() => undefined)
      .then(async () => {
        if (isStored) return;
        isStored = true;
        try {
          await states.putSource(camera.id, state);
        } catch (error) {
          isStored = false;
          throw error;
        }
      });
    return storing;
  }

  function set(next: SourceState): void {
    state = next;
    isStored = false;
  }

  function tell(about: SourceState): void {
    told = told
      .then(() => onStatus(camera.id, about))
      .catch((error: unknown) => {
        log.error({ err: error, status: about.status }, 'a change of status could not be told');
      });
  }

  function change(status: CameraStatus, reason?: string): void {
    if (isTold && state.status === status && state.reason === reason) return;
    isTold = true;
    set({ ...lasting(state), status, since: now(), ...(reason === undefined ? {} : { reason }) });
    log[reason === undefined ? 'info' : 'warn']({ status, reason }, 'source');
    tell(state);
    void store().catch(onStoreError);
  }

  const ticks = setInterval(() => {
    if (state.status === 'ok') set({ ...state, fps: rate.perSecond() });
    if (!isStored) void store().catch(onStoreError);
  }, timing.statusMs);

  return {
    change,
    note: (facts) => set({ ...state, ...facts }),
    sampled(at, { width, height }) {
      rate.count();
      set({ ...state, lastFrameAt: at, width, height });
      if (state.status !== 'ok') change('ok');
    },
    async saved() {
      await untilDone(store, { signal, onError: onStoreError });
      await told;
    },
    async close() {
      clearInterval(ticks);
      await store().catch(onStoreError);
      await told;
    },
  };
}

/** The state without what belongs to the status that ends. */
function lasting(state: SourceState): Omit<SourceState, 'reason' | 'fps'> {
  const kept: { -readonly [K in keyof SourceState]: SourceState[K] } = { ...state };
  delete kept.reason;
  delete kept.fps;
  return kept;
}

/** Frames a second over the last ticks. */
function createRate(clock: () => number): { count(): void; perSecond(): number } {
  let counts: { at: number; frames: number }[] = [{ at: clock(), frames: 0 }];
  let frames = 0;
  return {
    count: () => void frames++,
    perSecond() {
      counts = [...counts, { at: clock(), frames }].slice(-RATE_OVER_TICKS - 1);
      const first = counts[0] ?? { at: 0, frames: 0 };
      const seconds = (clock() - first.at) / 1000;
      return seconds > 0 ? Math.round(((frames - first.frames) / seconds) * 10) / 10 : 0;
    },
  };
}
