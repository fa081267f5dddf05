import sharp from 'sharp';
import { handle } from '../../jobs/license-plate/handler.js';
import { licensePlate } from '../../jobs/license-plate/job.js';
import { NotReadyError, PermanentError } from '../../src/errors.js';
import type { ListKind } from '../../src/domain/plates/passage.js';
import {
  AT,
  finishOf,
  openPlateWorld,
  picture,
  pinnedLook,
  sight,
  type PlatePorts,
  type PlateWorld,
} from '../support/plate-world.js';
import { runJob, testContext } from '../support/job-context.js';
import type { z } from 'zod';

const ID = `gate-7-${AT}`;
/** What the reader sees in a picture with this number. */
const [CLEAR, BLURRED, NOTHING, SIGN, DOUBTFUL, OTHER] = [1, 2, 3, 4, 5, 6];

let world: PlateWorld;
beforeEach(async () => {
  world = await openPlateWorld();
  fill(world);
});
afterEach(() => world.close());

function fill({ seen }: PlateWorld): void {
  seen.set(CLEAR, [sight('30A-339.18')]);
  seen.set(BLURRED, [sight('30A-339.18', { sharpness: 0.2, charHeightPx: 14 }, 0.6)]);
  seen.set(SIGN, [sight('0912 345 678', { ground: 'unknown', plausibility: 0.1 })]);
  // The last character is an 8 or a B.
  seen.set(DOUBTFUL, [sight('30A-339.18*')]);
  seen.set(OTHER, [sight('51F-123.45')]);
}

type Payload = z.input<(typeof licensePlate)['payload']>;
const run = (
  payload: Payload,
  options: Parameters<typeof testContext>[1] = {},
  ports: PlatePorts = world.ports,
) => {
  const ctx = testContext(ports, { now: () => AT + 1000, ...options });
  return { ctx, outcome: runJob(licensePlate, handle, payload, ctx) };
};
const look = async (mark: number, afterMs: number, about = {}) =>
  run(await pinnedLook(world, mark, afterMs, about)).outcome;
const finish = (looks: number, about = {}) => {
  const { ctx, outcome } = run(finishOf(looks, about));
  return outcome.then((ended) => ({ ...ctx, ended }));
};
const passage = (id = ID) => world.ports.passages.get(id);
const events = () => world.ports.events.list({ type: 'plate', limit: 100 });
async function list(
  kind: ListKind,
  pattern: string,
  id = kind as string,
  alertUnknown = false,
): Promise<void> {
  await world.ports.plateLists.putList({ id, kind, alertUnknown });
  const key = pattern.replace(/[^A-Z0-9*?]/g, '');
  await world.ports.plateLists.addEntries([{ list: id, pattern, key, createdAt: 1, createdBy: 'test' }]);
}

