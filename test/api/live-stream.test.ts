import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setImmediate as tick } from 'node:timers/promises';
import type { Response } from 'express';
import express from 'express';
import { createLiveHub, type Drawn } from '../../src/api/live-hub.js';
import { EVENTS, MJPEG, startLiveStream, type LiveStream } from '../../src/api/live-stream.js';
import { silentLog } from '../support/test-queue.js';

const FRAME_BYTES = 200_000;
const frame = (at: number): Drawn => ({ at, jpeg: Buffer.alloc(FRAME_BYTES, at % 256) });

/** One viewer, over a real socket, that takes nothing until it is told to. */
async function openViewer(format = MJPEG): Promise<{
  stream: LiveStream;
  res: ServerResponse;
  socket: Socket;
  gone: Promise<void>;
  close(): Promise<void>;
}> {
  let isGone: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => (isGone = resolve));
  let begun: (res: Response) => void = () => undefined;
  const beginning = new Promise<Response>((resolve) => (begun = resolve));
  const app = express();
  app.get('/', (_req, res) => begun(res));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.pause().write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const res = await beginning;
  const stream = startLiveStream(res, format, isGone);
  return {
    ...{ stream, res, socket, gone },
    close: async () => {
      socket.destroy();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

it('a viewer that takes nothing costs one picture and keeps the newest', async () => {
  const viewer = await openViewer();
  const total = 150;
  let most = 0;
  for (let at = 1; at <= total; at++) {
    viewer.stream.show(frame(at));
    most = Math.max(most, viewer.res.writableLength);
    await tick();
  }
  // The kernel has its share; we hold the picture that is under way.
  expect(most).toBeLessThan(2 * FRAME_BYTES);
  let got = Buffer.alloc(0);
  const last = new Date(total).toISOString();
  viewer.socket.on('data', (bytes: Buffer) => {
    got = Buffer.concat([got, bytes]);
  });
  viewer.socket.resume();
  while (!got.includes(last)) await once(viewer.socket, 'data');
  const seen = got.toString('latin1').split('Content-Type: image/jpeg').length - 1;
  expect(seen).toBeLessThan(total / 2);
  await viewer.close();
  await viewer.gone;
});

it('in a silence the last picture is repeated, or a sign of life given', async () => {
  jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
  try {
    for (const [format, sign] of [
      [MJPEG, /(image\/jpeg[^]*){3}/],
      [EVENTS, /^: nothing new$/m],
    ] as const) {
      const viewer = await openViewer(format);
      let got = '';
      viewer.socket.on('data', (bytes: Buffer) => (got += bytes.toString('latin1')));
      viewer.socket.resume();
      viewer.stream.show({ at: 1, jpeg: Buffer.from('small') });
      while (!sign.test(got)) {
        jest.advanceTimersByTime(1000);
        await tick();
      }
      await viewer.close();
      await viewer.gone;
    }
  } finally {
    jest.useRealTimers();
  }
});

describe('the hub', () => {
  function rig(limits = { perCamera: 2, inAll: 3 }) {
    const trace: string[] = [];
    const listeners = new Map<string, (drawn: Drawn) => void>();
    const hub = createLiveHub({
      limits,
      log: silentLog,
      ring: async (id) => trace.push(`ring ${id}`),
      live: {
        watch: async (id) => void trace.push(`watch ${id}`),
        subscribe: async (id, listener) => {
          trace.push(`subscribe ${id}`);
          listeners.set(id, listener);
          return async () => void trace.push(`unsubscribe ${id}`);
        },
      },
    });
    return { hub, trace, listeners };
  }

  it('subscribes once for all, shows a new viewer what came last, and frees everything after the last one', async () => {
    const { hub, trace, listeners } = rig();
    const [a, b]: [Drawn[], Drawn[]] = [[], []];
    const leaveA = await hub.join('gate', (drawn) => a.push(drawn));
    listeners.get('gate')?.(frame(1));
    listeners.get('gate')?.(frame(1));
    const leaveB = await hub.join('gate', (drawn) => b.push(drawn));
    expect([a.length, b.length]).toEqual([1, 1]);
    expect(b[0]).toBe(a[0]);
    leaveA();
    leaveA();
    expect(trace).toEqual(['subscribe gate', 'watch gate', 'ring gate']);
    leaveB();
    await tick();
    expect(trace.at(-1)).toBe('unsubscribe gate');
  });

  it.each([
    ['of one camera', ['gate', 'gate', 'gate'], '2 already watch camera gate here'],
    ['in all', ['a', 'b', 'c', 'd'], '3 streams are already watched here'],
  ])('too many %s: 503, and room again when one has left', async (_what, ids, why) => {
    const { hub } = rig();
    const leaves = await Promise.all(ids.slice(0, -1).map((id) => hub.join(id, () => undefined)));
    const last = ids.at(-1) ?? '';
    await expect(hub.join(last, () => undefined)).rejects.toMatchObject({
      status: 503,
      code: 'too-many-viewers',
      message: expect.stringContaining(why) as string,
    });
    leaves.shift()?.();
    leaves.push(await hub.join(last, () => undefined));
    leaves.forEach((leave) => leave());
  });
});
