/** Pure: how much is done at once while the machine is short of something. */
export interface Pressure {
  /** Of the whole machine: processes that want a core, for each core. */
  readonly loadPerCore: number;
  /** Memory in use that cannot be given up, 0..1 of what there is (or of the container's limit). */
  readonly memory: number;
}

export interface Throttle {
  /** 0: nothing is held back; each step halves. */
  readonly level: number;
  readonly why?: 'cpu' | 'memory';
  /** Since when there has been pressure, or none. */
  readonly since?: { readonly at: number; readonly isCalm: boolean };
}

/** Work of our own keeps two processes a core busy (analysis and decoding): more than four is somebody else's need. */
const LOAD = { high: 4, low: 3 };
const MEMORY = { high: 0.92, low: 0.85 };
const MOST_LEVEL = 3;
/** Pressure, or calm, must last for so long before a step, ms; the load is a mean over a minute and follows slowly. */
const LASTING_MS = 30_000;

export const NO_THROTTLE: Throttle = { level: 0 };

/** Takes in a measurement: a step down when there has been pressure for a while, a step up after as long without any. */
export function throttled(state: Throttle, { loadPerCore, memory }: Pressure, now: number): Throttle {
  const why = memory > MEMORY.high ? 'memory' : loadPerCore > LOAD.high ? 'cpu' : undefined;
  const isCalm = memory < MEMORY.low && loadPerCore < LOAD.low;
  const { since, ...kept } = state;
  // Between high and low everything stays as it is.
  if (!why && !isCalm) return kept;
  const at = since?.isCalm === isCalm ? since.at : now;
  if (now - at < LASTING_MS) return { ...kept, since: { at, isCalm } };
  const level = Math.min(MOST_LEVEL, Math.max(0, state.level + (why ? 1 : -1)));
  const reason = why ?? state.why;
  return { level, since: { at: now, isCalm }, ...(level > 0 && reason && { why: reason }) };
}

/**
 * Files read at once, and the share of frames of live sources that is looked at. Fewer files only help against a lack of
 * memory; of a busy processor half of the workers keep their share.
 */
export function allowance({ level, why }: Throttle, workers: number): { files: number; share: number } {
  const files = Math.ceil(workers / 2 ** (why === 'cpu' ? Math.min(1, level) : level));
  return { files: Math.max(1, files), share: Math.max(0.25, 1 / 2 ** level) };
}