describe('a vehicle that goes past', () => {
  it('is open while it is seen, final when it is gone: text, pictures, event', async () => {
    expect(await look(BLURRED, 0)).toMatchObject({
      outcome: 'done',
      result: { passageId: ID, state: 'open' },
    });
    expect(await passage()).toMatchObject({ state: 'open', cameraId: 'gate', trackId: 7, vehicle: 'car' });
    await look(NOTHING, 250);
    await look(CLEAR, 500);
    await finish(3);
    const now = await passage();
    expect(now).toMatchObject({
      state: 'final',
      ...{ firstAt: AT, at: AT + 500, lastAt: AT + 500 },
      reading: { key: '30A33918', country: 'VN' },
      hits: [],
    });
    expect(await events()).toEqual([
      expect.objectContaining({ id: `plate-${ID}`, passageId: ID, trackId: 7, class: 'car', lists: [] }),
    ]);
    const reads = await world.ports.passages.reads(ID);
    expect(reads.map(({ at, crop }) => [at - AT, crop !== undefined])).toEqual([
      [0, true],
      [250, false],
      [500, true],
    ]);
    for (const key of [now!.crop!, now!.scene!])
      expect(await sharp(await world.ports.snapshots.get(key)).metadata()).toMatchObject({ format: 'jpeg' });
    expect(now!.crop).toBe(`plates/gate/2026-11-21/${ID}-${AT + 500}.jpg`);
  });

  it('is placed in the whole picture, though the look was at a part of it', async () => {
    await look(CLEAR, 0);
    const [read] = await world.ports.passages.reads(ID);
    const [first, , third] = read!.sight!.corners;
    expect(first.x).toBeCloseTo(0.2 + 0.3 * 0.4, 5);
    expect(third.y).toBeCloseTo(0.2 + 0.7 * 0.4, 5);
  });

  it('is final at once when enough looks agree, and is left alone after that', async () => {
    let state: string | undefined = 'open';
    let looks = 0;
    for (; looks < 12 && state === 'open'; looks++) {
      await look(CLEAR, looks * 250);
      state = (await passage())?.state;
    }
    expect(state).toBe('final');
    expect(looks).toBeLessThanOrEqual(4);
    const before = await passage();
    expect(await look(OTHER, 5000)).toEqual({ outcome: 'skipped', why: 'the passage is final' });
    expect((await finish(99)).ended).toEqual({ outcome: 'skipped', why: 'the passage is final' });
    expect(await passage()).toEqual(before);
    expect(await events()).toHaveLength(1);
  });

  it('a look whose picture has gone is skipped', async () => {
    const payload = await pinnedLook(world, CLEAR, 0);
    await world.ports.pins.remove((payload as { pin: string }).pin);
    expect(await run(payload).outcome).toEqual({ outcome: 'skipped', why: 'frame expired' });
  });

  it('nothing is left pinned', async () => {
    const payload = await pinnedLook(world, CLEAR, 0);
    await run(payload).outcome;
    expect(await world.ports.pins.get((payload as { pin: string }).pin)).toBeUndefined();
  });

  it('that showed no plate leaves no passage', async () => {
    await look(NOTHING, 0);
    expect((await finish(1)).ended).toEqual({ outcome: 'skipped', why: 'no plate was seen' });
    expect(await passage()).toBeUndefined();
  });

  it('a sign on it is no news', async () => {
    await list('deny', '0912*');
    await look(SIGN, 0);
    const { followUps } = await finish(1);
    expect([await events(), followUps]).toEqual([[], []]);
  });

  it('no look is lost when two jobs work on it at once', async () => {
    const looks = await Promise.all(
      [0, 250, 500].map((ms, i) => pinnedLook(world, i === 1 ? CLEAR : BLURRED, ms)),
    );
    await Promise.all(looks.map((payload) => run(payload).outcome));
    await Promise.all([finish(3), finish(3, { why: 'still' })]);
    expect((await passage())?.reading.sights).toBeGreaterThanOrEqual(2);
    expect(await world.ports.passages.reads(ID)).toHaveLength(3);
    expect(await events()).toHaveLength(1);
  });
});

describe('the end of a passage', () => {
  it('waits for looks that are under way, but not for ever', async () => {
    await look(BLURRED, 0);
    await expect(finish(2)).rejects.toThrow(NotReadyError);
    expect((await passage())?.state).toBe('open');
    await finish(2, { until: AT });
    expect((await passage())?.state).toBe('final');
  });

  it.each([
    ['sure', CLEAR, 'final'],
    ['not sure', BLURRED, 'open'],
  ])('standing still, it is final only when it is sure: %s', async (_what, mark, state) => {
    await look(mark, 0);
    await finish(1, { why: 'still' });
    expect((await passage())?.state).toBe(state);
  });

  it.each<[what: string, afterMs: number, state: string]>([
    ['a moment later', 20_000, 'merged'],
    ['an hour later', 3_600_000, 'final'],
  ])('the same plate under another track %s: %s', async (_what, afterMs, state) => {
    await look(CLEAR, 0);
    await finish(1);
    const again = { trackId: 8, bornAt: AT + afterMs };
    await look(CLEAR, 0, again);
    await finish(1, again);
    expect((await passage(`gate-8-${AT + afterMs}`))?.state).toBe(state);
    expect((await passage())?.lastAt).toBe(state === 'merged' ? AT + afterMs : AT);
    expect(await events()).toHaveLength(state === 'merged' ? 1 : 2);
  });

  it('another plate, or another camera, is another passage', async () => {
    for (const [mark, about] of [
      [CLEAR, {}],
      [OTHER, { trackId: 8 }],
      [CLEAR, { cameraId: 'street' }],
    ] as const) {
      await look(mark, 0, about);
      await finish(1, about);
    }
    expect(await events()).toHaveLength(3);
  });
});

