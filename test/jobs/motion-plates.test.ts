import { handle, type MotionPorts } from '../../jobs/motion/handler.js';
import { motion } from '../../jobs/motion/job.js';
import type { PlateLookPayload } from '../../jobs/license-plate/job.js';
import { CameraFile } from '../../src/domain/camera.js';
import type { RingEntry } from '../../src/domain/frame.js';
import { unitBox } from '../../src/domain/geometry.js';
import { pictureBytes } from '../../src/domain/picture.js';
import type { Passage } from '../../src/domain/plates/passage.js';
import { createCameras } from '../../src/io/camera-file.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import { NO_VIEWERS } from '../../src/io/memory/live-view.js';
import { createMemoryPinnedPictures } from '../../src/io/memory/pinned-pictures.js';
import type { Detector, Ports } from '../../src/ports.js';
import { runJob, testContext, type FollowUp } from '../support/job-context.js';
import { NO_PASSAGES } from '../support/no-passages.js';

/** A car whose place the picture's first byte tells (x = byte / 100); 255: there is none. */
const NO_CAR = 255;
const START = 1_795_251_600_000;
const SIZE = { width: 64, height: 64 };

const file = CameraFile.parse({
  cameras: [
    { id: 'gate', source: 'x', fps: 5, plates: { minVehiclePx: 20, view: 'street' } },
    { id: 'plain', source: 'x' },
    { id: 'barrier', source: 'x', fps: 5, plates: { view: 'gate' } },
    { id: 'both', source: 'x', fps: 5, plates: { minVehiclePx: 20 } },
  ],
});
const detector: Detector = {
  network: 'scripted',
  labels: ['car'],
  detect: async ({ data }) => {
    const at = data[0] ?? 0;
    return at === NO_CAR ? [] : [{ label: 'car', score: 0.9, box: unitBox(at / 100, 0.3, 0.3, 0.4) }];
  },
};

interface Bench {
  readonly ports: Pick<Ports, MotionPorts>;
  readonly trace: string[];
}

function bench(passages: Partial<Ports['passages']> = {}): Bench {
  const trace: string[] = [];
  const states = createMemoryCameraStates();
  const pins = createMemoryPinnedPictures({ maxBytes: 1e9 });
  return {
    trace,
    ports: {
      cameras: createCameras(file),
      frames: createMemoryFrameRing({ ringBytes: 1e9 }),
      states: { ...states, commit: async (...args) => (trace.push('commit'), states.commit(...args)) },
      detectors: { get: async () => detector },
      live: NO_VIEWERS,
      pins: { ...pins, pin: async (...args) => (trace.push('pin'), pins.pin(...args)) },
      passages: { ...NO_PASSAGES, ...passages },
      pictures: {
        jpeg: async () => Buffer.from('jpeg'),
        read: async () => ({ ...SIZE, format: 'rgb24', data: new Uint8Array() }),
        inspect: async () => ({ ...SIZE, format: 'jpeg' }),
      },
      snapshots: { put: async () => undefined, get: async () => undefined, removeBefore: async () => 0 },
      events: {
        add: async () => undefined,
        get: async () => undefined,
        list: async () => [],
        crossings: async () => [],
        eachCrossing: async function* () {},
        removeBefore: async () => 0,
      },
      metrics: { jobEnded: () => undefined, inference: () => undefined, analysed: () => undefined },
    },
  };
}

/** A car drives through the picture, 5 frames a second, and is gone after `frames`; 8 s of an empty road follow. */
function drive(frames: number, cameraId = 'gate', empty = 40): RingEntry[] {
  return Array.from({ length: frames + empty }, (_, i) => ({
    ...{ cameraId, pass: 1, seq: i + 1, gated: 0, kind: 'moved' as const, frame: i },
    ...{ at: START + i * 200, sampledAt: START + i * 200, regions: [unitBox(0, 0, 1, 1)] },
    picture: {
      ...SIZE,
      format: 'i420' as const,
      data: new Uint8Array(pictureBytes(SIZE.width, SIZE.height, 'i420')).fill(
        i < frames ? 5 + i * 3 : NO_CAR,
      ),
    },
  }));
}

