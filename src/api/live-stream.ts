import type { Response } from 'express';
import type { Drawn } from './live-hub.js';

/** How pictures and signs of life are written to one kind of stream. */
export interface StreamFormat {
  readonly contentType: string;
  /** Before the first picture. */
  readonly start: string;
  readonly picture: (drawn: Drawn) => Buffer;
  /** What is sent after a silence; `undefined`: the last picture once more. */
  readonly heartbeat: Buffer | undefined;
}

export interface LiveStream {
  /** Never blocks: while the viewer takes the picture before, only the newest one is kept for it. */
  readonly show: (drawn: Drawn) => void;
  /** Ends the answer. */
  readonly end: () => void;
}

/** Proxies cut connections that are silent, often after 60 s, some sooner. */
const SILENCE_MS = 4000;
/** A viewer that takes nothing for so long is gone, also where no packet says so, ms. */
const STUCK_MS = 30_000;
const LOOK_EVERY_MS = 1000;

/**
 * Sends live pictures as the body of an answer, no faster than the viewer takes them.
 * @param onGone called once, when the viewer is gone
 */
export function startLiveStream(res: Response, format: StreamFormat, onGone: () => void): LiveStream {
  let waiting: Drawn | undefined;
  let last: Drawn | undefined;
  let isFull = false;
  let sentAt = Date.now();

  function write(bytes: Buffer | string): void {
    sentAt = Date.now();
    isFull = !res.write(bytes);
  }
  const look = setInterval(() => {
    const silentMs = Date.now() - sentAt;
    if (isFull && silentMs > STUCK_MS) res.destroy();
    else if (!isFull && silentMs >= SILENCE_MS) {
      const sign = format.heartbeat ?? (last && format.picture(last));
      if (sign) write(sign);
    }
  }, LOOK_EVERY_MS);
  res.on('drain', () => {
    isFull = false;
    const next = waiting;
    waiting = undefined;
    if (next) write(format.picture(next));
  });
  res.once('close', () => {
    clearInterval(look);
    onGone();
  });
  res.status(200).set({
    'Content-Type': format.contentType,
    'Cache-Control': 'no-store',
    // nginx would keep pictures until its buffer is full.
    'X-Accel-Buffering': 'no',
  });
  res.flushHeaders();
  write(format.start);
  return {
    show(drawn) {
      last = drawn;
      if (isFull) waiting = drawn;
      else write(format.picture(drawn));
    },
    end: () => res.end(),
  };
}

const BOUNDARY = 'frame';

/** For `<img>`, VLC and most other players. The boundary follows at once: browsers show a part when the next begins. */
export const MJPEG: StreamFormat = {
  contentType: `multipart/x-mixed-replace; boundary=${BOUNDARY}`,
  start: `--${BOUNDARY}\r\n`,
  picture: once(({ at, jpeg }) =>
    Buffer.concat([
      Buffer.from(
        `Content-Type: image/jpeg\r\nContent-Length: ${jpeg.length}\r\nX-Captured-At: ${new Date(at).toISOString()}\r\n\r\n`,
      ),
      jpeg,
      Buffer.from(`\r\n--${BOUNDARY}\r\n`),
    ]),
  ),
  heartbeat: undefined,
};

/** Server-sent events: `frame` with capture time and picture. */
export const EVENTS: StreamFormat = {
  contentType: 'text/event-stream; charset=utf-8',
  start: 'retry: 2000\n\n',
  picture: once(({ at, jpeg }) => {
    const data = { at: new Date(at).toISOString(), jpeg: jpeg.toString('base64') };
    return Buffer.from(`event: frame\ndata: ${JSON.stringify(data)}\n\n`);
  }),
  heartbeat: Buffer.from(': nothing new\n\n'),
};

/** Written down once for all viewers. */
function once(encode: (drawn: Drawn) => Buffer): (drawn: Drawn) => Buffer {
  const known = new WeakMap<Drawn, Buffer>();
  return (drawn) => {
    const bytes = known.get(drawn) ?? encode(drawn);
    known.set(drawn, bytes);
    return bytes;
  };
}