describe('lists', () => {
  it.each<[what: string, kind: ListKind, pattern: string, mark: number, alarm: object | undefined]>([
    ['on a deny list', 'deny', '30A-339.18', CLEAR, { kind: 'plate-deny', severity: 'critical' }],
    ['on one with a wildcard', 'deny', '30A*', CLEAR, { kind: 'plate-deny', severity: 'critical' }],
    ['on no list', 'deny', '30A-000.00', CLEAR, undefined],
    ['on an allow list', 'allow', '30A-339.18', CLEAR, undefined],
    ['on a watch list', 'watch', '30A-339.18', CLEAR, undefined],
  ])('%s', async (_what, kind, pattern, mark, alarm) => {
    await list(kind, pattern);
    await look(mark, 0);
    const { followUps } = await finish(1);
    expect(followUps).toEqual(
      alarm
        ? [
            {
              queue: 'alert',
              id: expect.any(String) as string,
              payload: expect.objectContaining(alarm) as object,
            },
          ]
        : [],
    );
  });

  it('a doubtful character still alerts, marked as possible match', async () => {
    world.seen.set(DOUBTFUL, [{ ...sight('30A-339.18'), lines: withDoubt(sight('30A-339.18').lines) }]);
    await list('deny', '30A-339.16');
    await look(DOUBTFUL, 0);
    const { followUps } = await finish(1);
    expect((await passage())?.hits).toEqual([expect.objectContaining({ list: 'deny', match: 'possible' })]);
    expect(followUps[0]?.payload).toMatchObject({
      severity: 'warning',
      summary: expect.stringMatching(/^possible match/) as string,
    });
  });

  it('neither jobs, events, pictures nor outcomes hold the plate', async () => {
    await list('deny', '30A-339.18');
    const outcomes = [await look(CLEAR, 0)];
    const { followUps, ended } = await finish(1);
    const now = await passage();
    const told = JSON.stringify([outcomes, ended, followUps, await events(), now?.crop, now?.scene]);
    expect(followUps).toHaveLength(1);
    expect(told).not.toMatch(/30A|339/);
    expect(followUps[0]?.payload).toMatchObject({
      snapshot: now?.scene,
      eventId: `plate-${ID}`,
    });
  });

  it.each<[what: string, plates: object, alertUnknown: boolean, pattern: string, alarms: string[]]>([
    ['the camera asks for it', { alertUnknown: true }, false, '99X*', ['plate-unknown']],
    ['a list it names asks for it', { lists: ['home'] }, true, '99X*', ['plate-unknown']],
    ['a list it does not name asks for it', {}, true, '99X*', []],
    ['it is known', { alertUnknown: true }, false, '30A*', []],
    ['nobody asks', {}, false, '99X*', []],
  ])('an unknown vehicle: %s', async (_what, plates, alertUnknown, pattern, alarms) => {
    await world.close();
    world = await openPlateWorld(plates);
    fill(world);
    await list('allow', pattern, 'home', alertUnknown);
    await look(CLEAR, 0);
    const { followUps } = await finish(1);
    expect(followUps.map(({ payload }) => (payload as { kind: string }).kind)).toEqual(alarms);
  });

  it('a vehicle that is read better under another track is told of then, also after a crash in between', async () => {
    await list('deny', '30A-339.18');
    world.seen.set(20, [sight('30A-339.14', { sharpness: 0.3, charHeightPx: 16 }, 0.55)]);
    await look(20, 0);
    expect((await finish(1)).followUps).toEqual([]);
    expect((await passage())?.reading.verdict).toBe('needs-review');
    const again = { trackId: 8, bornAt: AT + 5000 };
    await look(CLEAR, 0, again);
    const dies = run(finishOf(1, again), {
      onEnqueue: () => {
        throw new Error('killed');
      },
    });
    await expect(dies.outcome).rejects.toThrow('killed');
    const { followUps } = await finish(1, again);
    expect((await passage(`gate-8-${AT + 5000}`))?.state).toBe('merged');
    expect(followUps.map(({ payload }) => payload)).toEqual([
      expect.objectContaining({ kind: 'plate-deny', eventId: `plate-${ID}` }),
    ]);
  });

  it('a list that was changed counts at once', async () => {
    await look(CLEAR, 0);
    await finish(1);
    await list('deny', '51F*');
    await look(OTHER, 0, { trackId: 8 });
    expect((await finish(1, { trackId: 8 })).followUps).toHaveLength(1);
  });

  it('a camera checks only the lists it names', async () => {
    await world.close();
    world = await openPlateWorld({ lists: ['mine'] });
    fill(world);
    await list('deny', '30A*', 'others');
    await look(CLEAR, 0);
    expect((await finish(1)).followUps).toEqual([]);
    expect((await passage())?.hits).toEqual([]);
  });
});