async function run(b: Bench, entries: readonly RingEntry[], options: Parameters<typeof testContext>[1] = {}) {
  for (const entry of entries) await b.ports.frames.append(entry);
  const ctx = testContext(b.ports, { now: () => START, ...options });
  await runJob(motion, handle, { cameraId: entries[0]!.cameraId }, ctx);
  return ctx.followUps.filter(({ queue }) => queue === 'license-plate');
}
const kinds = (jobs: readonly FollowUp[]) => jobs.map(({ payload }) => (payload as { kind: string }).kind);

test('looks at a car while it passes, and finishes it when it is gone', async () => {
  const b = bench();
  const jobs = await run(b, drive(15));
  const looks = jobs.filter(({ payload }) => (payload as { kind: string }).kind === 'look');
  expect(looks.length).toBeGreaterThan(2);
  expect(kinds(jobs).filter((kind) => kind === 'finish')).toHaveLength(1);
  expect(jobs.at(-1)).toMatchObject({
    id: expect.stringMatching(/^gate-1-\d+-gone-\d+$/) as string,
    payload: { kind: 'finish', why: 'gone', looks: looks.length, cameraId: 'gate', trackId: 1 },
  });
  for (const { id, payload } of looks) {
    const { pin, bornAt, at, crop, box: inner } = payload as PlateLookPayload;
    expect(id).toBe(`gate-1-${bornAt}-${at}`);
    const pinned = await b.ports.pins.get(pin);
    const { x, y, width, height } = crop;
    expect([pinned!.width / SIZE.width, pinned!.height / SIZE.height]).toEqual([width, height]);
    expect(x <= inner.x && y <= inner.y && x + width >= inner.x + inner.width).toBe(true);
    expect(pinned!.data[0]).toBeGreaterThan(5);
  }
});

test('a camera without plates asks for none, and asks nobody', async () => {
  const b = bench({ get: () => Promise.reject(new Error('asked')) });
  expect(await run(b, drive(15, 'plain'))).toEqual([]);
  expect(b.trace).not.toContain('pin');
});

test('a picture is pinned before its job, and both come before the commit', async () => {
  const b = bench();
  await run(b, drive(6, 'gate', 0), { onEnqueue: (queue) => b.trace.push(queue) });
  const first = b.trace.indexOf('license-plate');
  expect(b.trace[first - 1]).toBe('pin');
  expect(b.trace.slice(first).includes('commit')).toBe(true);
  expect(b.trace.filter((step) => step === 'pin')).toHaveLength(
    b.trace.filter((step) => step === 'license-plate').length,
  );
});

test('killed before any write, it asks for the same looks and ends', async () => {
  const wanted = await run(bench(), drive(15));
  for (const step of ['pin', 'license-plate', 'commit']) {
    for (const nth of [1, 3]) {
      const b = bench();
      let count = 0;
      const mayDie = (name: string): void => {
        if (name === step && ++count === nth) throw new Error('killed');
      };
      const { pins, states } = b.ports;
      // A copy is another process: it has nothing of this camera in memory.
      const mortal: Bench = {
        ...b,
        ports: {
          ...b.ports,
          pins: { ...pins, pin: async (...args) => (mayDie('pin'), pins.pin(...args)) },
          states: { ...states, commit: async (...args) => (mayDie('commit'), states.commit(...args)) },
        },
      };
      const entries = drive(15);
      const jobs = new Map<string, FollowUp>();
      for (const entry of entries) await b.ports.frames.append(entry);
      for (const [from, dies] of [
        [mortal, true],
        [b, false],
      ] as const) {
        const ctx = testContext(from.ports, { now: () => START, ...(dies && { onEnqueue: mayDie }) });
        const ended = runJob(motion, handle, { cameraId: 'gate' }, ctx);
        await (dies ? expect(ended).rejects.toThrow('killed') : ended);
        ctx.followUps.forEach((job) => jobs.set(job.id, jobs.get(job.id) ?? job));
      }
      expect([...jobs.values()].filter(({ queue }) => queue === 'license-plate')).toEqual(wanted);
    }
  }
});

test('a passage that is final gets no more looks, but is finished', async () => {
  const final = { state: 'final' } as Passage;
  const jobs = await run(bench({ get: async () => final }), drive(15));
  expect(kinds(jobs)).toEqual(['look', 'look', 'finish']);
});

