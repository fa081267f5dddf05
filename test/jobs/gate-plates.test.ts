import type { z } from 'zod';
import { handle } from '../../jobs/license-plate/handler.js';
import { licensePlate } from '../../jobs/license-plate/job.js';
import { unitBox } from '../../src/domain/geometry.js';
import type { Passage } from '../../src/domain/plates/passage.js';
import { visitId } from '../../src/domain/plates/passage-id.js';
import { NotReadyError } from '../../src/errors.js';
import { pinnedGlance, visitEnd } from '../support/gate-world.js';
import { runJob, testContext, type FollowUp } from '../support/job-context.js';
import {
  AT,
  finishOf,
  openPlateWorld,
  pinnedLook,
  sight,
  type PlatePorts,
  type PlateWorld,
} from '../support/plate-world.js';

type Payload = z.input<(typeof licensePlate)['payload']>;

/** What the reader sees in a picture with this number. */
const MARK = {
  A: 1,
  A_POOR: 2,
  A_CUT: 3,
  B: 4,
  BOTH: 5,
  NOTHING: 6,
  SIGN: 7,
  NEXT: 8,
  FAINT: 9,
  AT_EDGE: 10,
  PIECE: 11,
};
const beside = (x: number) => ({
  corners: [
    { x, y: 0.6 },
    { x: x + 0.2, y: 0.6 },
    { x: x + 0.2, y: 0.7 },
    { x, y: 0.7 },
  ] as ReturnType<typeof sight>['corners'],
});

let world: PlateWorld;
const begin = async (plates: object = { view: 'gate' }): Promise<void> => {
  world = await openPlateWorld(plates);
  const { seen } = world;
  seen.set(MARK.A, [sight(['59-V1', '074.73'])]);
  // A digit wrong, and it knows that it is unsure.
  seen.set(MARK.A_POOR, [sight(['59-V1', '074.75'], { sharpness: 0.3, charHeightPx: 16 }, 0.6)]);
  seen.set(MARK.A_CUT, [sight('074.73', {}, 0.8)]);
  seen.set(MARK.B, [sight('51G-394.66')]);
  seen.set(MARK.BOTH, [sight(['59-V1', '074.73'], beside(0.1)), sight('51G-394.66', beside(0.6))]);
  seen.set(MARK.SIGN, [sight('0912 345 678', { ground: 'unknown', plausibility: 0.1 })]);
  // Its last digit is outside: a whole plate of an older form, so it seems.
  seen.set(MARK.AT_EDGE, [sight(['86-B1', '3744'], beside(0.79))]);
  seen.set(MARK.PIECE, [sight('367D48BE')]);
  // The number after A's.
  seen.set(MARK.NEXT, [sight(['59-V1', '074.74'])]);
  seen.set(MARK.FAINT, [sight(['59-V1', '074.73'], { sharpness: 0.3, charHeightPx: 16 }, 0.6)]);
};
beforeEach(() => begin());
afterEach(() => world.close());

const run = (
  payload: Payload,
  ports: PlatePorts = world.ports,
  options: Parameters<typeof testContext>[1] = {},
) => {
  const ctx = testContext(ports, { now: () => AT + 1000, ...options });
  return { ctx, outcome: runJob(licensePlate, handle, payload, ctx) };
};
const look = async (mark: number, afterMs: number, about = {}) => {
  const { ctx, outcome } = run(await pinnedGlance(world, mark, afterMs, about));
  return { ended: await outcome, jobs: ctx.followUps };
};
const end = (looks: number, afterMs: number, about = {}) => run(visitEnd(looks, afterMs, about)).outcome;
const passages = async (): Promise<Passage[]> =>
  (await world.ports.passages.search({ limit: 50 })).passages.sort((a, b) => a.firstAt - b.firstAt);
/** What is not rejected. */
const keys = async () =>
  (await passages()).flatMap(({ reading }) => (reading.verdict === 'rejected' ? [] : [reading.key]));
const events = () => world.ports.events.list({ type: 'plate', limit: 100 });