/** The last character: likely an 8, perhaps a 6. */
function withDoubt(lines: ReturnType<typeof sight>['lines']): ReturnType<typeof sight>['lines'] {
  return lines.map((line) =>
    line.map((char, i) =>
      i === line.length - 1
        ? {
            options: [
              { char: '8', p: 0.55 },
              { char: '6', p: 0.42 },
            ],
          }
        : char,
    ),
  );
}

test('killed before any write, and tried again, it ends as if nothing had happened', async () => {
  await list('deny', '30A*');
  const jobs = async (): Promise<Payload[]> => [
    await pinnedLook(world, BLURRED, 0),
    await pinnedLook(world, CLEAR, 250),
    finishOf(2),
  ];
  const state = async () => ({
    passage: await passage(),
    reads: await world.ports.passages.reads(ID),
    events: await events(),
  });
  const alerts = new Map<string, unknown>();
  const collect = (followUps: readonly { id: string; payload: unknown }[]): void =>
    followUps.forEach(({ id, payload }) => alerts.set(id, payload));
  for (const job of await jobs()) {
    const { ctx, outcome } = run(job);
    await outcome;
    collect(ctx.followUps);
  }
  const wanted = await state();
  const wantedAlerts = [...alerts];
  expect(wantedAlerts).toHaveLength(1);

  for (let dies = 1, crashed = true; crashed; dies++) {
    await world.close();
    world = await openPlateWorld();
    fill(world);
    await list('deny', '30A*');
    alerts.clear();
    crashed = false;
    let writes = 0;
    const mayDie = (): void => {
      writes += 1;
      if (writes !== dies) return;
      crashed = true;
      throw new Error('killed');
    };
    for (const job of await jobs()) {
      for (let attempt = 0; attempt < 2; attempt++) {
        const { ctx, outcome } = run(job, { onEnqueue: mayDie }, mortal(world.ports, mayDie));
        const ended = await outcome.catch((error: Error) => error.message);
        collect(ctx.followUps);
        if (ended !== 'killed') break;
      }
    }
    expect(await state()).toEqual(wanted);
    expect([...alerts]).toEqual(wantedAlerts);
  }
});