test('the end of a source finishes what is still there, once', async () => {
  const b = bench();
  const { picture: _, ...last } = drive(1)[0]!;
  const end = { ...last, kind: 'end' as const, seq: 12, frame: 11 };
  const jobs = await run(b, [...drive(11, 'gate', 0), { ...end, at: START + 2200 }]);
  expect(kinds(jobs).filter((kind) => kind === 'finish')).toHaveLength(1);
  expect(kinds(await run(b, [{ ...end, pass: 2, seq: 1 }])).filter((kind) => kind === 'look')).toEqual([]);
});

describe('a camera at a gate', () => {
  const quiet = (): RingEntry[] => {
    const entries = drive(10, 'barrier', 2);
    const { picture: _, ...last } = entries.at(-1)!;
    const rest = { ...last, kind: 'heartbeat' as const, regions: [] };
    return [...entries, { ...rest, seq: 13, frame: 40, at: START + 9000, sampledAt: START + 9000 }];
  };

  it('is looked at as a whole while something moves, and its visit ends', async () => {
    const b = bench();
    const jobs = await run(b, quiet());
    const glances = jobs.filter(({ payload }) => (payload as { kind: string }).kind === 'glance');
    expect(glances.length).toBeGreaterThan(3);
    expect(jobs).toHaveLength(glances.length + 1);
    expect(jobs.at(-1)).toMatchObject({
      id: `barrier-visit-${START}-quiet-${glances.length}`,
      payload: { kind: 'visit-end', why: 'quiet', bornAt: START, looks: glances.length },
    });
    for (const { id, payload } of glances) {
      const { pin, at } = payload as { pin: string; at: number };
      expect(id).toBe(`barrier-visit-${START}-${at}`);
      expect(await b.ports.pins.get(pin)).toMatchObject(SIZE);
    }
  });

  it('killed before any write, it asks for the same', async () => {
    const wanted = await run(bench(), quiet());
    for (const nth of [1, 2, 4]) {
      const b = bench();
      let count = 0;
      const mayDie = (): void => {
        if (++count === nth) throw new Error('killed');
      };
      const jobs = new Map<string, FollowUp>();
      for (const entry of quiet()) await b.ports.frames.append(entry);
      const { pins } = b.ports;
      // A copy is another process: it has nothing of this camera in memory.
      const mortal = {
        ...pins,
        pin: async (...args: Parameters<typeof pins.pin>) => (mayDie(), pins.pin(...args)),
      };
      for (const dies of [true, false]) {
        const ports = dies ? { ...b.ports, pins: mortal, states: { ...b.ports.states } } : b.ports;
        const ctx = testContext(ports, { now: () => START, ...(dies && { onEnqueue: mayDie }) });
        const ended = runJob(motion, handle, { cameraId: 'barrier' }, ctx);
        await (dies ? expect(ended).rejects.toThrow('killed') : ended);
        ctx.followUps.forEach((job) => jobs.set(job.id, jobs.get(job.id) ?? job));
      }
      expect([...jobs.values()].filter(({ queue }) => queue === 'license-plate')).toEqual(wanted);
    }
  });

  it('a vehicle that is followed is looked at by itself; what moves without being recognised, as a whole', async () => {
    const tight = (entries: RingEntry[]): RingEntry[] =>
      entries.map((entry) => ({
        ...entry,
        regions: [unitBox((entry.picture?.data[0] ?? 0) / 100, 0.3, 0.3, 0.4)],
      }));
    const recognised = kinds(await run(bench(), tight(drive(15, 'both', 0))));
    expect(recognised.filter((kind) => kind === 'look').length).toBeGreaterThan(2);
    // Before it was sure that there is a vehicle, one look may have been at everything.
    expect(recognised.filter((kind) => kind === 'glance').length).toBeLessThanOrEqual(2);
    const unknown = drive(0, 'both', 15).map((entry) => ({
      ...entry,
      regions: [unitBox(0.2, 0.3, 0.4, 0.5)],
    }));
    expect(new Set(kinds(await run(bench(), unknown)))).toEqual(new Set(['glance']));
  });
});
