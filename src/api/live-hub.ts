import type { CameraId } from '../domain/ids.js';
import type { Log } from '../log.js';
import type { LiveView } from '../ports/live.js';
import { HttpError } from './http-error.js';

/** A picture with everything drawn; the same object for all who watch. */
export interface Drawn {
  /** Capture time, epoch ms. */
  readonly at: number;
  readonly jpeg: Buffer;
}

export interface LiveHub {
  /**
   * Shows one more viewer what comes, and at once what came last.
   * @param show must not block
   * @returns what ends it; safe to call twice.
   * @throws HttpError 503 when there are too many; Error when the store does not answer.
   */
  join(cameraId: CameraId, show: (drawn: Drawn) => void): Promise<() => void>;
}

export interface LiveHubOptions {
  readonly live: Pick<LiveView, 'watch' | 'subscribe'>;
  /** Rings for the one that draws. */
  readonly ring: (cameraId: CameraId) => Promise<unknown>;
  readonly log: Log;
  readonly limits?: { readonly perCamera: number; readonly inAll: number };
}

/** Somebody watches: said this often, and true for so long, ms. After the last viewer it is over by itself. */
export const WATCH_EVERY_MS = 1500;
export const WATCH_TTL_MS = 4000;
/** A stream of ten pictures a second is 5 to 10 Mbit/s. */
const LIMITS = { perCamera: 25, inAll: 100 };

/** One subscription a camera and process, however many watch; nothing runs while nobody does. */
export function createLiveHub(options: LiveHubOptions): LiveHub {
  const channels = new Map<CameraId, Channel>();
  const { perCamera, inAll } = options.limits ?? LIMITS;
  return {
    async join(cameraId, show) {
      const channel = channels.get(cameraId) ?? new Channel(cameraId, options);
      const all = [...channels.values()].reduce((sum, { viewers }) => sum + viewers.size, 0);
      if (channel.viewers.size >= perCamera || all >= inAll)
        throw new HttpError(
          503,
          'too-many-viewers',
          channel.viewers.size >= perCamera
            ? `${perCamera} already watch camera ${cameraId} here: close one of the streams, or start another API process`
            : `${inAll} streams are already watched here: close one of them, or start another API process`,
        );
      channels.set(cameraId, channel);
      const leave = (): void => {
        channel.leave(show);
        if (channel.viewers.size === 0 && channels.get(cameraId) === channel) channels.delete(cameraId);
      };
      try {
        await channel.enter(show);
      } catch (error) {
        leave();
        throw error;
      }
      return leave;
    },
  };
}

class Channel {
  readonly viewers = new Set<(drawn: Drawn) => void>();
  private last: Drawn | undefined;
  private opening: Promise<() => Promise<void>> | undefined;
  private renewal: NodeJS.Timeout | undefined;
  private isFailing = false;

  constructor(
    private readonly cameraId: CameraId,
    private readonly options: LiveHubOptions,
  ) {}

  async enter(show: (drawn: Drawn) => void): Promise<void> {
    this.viewers.add(show);
    await (this.opening ??= this.open());
    if (this.last && this.viewers.has(show)) show(this.last);
  }

  leave(show: (drawn: Drawn) => void): void {
    this.viewers.delete(show);
    if (this.viewers.size > 0) return;
    clearInterval(this.renewal);
    // Where it never opened there is nothing to end; whoever waited for that was told.
    this.opening?.then((unsubscribe) => unsubscribe()).catch(() => undefined);
  }

  private async open(): Promise<() => Promise<void>> {
    const { live, ring } = this.options;
    const unsubscribe = await live.subscribe(this.cameraId, (drawn) => this.tell(drawn));
    try {
      await live.watch(this.cameraId, WATCH_TTL_MS);
      await ring(this.cameraId);
    } catch (error) {
      await unsubscribe();
      throw error;
    }
    if (this.viewers.size > 0) this.renewal = setInterval(() => void this.renew(), WATCH_EVERY_MS);
    return unsubscribe;
  }

  private tell(drawn: Drawn): void {
    // Drawn twice, by two workers that took turns.
    if (drawn.at === this.last?.at) return;
    this.last = drawn;
    for (const show of this.viewers) show(drawn);
  }

  /** Rings as well: a worker that died is followed by another one. */
  private async renew(): Promise<void> {
    const { live, ring, log } = this.options;
    try {
      await live.watch(this.cameraId, WATCH_TTL_MS);
      await ring(this.cameraId);
      this.isFailing = false;
    } catch (error) {
      // Tried again in a moment; those who watch see that the picture stands.
      if (!this.isFailing)
        log.warn({ err: error, cameraId: this.cameraId }, 'live pictures cannot be asked for');
      this.isFailing = true;
    }
  }
}
