import { handle, type MotionPorts } from '../../jobs/motion/handler.js';
import { motion } from '../../jobs/motion/job.js';
import { parseCameraFile, createCameras } from '../../src/io/camera-file.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { NO_VIEWERS } from '../../src/io/memory/live-view.js';
import { createMemoryPinnedPictures } from '../../src/io/memory/pinned-pictures.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import type { CameraEvent } from '../../src/domain/events.js';
import type { RingEntry } from '../../src/domain/frame.js';
import { unitBox } from '../../src/domain/geometry.js';
import { pictureBytes } from '../../src/domain/picture.js';
import type { Detector, Ports } from '../../src/ports.js';
import { NO_PASSAGES } from '../support/no-passages.js';
import { runJob, testContext } from '../support/job-context.js';

/**
 * The handler over rings and states in memory; the detector is told what to see by the frame's own luma: the first
 * byte of the picture says where a person stands (x = byte / 100), 255 says that the frame is broken.
 */
const BROKEN = 255;
const START = 1_795_251_600_000;
const SIZE = { width: 32, height: 32 };

const file = parseCameraFile(
  `
site: { timeZone: UTC }
cameras:
  - id: gate
    source: x
    fps: 5
    lines: [ { id: door, from: [0.5, 1], to: [0.5, 0] } ]
    zones: [ { id: yard, polygon: [[0.6, 0], [1, 0], [1, 1], [0.6, 1]], kind: restricted } ]`,
  'test',
  {},
);

const detector: Detector = {
  network: 'scripted',
  labels: ['person'],
  detect: async (picture) => {
    const at = picture.data[0] ?? 0;
    if (at === BROKEN) throw new Error('no picture');
    return [{ label: 'person', score: 0.9, box: unitBox(at / 100 - 0.05, 0.4, 0.1, 0.3) }];
  },
};

interface Bench {
  readonly ports: Pick<Ports, MotionPorts>;
  readonly stored: CameraEvent[];
  /** What happened, in order. */
  readonly trace: string[];
  readonly pictures: Map<string, Uint8Array>;
}

function bench(): Bench {
  const stored: CameraEvent[] = [];
  const trace: string[] = [];
  const pictures = new Map<string, Uint8Array>();
  const states = createMemoryCameraStates();
  return {
    stored,
    trace,
    pictures,
    ports: {
      cameras: createCameras(file),
      frames: createMemoryFrameRing({ ringBytes: 1e9 }),
      states: {
        ...states,
        commit: async (...args) => {
          trace.push('commit');
          return states.commit(...args);
        },
      },
      detectors: { get: async () => detector },
      pictures: {
        jpeg: async () => Buffer.from('jpeg'),
        read: async () => ({ width: 0, height: 0, format: 'rgb24', data: new Uint8Array() }),
        inspect: async () => ({ width: 0, height: 0, format: 'jpeg' }),
      },
      live: NO_VIEWERS,
      pins: createMemoryPinnedPictures({ maxBytes: 1e9 }),
      passages: NO_PASSAGES,
      snapshots: {
        put: async (key, bytes) => {
          trace.push('picture');
          pictures.set(key, bytes);
        },
        get: async () => undefined,
        removeBefore: async () => 0,
      },
      events: {
        add: async (events) => {
          trace.push('events');
          for (const event of events) if (!stored.some(({ id }) => id === event.id)) stored.push(event);
        },
        get: async () => undefined,
        list: async () => [],
        eachCrossing: async function* () {},
        crossings: async () => [],
        removeBefore: async () => 0,
      },
      metrics: { jobEnded: () => undefined, inference: () => undefined, analysed: () => undefined },
    },
  };
}

/** A person walks from left to right, 5 frames a second. */
function walk(
  frames: number,
  overrides: (i: number) => Partial<RingEntry> & { x?: number } = () => ({}),
): RingEntry[] {
  return Array.from({ length: frames }, (_, i) => {
    const { x, ...rest } = overrides(i);
    const data = new Uint8Array(pictureBytes(SIZE.width, SIZE.height, 'i420')).fill(x ?? 20 + i * 3);
    return {
      cameraId: 'gate',
      pass: 1,
      seq: i + 1,
      gated: 0,
      kind: 'moved' as const,
      frame: i,
      at: START + i * 200,
      sampledAt: START + i * 200,
      regions: [unitBox(0, 0.3, 1, 0.5)],
      picture: { ...SIZE, format: 'i420' as const, data },
      ...rest,
    };
  });
}

async function fill({ ports }: Bench, entries: readonly RingEntry[]): Promise<void> {
  for (const entry of entries) await ports.frames.append(entry);
}

const now = (): number => START;
const run = ({ ports }: Bench, options: Parameters<typeof testContext>[1] = {}) => {
  const ctx = testContext(ports, { now, ...options });
  return { ctx, outcome: runJob(motion, handle, { cameraId: 'gate' }, ctx) };
};

test('drains the ring: counts the crossing, raises the alert, accounts for every frame', async () => {
  const b = bench();
  await fill(
    b,
    walk(20, (i) => ({ seq: i * 2 + 1, gated: i })),
  );
  const { ctx, outcome } = run(b);
  expect(await outcome).toEqual({ outcome: 'done', result: { analysed: 20 } });
  expect(b.stored.filter(({ type }) => type === 'crossing')).toEqual([
    expect.objectContaining({ line: 'door', direction: 'in', class: 'person', cameraId: 'gate' }),
  ]);
  expect(ctx.followUps).toEqual([expect.objectContaining({ queue: 'alert' })]);
  expect(await b.ports.frames.length('gate')).toBe(0);
  expect((await b.ports.states.read('gate'))?.counts).toEqual({
    captured: 39,
    analysed: 20,
    gated: 19,
    dropped: 0,
    failed: 0,
  });
  const crossing = b.stored.find(({ type }) => type === 'crossing');
  expect([...b.pictures.keys()]).toContain(crossing?.snapshot);
});

