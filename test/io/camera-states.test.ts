import { randomUUID } from 'node:crypto';
import { NO_FRAMES, type FrameCounts } from '../../src/domain/frame.js';
import { InputError, PermanentError } from '../../src/errors.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createRedisCameraStates } from '../../src/io/redis/camera-states.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import type { CameraStates, Checkpoint, SourceState } from '../../src/ports.js';
import { startTestRedis } from '../support/redis.js';

/** Every implementation of CameraStates behaves like this. */
type Make = () => Promise<{ states: CameraStates; close: () => Promise<void> }>;

const memory: Make = async () => ({ states: createMemoryCameraStates(), close: async () => undefined });

const redis: Make = async () => {
  const server = await startTestRedis();
  const connection = connectRedis(server.address, 'jobs');
  await untilReady(connection, 'jobs', 5000);
  return {
    states: createRedisCameraStates(connection, randomUUID()),
    async close() {
      connection.disconnect();
      await server.stop();
    },
  };
};

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 10, 21, 12);
const analysed = (n: number): FrameCounts => ({ ...NO_FRAMES, captured: n, analysed: n });

function checkpoint(seq: number, at = NOON): Checkpoint {
  const scene = { lastTrackId: seq } as unknown as Checkpoint['scene'];
  return { cursor: { pass: 1, seq, gated: 0, frame: seq, at }, scene, counts: analysed(seq) };
}

describe.each([
  ['memory', memory],
  ['redis', redis],
])('camera states in %s', (_, make) => {
  let states: CameraStates;
  let close: () => Promise<void>;
  let camera = '';
  beforeAll(async () => ({ states, close } = await make()));
  afterAll(() => close());
  beforeEach(() => {
    camera = `gate-${randomUUID()}`;
  });

  it('knows nothing of a new camera', async () => {
    expect(await states.read(camera)).toBeUndefined();
    expect(await states.source(camera)).toBeUndefined();
    expect(await states.hours(camera, NOON, NOON + HOUR)).toEqual([]);
    expect(await states.begin(camera)).toEqual({ epoch: expect.any(Number) as number, version: 0 });
  });

  it('gives back the newest checkpoint, and leaves it out for who holds it', async () => {
    const { epoch } = await states.begin(camera);
    const first = await states.commit(camera, epoch, checkpoint(1), analysed(1));
    const second = await states.commit(camera, epoch, checkpoint(2), analysed(1));
    expect(second).toBeGreaterThan(first ?? Infinity);
    expect(await states.read(camera)).toEqual(checkpoint(2));
    expect(await states.begin(camera, second)).toEqual({
      epoch: expect.any(Number) as number,
      version: second,
    });
    expect((await states.begin(camera, first)).checkpoint).toEqual(checkpoint(2));
    expect((await states.begin(camera)).checkpoint).toEqual(checkpoint(2));
  });

  it('refuses every earlier epoch and writes nothing for it', async () => {
    const frozen = await states.begin(camera);
    const successor = await states.begin(camera);
    expect(successor.epoch).toBeGreaterThan(frozen.epoch);
    const version = await states.commit(camera, successor.epoch, checkpoint(5), analysed(5));
    expect(await states.commit(camera, frozen.epoch, checkpoint(3), analysed(3))).toBeUndefined();
    expect(await states.read(camera)).toEqual(checkpoint(5));
    expect(await states.hours(camera, NOON, NOON + 1)).toEqual([{ hourAt: NOON, counts: analysed(5) }]);
    expect((await states.begin(camera, version)).checkpoint).toBeUndefined();
  });

  it('refuses an epoch that was never given', async () => {
    expect(await states.commit(camera, 1, checkpoint(1), analysed(1))).toBeUndefined();
    expect(await states.read(camera)).toBeUndefined();
    expect(await states.hours(camera, NOON, NOON + HOUR)).toEqual([]);
  });

  it('has exactly one owner after many took over at once', async () => {
    const owners = await Promise.all(Array.from({ length: 10 }, () => states.begin(camera)));
    const commits = await Promise.all(
      owners.map(({ epoch }, i) => states.commit(camera, epoch, checkpoint(i + 1), analysed(1))),
    );
    expect(new Set(owners.map(({ epoch }) => epoch)).size).toBe(10);
    expect(commits.filter((version) => version !== undefined)).toHaveLength(1);
    expect(await states.hours(camera, NOON, NOON + HOUR)).toEqual([{ hourAt: NOON, counts: analysed(1) }]);
  });

  it('adds up counts in the hour of the cursor', async () => {
    const { epoch } = await states.begin(camera);
    const midnight = Date.UTC(2026, 10, 22);
    const mixed = { captured: 9, analysed: 2, gated: 3, dropped: 3, failed: 1 };
    await states.commit(camera, epoch, checkpoint(1, midnight - 1), analysed(4));
    await states.commit(camera, epoch, checkpoint(2, midnight), mixed);
    await states.commit(camera, epoch, checkpoint(3, midnight + HOUR - 1), analysed(1));
    await states.commit(camera, epoch, checkpoint(4, midnight + HOUR), NO_FRAMES);
    const last = { hourAt: midnight - HOUR, counts: analysed(4) };
    const first = { hourAt: midnight, counts: { ...mixed, captured: 10, analysed: 3 } };
    expect(await states.hours(camera, midnight - 1, midnight + 1)).toEqual([last, first]);
    expect(await states.hours(camera, midnight - 1, midnight)).toEqual([last]);
    expect(await states.hours(camera, midnight, midnight + 9 * HOUR)).toEqual([first]);
    expect(await states.hours(camera, midnight, midnight)).toEqual([]);
  });

  it('refuses counts without a cursor, and a question about ages', async () => {
    const { epoch } = await states.begin(camera);
    const { scene, counts } = checkpoint(1);
    const bare = { scene, counts };
    await expect(states.commit(camera, epoch, bare, analysed(1))).rejects.toThrow(PermanentError);
    expect(await states.commit(camera, epoch, bare, NO_FRAMES)).toBeDefined();
    await expect(states.hours(camera, 0, NOON)).rejects.toThrow(InputError);
    await expect(states.hours(camera, -Infinity, NOON)).rejects.toThrow(/at most 400/);
  });

  it('remembers where a source stands', async () => {
    const file = { fingerprint: 'a.mp4 1 2', startedAt: NOON, durationMs: 1000.5 };
    const state: SourceState = {
      status: 'ok',
      since: NOON,
      pass: 3,
      lastFrameAt: NOON + 0.5,
      fps: 9.97,
      width: 768,
      height: 576,
      file,
      progress: 0.25,
    };
    await states.putSource(camera, state);
    expect(await states.source(camera)).toEqual(state);
    await states.putSource(camera, { status: 'no_signal', reason: 'timeout', since: NOON, pass: 3 });
    expect(await states.source(camera)).toEqual({
      status: 'no_signal',
      reason: 'timeout',
      since: NOON,
      pass: 3,
    });
  });

  it('gives each pass once: 1, 2, 3', async () => {
    const passes = await Promise.all([
      states.nextPass(camera),
      states.nextPass(camera),
      states.nextPass(camera),
    ]);
    expect(passes.sort((a, b) => a - b)).toEqual([1, 2, 3]);
    expect(await states.nextPass(`${camera}-b`)).toBe(1);
  });
});