describe('a visit', () => {
  it('one plate, final as soon as enough looks agree: text, pictures, event', async () => {
    const { ended } = await look(MARK.A, 0);
    expect(ended).toMatchObject({ outcome: 'done', result: { plates: 1 } });
    await look(MARK.NOTHING, 250);
    await look(MARK.A, 500);
    const [one] = await passages();
    expect(one).toMatchObject({
      ...{ cameraId: 'gate', state: 'final', firstAt: AT, lastAt: AT + 500 },
      reading: { key: '59V107473', verdict: 'accepted' },
    });
    expect(one!.trackId).toBeUndefined();
    expect(one!.id).toBe(`${visitId('gate', AT)}-${AT}-1`);
    for (const key of [one!.crop!, one!.scene!]) {
      expect(key).not.toMatch(/59V1|07473/i);
      expect(await world.ports.snapshots.get(key)).toBeDefined();
    }
    expect(await world.ports.passages.reads(one!.id)).toHaveLength(2);
    expect(await events()).toEqual([expect.objectContaining({ id: `plate-${one!.id}`, passageId: one!.id })]);
  });

  it.each<[what: string, marks: number[], wanted: string[]]>([
    ['two, one after another, without a pause', [MARK.A, MARK.A, MARK.B, MARK.B], ['59V107473', '51G39466']],
    ['two beside each other', [MARK.BOTH, MARK.BOTH], ['51G39466', '59V107473']],
    ['the number after it, both clear', [MARK.A, MARK.A, MARK.NEXT, MARK.NEXT], ['59V107473', '59V107474']],
    ['poor looks before the good ones', [MARK.A_POOR, MARK.A_POOR, MARK.A, MARK.A], ['59V107473']],
    ['poor looks after the good ones', [MARK.A, MARK.A, MARK.A_POOR], ['59V107473']],
    ['cut off while it comes in', [MARK.A_CUT, MARK.A, MARK.A], ['59V107473']],
    ['one clear look, and a poor one', [MARK.A, MARK.FAINT], ['59V107473']],
    ['a sign is none', [MARK.SIGN, MARK.A, MARK.A, MARK.SIGN], ['59V107473']],
    ['cut off by the edge', [MARK.AT_EDGE, MARK.A, MARK.A, MARK.AT_EDGE], ['59V107473']],
    ['a piece of something, seen once', [MARK.A, MARK.PIECE, MARK.A], ['59V107473']],
    ['something unknown, alone', [MARK.PIECE, MARK.NOTHING], ['367D48BE']],
    ['nothing', [MARK.NOTHING, MARK.NOTHING], []],
  ])('%s', async (_what, marks, wanted) => {
    for (const [i, mark] of marks.entries()) await look(mark, i * 500);
    await end(marks.length, 10_000);
    expect((await keys()).sort()).toEqual([...wanted].sort());
    expect(await events()).toHaveLength(wanted.length);
    expect((await passages()).every(({ state }) => state === 'final')).toBe(true);
  });

  it('the end waits for looks that are under way, but not for ever', async () => {
    await look(MARK.A, 0);
    await expect(end(2, 5000)).rejects.toThrow(NotReadyError);
    expect(await keys()).toEqual([]);
    await end(2, 5000, { until: AT });
    expect(await keys()).toEqual(['59V107473']);
  });

  it('in a queue of vehicles that never rests, what has left is final', async () => {
    await look(MARK.FAINT, 0);
    const later = await look(MARK.B, 20_000);
    const [job] = later.jobs;
    expect(job).toMatchObject({ payload: { kind: 'visit-end', why: 'left' } });
    await run(job!.payload as Payload).outcome;
    expect(await keys()).toEqual(['59V107473']);
  });

  it('a look whose picture has gone is skipped, and nobody waits for it', async () => {
    const payload = await pinnedGlance(world, MARK.A, 0);
    await world.ports.pins.remove((payload as { pin: string }).pin);
    expect(await run(payload).outcome).toEqual({ outcome: 'skipped', why: 'frame expired' });
    expect(await end(1, 5000)).toMatchObject({ outcome: 'done' });
  });
});