/** Ports that may die just before each write. */
function mortal(ports: PlatePorts, mayDie: () => void): PlatePorts {
  const { passages, events: store, snapshots, pins } = ports;
  return {
    ...ports,
    passages: mortalPassages(passages, mayDie),
    events: { ...store, add: async (all) => (mayDie(), store.add(all)) },
    snapshots: { ...snapshots, put: async (key, bytes) => (mayDie(), snapshots.put(key, bytes)) },
    pins: { ...pins, remove: async (key) => (mayDie(), pins.remove(key)) },
  };
}

function mortalPassages(passages: PlatePorts['passages'], mayDie: () => void): PlatePorts['passages'] {
  return {
    ...passages,
    addRead: async (read) => (mayDie(), passages.addRead(read)),
    put: async (one) => (mayDie(), passages.put(one)),
    exclusively: (camera, work) =>
      passages.exclusively(camera, (inner) => work(mortalPassages(inner, mayDie))),
  };
}

describe('a whole picture', () => {
  const KEY = 'uploads/2026-11-21/0123456789abcdef';
  const upload = async (mark: number): Promise<void> => {
    const raw = { width: 64, height: 64, channels: 3 } as const;
    const png = await sharp(Buffer.alloc(64 * 64 * 3, mark), { raw })
      .png()
      .toBuffer();
    await world.ports.snapshots.put(KEY, png);
  };
  const read = () => run({ picture: KEY }, { jobId: 'job-1' });
  const found = async () => (await world.ports.passages.search({ jobId: 'job-1', limit: 10 })).passages;

  it('each plate is a passage of the job, final at once; again is the same', async () => {
    world.seen.set(50, [sight('30A-339.18'), sight(['29-B1', '256.62'])]);
    await upload(50);
    await list('deny', '30A*');
    for (let i = 0; i < 2; i++) {
      const { ctx, outcome } = read();
      expect(await outcome).toEqual({ outcome: 'done', result: { passages: 2, accepted: 2 } });
      // There is no camera to tell of.
      expect([ctx.followUps, await events()]).toEqual([[], []]);
    }
    const passages = await found();
    expect(passages.map(({ reading }) => reading.key).sort()).toEqual(['29B125662', '30A33918']);
    expect(passages.find(({ reading }) => reading.key === '30A33918')?.hits).toHaveLength(1);
    for (const { crop, scene } of passages) {
      expect(await world.ports.snapshots.get(crop!)).toBeDefined();
      expect(await world.ports.snapshots.get(scene!)).toBeDefined();
      expect(await world.ports.passages.reads(passages[0]!.id)).toHaveLength(1);
    }
  });

  it('without a plate: done, nothing found', async () => {
    await upload(60);
    expect(await read().outcome).toEqual({ outcome: 'done', result: { passages: 0 } });
  });

  it('that is not there: skipped, with what to do', async () => {
    expect(await read().outcome).toMatchObject({
      outcome: 'skipped',
      why: expect.stringMatching(/upload it again/) as string,
    });
  });

  it('that is damaged: never tried again, with the reason', async () => {
    await upload(50);
    const whole = (await world.ports.snapshots.get(KEY))!;
    await world.ports.snapshots.put(KEY, whole.subarray(0, whole.length / 2));
    await expect(read().outcome).rejects.toThrow(PermanentError);
    await expect(read().outcome).rejects.toThrow(/damaged or cut off/);
  });

  it('the newest of a camera', async () => {
    expect(await run({ camera: 'gate' }).outcome).toEqual({
      outcome: 'skipped',
      why: 'camera gate has no picture now',
    });
    await world.ports.frames.putLatest('gate', { at: AT, frame: 1, picture: picture(CLEAR) });
    await run({ camera: 'gate' }, { jobId: 'job-1' }).outcome;
    expect(await found()).toEqual([expect.objectContaining({ cameraId: 'gate', at: AT })]);
  });
});
