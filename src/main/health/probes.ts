import { redactUrls } from '../../domain/redact.js';
import { messageOf } from '../../errors.js';
import type { HealthFinding, HealthProbes } from '../../ports.js';

/** A store that needs longer to answer is as good as away, ms. */
const LOOK_WITHIN_MS = 3000;

/** One look at one kind of thing. */
export interface Probe {
  readonly name: string;
  /** The kinds of subjects it finds: what nobody knows about when it fails. */
  readonly kinds: readonly string[];
  /** @param signal aborted when its time is up. */
  look(signal: AbortSignal): Promise<readonly HealthFinding[]>;
}

/**
 * Looks at everything at once, each probe in a bounded time of its own: one that fails or hangs is a finding, and
 * the others are heard.
 * @param options.withinMs default 3 s
 */
export function createHealthProbes(
  probes: readonly Probe[],
  options: { readonly withinMs?: number } = {},
): HealthProbes {
  const { withinMs = LOOK_WITHIN_MS } = options;
  return {
    async look(signal) {
      const found = await Promise.all(probes.map((probe) => lookOnce(probe, withinMs, signal)));
      // Told to stop, the probes have failed for no fault of what they look at.
      signal.throwIfAborted();
      return found.flat();
    },
  };
}

async function lookOnce(
  probe: Probe,
  withinMs: number,
  signal: AbortSignal,
): Promise<readonly HealthFinding[]> {
  const stop = new AbortController();
  const all = AbortSignal.any([signal, stop.signal]);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    all.addEventListener('abort', () => reject(new Error('told to stop')), { once: true });
    timer = setTimeout(() => {
      reject(new Error(`no answer within ${withinMs / 1000} s`));
      stop.abort();
    }, withinMs);
  });
  try {
    return await Promise.race([probe.look(all), tooLate]);
  } catch (error) {
    return [blind(probe, messageOf(error))];
  } finally {
    clearTimeout(timer);
  }
}

/** A store that does not answer is what is wrong with it; else a kind of things is out of sight. */
function blind({ name, kinds }: Probe, reason: string): HealthFinding {
  const isStore = kinds.length === 1 && (kinds[0] === 'sql' || name.startsWith('redis/'));
  return {
    subject: isStore ? name : `probe/${name}`,
    state: 'fail',
    detail: redactUrls(isStore ? reason : `${name} could not be looked at: ${reason}`),
    measures: isStore ? {} : { kinds: kinds.join(' ') },
  };
}