describe('a plate that stays', () => {
  it('for an hour is one passage, and little is kept of it', async () => {
    for (let at = 0; at <= 3_600_000; at += at < 1000 ? 500 : 50_000)
      await look(MARK.A, at, { bornAt: AT + Math.floor(at / 300_000) * 300_000 });
    const all = await passages();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ firstAt: AT, state: 'final' });
    expect(all[0]!.lastAt).toBeGreaterThan(AT + 3_500_000);
    expect((await world.ports.passages.reads(all[0]!.id)).length).toBeLessThan(5);
    expect(await events()).toHaveLength(1);
  });

  it('after it was away for longer than the window, it is another one', async () => {
    for (const at of [0, 500, 200_000, 200_500]) await look(MARK.A, at);
    expect(await keys()).toEqual(['59V107473', '59V107473']);
  });

  it('unsure: later, clearer looks make the same passage sure', async () => {
    await look(MARK.A_POOR, 0);
    await end(1, 5000);
    expect((await passages())[0]).toMatchObject({ reading: { verdict: 'needs-review' } });
    for (const at of [30_000, 31_000]) await look(MARK.A, at, { bornAt: AT + 30_000 });
    await end(2, 36_000, { bornAt: AT + 30_000 });
    expect(await passages()).toEqual([
      expect.objectContaining({
        firstAt: AT,
        reading: expect.objectContaining({ key: '59V107473', verdict: 'accepted' }) as object,
      }),
    ]);
  });
});

describe('never twice', () => {
  it('a plate on a vehicle that is looked at by itself is left to those looks', async () => {
    await look(MARK.BOTH, 0, { vehicles: [unitBox(0.5, 0.3, 0.5, 0.6)] });
    await look(MARK.BOTH, 500, { vehicles: [unitBox(0.5, 0.3, 0.5, 0.6)] });
    await end(2, 5000);
    expect(await keys()).toEqual(['59V107473']);
  });

  it.each(['followed first', 'seen first'])(
    'a vehicle that is followed only for a part of the time: %s',
    async (what) => {
      const followed = async (): Promise<void> => {
        world.seen.set(20, [sight('51G-394.66')]);
        for (const at of [0, 250]) await run(await pinnedLook(world, 20, at)).outcome;
        await run(finishOf(2)).outcome;
      };
      if (what === 'followed first') await followed();
      await look(MARK.B, 2000);
      await look(MARK.B, 2500);
      if (what === 'seen first') await followed();
      await end(2, 9000);
      expect(await keys()).toEqual(['51G39466']);
      expect(await events()).toHaveLength(1);
    },
  );

  it('at once in several workers, in any order: one passage each, no look lost', async () => {
    const marks = [MARK.A, MARK.BOTH, MARK.FAINT, MARK.A, MARK.B, MARK.BOTH];
    const jobs = await Promise.all(marks.map((mark, i) => pinnedGlance(world, mark, i * 300)));
    await Promise.all([...jobs].reverse().flatMap((job) => [run(job).outcome, run(job).outcome]));
    await Promise.all([end(6, 9000), end(6, 9000)]);
    expect((await keys()).sort()).toEqual(['51G39466', '59V107473']);
    expect(await events()).toHaveLength(2);
    expect(await world.ports.passages.reads(visitId('gate', AT))).toHaveLength(6);
  });

  it('killed before any write, and tried again, it ends as if nothing had happened', async () => {
    const jobs = async (): Promise<Payload[]> => [
      await pinnedGlance(world, MARK.FAINT, 0),
      await pinnedGlance(world, MARK.BOTH, 500),
      await pinnedGlance(world, MARK.A, 1000),
      await pinnedGlance(world, MARK.B, 20_000),
      // Seen once: the end of the visit makes it final.
      await pinnedGlance(world, MARK.NEXT, 21_000),
      visitEnd(5, 30_000),
    ];
    const state = async () => ({
      passages: await passages(),
      reads: await Promise.all((await passages()).map(({ id }) => world.ports.passages.reads(id))),
      looks: await world.ports.passages.reads(visitId('gate', AT)),
      events: await events(),
    });
    const alerts = new Map<string, unknown>();
    const collect = (jobs: readonly FollowUp[]): void =>
      jobs.filter(({ queue }) => queue === 'alert').forEach(({ id, payload }) => alerts.set(id, payload));
    const deny = async (): Promise<void> => {
      await world.ports.plateLists.putList({ id: 'deny', kind: 'deny', alertUnknown: false });
      const entry = { list: 'deny', pattern: '59V1*', key: '59V1*', createdAt: 1, createdBy: 'test' };
      await world.ports.plateLists.addEntries([entry]);
    };
    await deny();
    for (const job of await jobs()) {
      const { ctx, outcome } = run(job);
      await outcome;
      collect(ctx.followUps);
    }
    const wanted = await state();
    const wantedAlerts = [...alerts.keys()];
    expect([wanted.passages.length, wantedAlerts.length]).toEqual([3, 2]);
    for (let dies = 1, crashed = true; crashed; dies++) {
      await world.close();
      await begin();
      await deny();
      alerts.clear();
      crashed = false;
      let writes = 0;
      const mayDie = (): void => {
        if (++writes !== dies) return;
        crashed = true;
        throw new Error('killed');
      };
      for (const job of await jobs()) {
        for (let attempt = 0; attempt < 2; attempt++) {
          const { ctx, outcome } = run(job, mortal(world.ports, mayDie), { onEnqueue: mayDie });
          const ended = await outcome.catch((error: Error) => error.message);
          collect(ctx.followUps);
          if (ended !== 'killed') break;
        }
      }
      expect(await state()).toEqual(wanted);
      expect([...alerts.keys()]).toEqual(wantedAlerts);
    }
    // A new database for each place where it may die.
  });
});

