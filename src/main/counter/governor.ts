import type { FrameSource, FrameSources, SourceFrame } from '../../domain/frame-source.js';

/** Slows the reading of a source down, for as long as the machine has other work. */
export interface Governor {
  /** @param isPaused no frame is read; @param share of the frames that are delivered, above 0 to 1 */
  set(isPaused: boolean, share: number): void;
  /** The same sources, governed. What is held back was never sampled: it counts nowhere. */
  over(sources: FrameSources): FrameSources;
}

export function createGovernor(): Governor {
  let share = 1;
  let paused: { readonly until: Promise<void>; readonly end: () => void } | undefined;

  const govern = (source: FrameSource, signal: AbortSignal): FrameSource => {
    const stopped = new Promise<void>((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
    );
    // A frame is delivered for each whole one that has been saved up; the first at once.
    let saved = 1;
    const next = async (): Promise<SourceFrame | undefined> => {
      while (paused && !signal.aborted) await Promise.race([paused.until, stopped]);
      for (let frame = await source.next(); frame; frame = await source.next()) {
        const isDue = saved >= 1;
        saved += share - (isDue ? 1 : 0);
        if (isDue) return frame;
      }
      return undefined;
    };
    return {
      next,
      ending: () => source.ending(),
      close: () => source.close(),
      stats: () => source.stats(),
      setIdle: (isIdle) => source.setIdle(isIdle),
    };
  };

  return {
    set(isPaused, newShare) {
      share = newShare;
      if (isPaused === (paused !== undefined)) return;
      if (!isPaused) {
        paused?.end();
        paused = undefined;
        return;
      }
      let end = (): void => undefined;
      const until = new Promise<void>((resolve) => (end = resolve));
      paused = { until, end };
    },
    over: (sources) => ({
      inspect: (path, signal) => sources.inspect(path, signal),
      probe: (source, options) => sources.probe(source, options),
      open: (source, options) => govern(sources.open(source, options), options.signal),
      copy: (source, options) => sources.copy(source, options),
    }),
  };
}
