import { request, type IncomingMessage } from 'node:http';
import { registry } from '../../jobs/registry.js';
import { startConsumer } from '../../queues/consumer.js';
import { createMetrics } from '../../src/io/metrics.js';
import type { LiveFrame } from '../../src/ports/live.js';
import type { TestApi } from './api.js';
import { silentLog } from './test-queue.js';

/** A picture of one grey, told apart by it. */
export function greyFrame(
  at: number,
  grey = at % 200,
  { width, height } = { width: 320, height: 180 },
): LiveFrame {
  const data = new Uint8Array(width * height * 3).fill(grey);
  return {
    at,
    picture: { width, height, format: 'rgb24', data },
    overlay: { boxes: [], lines: [], polygons: [] },
  };
}

export interface LiveWorker {
  /** How many pictures it has drawn. */
  readonly drawn: () => number;
  readonly close: () => Promise<number>;
}

/** A worker as `camqueue worker live-frame` is one. */
export async function startLiveWorker(api: TestApi): Promise<LiveWorker> {
  const { ports } = api.deps;
  let drawn = 0;
  const consumer = await startConsumer({
    entry: registry['live-frame'],
    ports: {
      ...ports,
      pictures: {
        ...ports.pictures,
        jpeg: async (...args) => {
          drawn += 1;
          return ports.pictures.jpeg(...args);
        },
      },
    },
    address: api.redis.address,
    prefix: api.metricsAt.prefix,
    producer: api.producer,
    log: silentLog,
    metrics: createMetrics({ process: 'test' }),
    graceMs: 0,
  });
  return { drawn: () => drawn, close: () => consumer.close() };
}

export interface TestViewer {
  readonly status: number;
  /** Of each picture got so far: capture time, and the JPEG in base64. */
  readonly got: readonly { readonly at: number; readonly jpeg: string }[];
  readonly response: IncomingMessage;
  /** Resolves when this holds, looked at with each picture. */
  until(holds: () => boolean): Promise<void>;
  close(): void;
}

/** Watches `…/live` or `…/live.mjpeg` as a program would. */
export async function watchLive(api: TestApi, path: string): Promise<TestViewer> {
  const asked = request(api.url + path, { headers: { Authorization: `Bearer ${api.keys.viewer}` } });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).once('error', reject).end();
  });
  asked.on('error', () => undefined);
  response.on('error', () => undefined);
  const got: { at: number; jpeg: string }[] = [];
  const waiting = new Set<() => void>();
  let rest = Buffer.alloc(0);
  const take = path.endsWith('.mjpeg') ? takePart : takeEvent;
  response.on('data', (bytes: Buffer) => {
    rest = Buffer.concat([rest, bytes]);
    for (let taken = take(rest); taken; taken = take(rest)) {
      rest = rest.subarray(taken.end);
      if (taken.picture) got.push(taken.picture);
    }
    for (const look of waiting) look();
  });
  return {
    status: response.statusCode ?? 0,
    got,
    response,
    until: (holds) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (!holds()) return;
          waiting.delete(look);
          resolve();
        };
        waiting.add(look);
        look();
      }),
    close: () => asked.destroy(),
  };
}

interface Taken {
  readonly end: number;
  readonly picture?: { at: number; jpeg: string };
}

function takeEvent(bytes: Buffer): Taken | undefined {
  const end = bytes.indexOf('\n\n');
  if (end < 0) return undefined;
  const text = bytes.toString('utf8', 0, end);
  const [, data] = /^event: frame\ndata: (.*)$/.exec(text) ?? [];
  if (data === undefined) return { end: end + 2 };
  const { at, jpeg } = JSON.parse(data) as { at: string; jpeg: string };
  return { end: end + 2, picture: { at: Date.parse(at), jpeg } };
}

function takePart(bytes: Buffer): Taken | undefined {
  const head = bytes.indexOf('\r\n\r\n');
  if (head < 0) return undefined;
  const text = bytes.toString('latin1', 0, head);
  const length = Number(/Content-Length: (\d+)/.exec(text)?.[1]);
  const at = Date.parse(/X-Captured-At: (\S+)/.exec(text)?.[1] ?? '');
  const end = head + 4 + length;
  // The boundary that follows belongs to it.
  if (bytes.length < end + '\r\n--frame\r\n'.length) return undefined;
  return { end: end + 2, picture: { at, jpeg: bytes.toString('base64', head + 4, end) } };
}
