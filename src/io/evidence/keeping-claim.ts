import { NotReadyError } from '../../errors.js';
import type { Chain } from './chain.js';
import { type Claimed, keepClaim } from './package-rows.js';

/** Well within the time after which a claim is nobody's. */
const SAY_SO_MS = 10_000;
const RETRY_MS = 5000;

/** Works while saying, all the time, that the package is being worked on; what becomes somebody else's is stopped. */
export async function keepingClaim<T>(
  { database, now }: Pick<Chain, 'database' | 'now'>,
  claimed: Claimed,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const lost = new AbortController();
  const sayingSo = setInterval(() => {
    keepClaim(database, claimed, now()).then(
      (isOurs) => {
        if (!isOurs) lost.abort(lostClaim(claimed.id));
      },
      (error: unknown) => lost.abort(error),
    );
  }, SAY_SO_MS).unref();
  try {
    return await work(AbortSignal.any([signal, lost.signal]));
  } finally {
    clearInterval(sayingSo);
  }
}

/** Thrown when another process goes on with a package, as this one was not heard of. */
export function lostClaim(id: string): NotReadyError {
  return new NotReadyError(`another process has taken over evidence ${id}`, RETRY_MS);
}