test('writes in the order that makes a repeat harmless: picture, event, follow-up, commit', async () => {
  const b = bench();
  await fill(b, walk(20));
  const order = b.trace;
  const { outcome } = run(b, { onEnqueue: (queue) => order.push(queue) });
  await outcome;
  const alertAt = order.indexOf('alert');
  expect(order.slice(alertAt - 2, alertAt + 2)).toEqual(['picture', 'events', 'alert', 'commit']);
});

test('a crash at any step leaves the same events and counts as no crash', async () => {
  const undisturbed = bench();
  await fill(undisturbed, walk(20));
  await run(undisturbed).outcome;
  for (const step of ['picture', 'events', 'alert', 'commit']) {
    const b = bench();
    await fill(b, walk(20));
    let crashed = false;
    const crash = (name: string): void => {
      if (crashed || name !== step) return;
      crashed = true;
      throw new Error('killed');
    };
    const { states, snapshots, events } = b.ports;
    const failing: Bench = {
      ...b,
      ports: {
        ...b.ports,
        // A copy is another process: it has nothing of this camera in memory.
        states: { ...states, commit: async (...args) => (crash('commit'), states.commit(...args)) },
        snapshots: { ...snapshots, put: async (...args) => (crash('picture'), snapshots.put(...args)) },
        events: { ...events, add: async (...args) => (crash('events'), events.add(...args)) },
      },
    };
    await expect(run(failing, { onEnqueue: crash }).outcome).rejects.toThrow('killed');
    await run(b).outcome;
    expect(b.stored).toEqual(undisturbed.stored);
    expect((await states.read('gate'))?.counts).toEqual(
      (await undisturbed.ports.states.read('gate'))?.counts,
    );
  }
});

test('a frame that cannot be analysed is counted as failed and does not stop the camera', async () => {
  const b = bench();
  await fill(
    b,
    walk(20, (i) => (i === 5 ? { x: BROKEN } : {})),
  );
  const { ctx, outcome } = run(b);
  expect(await outcome).toEqual({ outcome: 'done', result: { analysed: 19 } });
  expect((await b.ports.states.read('gate'))?.counts).toMatchObject({
    captured: 20,
    analysed: 19,
    failed: 1,
  });
  expect(b.stored.filter(({ type }) => type === 'crossing')).toHaveLength(1);
  expect(ctx.logged).toEqual([
    expect.objectContaining({
      level: 'warn',
      fields: expect.objectContaining({ frame: 5, reason: 'no picture' }) as object,
    }),
  ]);
});

test('frames that waited too long are dropped and counted, not analysed', async () => {
  const b = bench();
  await fill(b, walk(6));
  await run(b, { now: () => START + 60_000 }).outcome;
  expect((await b.ports.states.read('gate'))?.counts).toEqual({
    captured: 6,
    analysed: 0,
    gated: 0,
    dropped: 6,
    failed: 0,
  });
});

test('a worker that was overtaken writes nothing and says so', async () => {
  const b = bench();
  await fill(b, walk(20));
  const overtaken: Bench = {
    ...b,
    ports: {
      ...b.ports,
      frames: {
        ...b.ports.frames,
        readAfter: async (...args) => {
          const entries = await b.ports.frames.readAfter(...args);
          // Another worker takes the camera over after this one has read its frames.
          await b.ports.states.begin('gate');
          return entries;
        },
      },
    },
  };
  expect(await run(overtaken).outcome).toEqual({
    outcome: 'skipped',
    why: 'another worker has taken over this camera',
  });
  expect(await b.ports.states.read('gate')).toBeUndefined();
  expect(await b.ports.frames.length('gate')).toBe(20);
});

test('goes on from the checkpoint: a ring drained in many jobs gives the same as in one', async () => {
  const once = bench();
  await fill(once, walk(20));
  await run(once).outcome;
  const often = bench();
  for (const entry of walk(20)) {
    await fill(often, [entry]);
    await run(often).outcome;
  }
  expect(often.stored).toEqual(once.stored);
});

test('when its time is used up it rings again for the rest', async () => {
  const b = bench();
  await fill(b, walk(20));
  let clock = START;
  const { ctx, outcome } = run(b, { now: () => (clock += 60) });
  await outcome;
  expect(ctx.followUps.map(({ queue }) => queue)).toContain('motion');
  expect(await b.ports.frames.length('gate')).toBeGreaterThan(0);
});

test('stops after the frame at hand when it is told to, and keeps what it has done', async () => {
  const b = bench();
  await fill(b, walk(20));
  const { outcome } = run(b, { signal: AbortSignal.abort() });
  expect(await outcome).toEqual({ outcome: 'done', result: { analysed: 1 } });
  expect((await b.ports.states.read('gate'))?.counts.analysed).toBe(1);
});

test('the end of a source accounts for its tail', async () => {
  const b = bench();
  await fill(b, [...walk(3), { ...walk(1)[0], kind: 'end', seq: 10, gated: 6, frame: 9 } as RingEntry]);
  await run(b).outcome;
  expect((await b.ports.states.read('gate'))?.counts).toEqual({
    captured: 9,
    analysed: 3,
    gated: 6,
    dropped: 0,
    failed: 0,
  });
});

test('an unknown camera is a permanent error', async () => {
  const b = bench();
  await expect(runJob(motion, handle, { cameraId: 'nowhere' }, testContext(b.ports))).rejects.toThrow(
    /not in the camera file/,
  );
});