/** Ports that may die just before each write, and just after a transaction. */
function mortal(ports: PlatePorts, mayDie: () => void): PlatePorts {
  const { passages, events: store, snapshots, pins } = ports;
  const dying = (inner: PlatePorts['passages']): PlatePorts['passages'] => ({
    ...inner,
    addRead: async (read) => (mayDie(), inner.addRead(read)),
    put: async (one) => (mayDie(), inner.put(one)),
    exclusively: async (camera, work) => {
      const result = await inner.exclusively(camera, (bound) => work(dying(bound)));
      mayDie();
      return result;
    },
  });
  return {
    ...ports,
    passages: dying(passages),
    events: { ...store, add: async (all) => (mayDie(), store.add(all)) },
    snapshots: { ...snapshots, put: async (key, bytes) => (mayDie(), snapshots.put(key, bytes)) },
    pins: { ...pins, remove: async (key) => (mayDie(), pins.remove(key)) },
  };
}

it('only plates in the zones that the camera names', async () => {
  await world.close();
  await begin({ view: 'gate' });
  const zone = (id: string, x: number, kind: 'count' | 'ignore') => ({
    ...{
      id,
      kind,
      polygon: [
        [x, 0.3],
        [x + 0.4, 0.3],
        [x + 0.4, 0.9],
        [x, 0.9],
      ],
    },
  });
  const { cameras } = world.ports;
  const [gate] = cameras.all();
  for (const zones of [[zone('left', 0, 'count')], [zone('right', 0.5, 'ignore')]]) {
    const plates = { ...gate!.plates!, zones: zones[0]!.kind === 'count' ? ['left'] : [] };
    const changed = { ...gate!, zones, plates } as unknown as NonNullable<typeof gate>;
    const ports = { ...world.ports, cameras: { ...cameras, all: () => [changed] } };
    await run(await pinnedGlance(world, MARK.BOTH, 0), ports).outcome;
    await run(visitEnd(1, 5000), ports).outcome;
    expect(await keys()).toEqual(['59V107473']);
  }
});
