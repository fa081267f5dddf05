import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { addCounts, countsOf, NO_FRAMES, type FrameCounts, type RingEntry } from '../../src/domain/frame.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import { createRedisCameraStates } from '../../src/io/redis/camera-states.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import { createRedisFrameRing } from '../../src/io/redis/frame-ring.js';
import type { CameraStates, Checkpoint, FrameRing } from '../../src/ports.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';

/**
 * A camera's road with everything that goes wrong on it: entries that the sampler could not store, rings that
 * overflow or are lost, samplers that begin a new pass, workers killed before their commit or their trim, and
 * workers that wake up with an old epoch. Whatever happens, every frame up to the cursor is counted once.
 */
type Frame = 'gated' | 'plain' | 'pictured' | 'not stored';
type Outcome = 'analysed' | 'failed' | 'dropped';
type Fate = 'lives' | 'dies before its commit' | 'dies before its trim' | 'is overtaken';
type Step =
  | { readonly do: 'sample'; readonly frames: readonly Frame[] }
  | { readonly do: 'restart sampler'; readonly ends: boolean }
  | { readonly do: 'lose ring' }
  | { readonly do: 'work'; readonly outcomes: readonly Outcome[]; readonly fate: Fate };

const frame = fc.constantFrom<Frame>('gated', 'gated', 'plain', 'pictured', 'pictured', 'not stored');
const outcome = fc.constantFrom<Outcome>('analysed', 'analysed', 'failed', 'dropped');
const fate = fc.constantFrom<Fate>(
  'lives',
  'lives',
  'dies before its commit',
  'dies before its trim',
  'is overtaken',
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('sample'),
      frames: fc.array(frame, { minLength: 1, maxLength: 25 }),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('work'),
      outcomes: fc.array(outcome, { minLength: 1, maxLength: 12 }),
      fate,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart sampler'), ends: fc.boolean() }) },
  { weight: 1, arbitrary: fc.constant({ do: 'lose ring' }) },
);
const steps = fc.array(step, { maxLength: 30 });

interface World {
  readonly states: CameraStates;
  ring(): FrameRing;
  loseRing(camera: string): Promise<void>;
}

const START = Date.UTC(2026, 10, 21, 23, 59);

/** What really happened to the frames of one camera, kept beside the counting that is tested. */
class Ledger {
  private readonly sampled = new Map<number, Frame[]>();
  private readonly reached = new Map<number, number>();
  private readonly ended = { analysed: 0, failed: 0, dropped: 0 };

  sample(pass: number, frame: Frame): void {
    this.sampled.set(pass, [...(this.sampled.get(pass) ?? []), frame]);
  }

  commit({ pass, seq, kind }: RingEntry, outcome: Outcome): void {
    this.reached.set(pass, seq);
    if (kind !== 'end') this.ended[outcome]++;
  }

  /** Every frame up to where the analysis came in each pass, by how it ended. */
  counts(): FrameCounts {
    const covered = [...this.reached].flatMap(([pass, seq]) => (this.sampled.get(pass) ?? []).slice(0, seq));
    const gated = covered.filter((frame) => frame === 'gated').length;
    const { analysed, failed } = this.ended;
    return {
      captured: covered.length,
      gated,
      analysed,
      failed,
      dropped: covered.length - gated - analysed - failed,
    };
  }
}

async function run(world: World, script: readonly Step[]): Promise<void> {
  const camera = `gate-${randomUUID()}`;
  const { states } = world;
  const ledger = new Ledger();
  let position = { pass: await states.nextPass(camera), seq: 0, gated: 0, at: START };
  let held: { version: number; checkpoint: Checkpoint } | undefined;

  const sample = async (kind: Frame): Promise<void> => {
    const { pass, seq, gated, at } = position;
    position = { pass, seq: seq + 1, gated: gated + (kind === 'gated' ? 1 : 0), at: at + 20_000 };
    ledger.sample(pass, kind);
    if (kind === 'plain' || kind === 'pictured') await world.ring().append(entryAt(camera, position, kind));
  };
  const end = (): Promise<number> =>
    world.ring().append(entryAt(camera, { ...position, seq: position.seq + 1 }, 'end'));
  const work = async ({ outcomes, fate }: Extract<Step, { do: 'work' }>): Promise<number> => {
    const { epoch, version, checkpoint } = await states.begin(camera, held?.version);
    const known = held?.version === version ? held.checkpoint : checkpoint;
    let { cursor, counts } = known ?? { counts: NO_FRAMES };
    const rest = { scene: known?.scene ?? newScene() };
    const entries = await world.ring().readAfter(camera, cursor, outcomes.length);
    for (const [i, entry] of entries.entries()) {
      const { pass, seq, gated, frame, at } = entry;
      const outcome = outcomes[i] ?? 'analysed';
      const counted = countsOf(cursor, entry, outcome);
      [cursor, counts] = [{ pass, seq, gated, frame, at }, addCounts(counts, counted)];
      if (fate === 'dies before its commit') return entries.length;
      if (fate === 'is overtaken') await states.begin(camera);
      const committed = await states.commit(camera, epoch, { ...rest, cursor, counts }, counted);
      expect(committed === undefined).toBe(fate === 'is overtaken');
      if (committed === undefined) return entries.length;
      ledger.commit(entry, outcome);
      held = { version: committed, checkpoint: { ...rest, cursor, counts } };
    }
    if (cursor && fate !== 'dies before its trim') await world.ring().trim(camera, cursor);
    return entries.length;
  };

  for (const step of script) {
    if (step.do === 'sample') for (const kind of step.frames) await sample(kind);
    if (step.do === 'lose ring') await world.loseRing(camera);
    if (step.do === 'work') await work(step);
    if (step.do === 'restart sampler') {
      if (step.ends) await end();
      position = { ...position, pass: await states.nextPass(camera), seq: 0, gated: 0 };
    }
    await expectExact(states, camera, ledger);
  }
  // A last entry and a worker that lives: the whole last pass is accounted for.
  await end();
  while ((await work({ do: 'work', outcomes: Array<Outcome>(12).fill('analysed'), fate: 'lives' })) > 0);
  await expectExact(states, camera, ledger);
  expect((await states.read(camera))?.cursor).toMatchObject({ pass: position.pass, seq: position.seq + 1 });
  expect(await world.ring().length(camera)).toBe(0);
}

async function expectExact(states: CameraStates, camera: string, ledger: Ledger): Promise<void> {
  const counts = (await states.read(camera))?.counts ?? NO_FRAMES;
  const { captured, analysed, gated, dropped, failed } = counts;
  expect(captured).toBe(analysed + gated + dropped + failed);
  expect(counts).toEqual(ledger.counts());
  const hours = await states.hours(camera, START, START + 30 * 24 * 3_600_000);
  expect(hours.reduce((sum, hour) => addCounts(sum, hour.counts), NO_FRAMES)).toEqual(counts);
}

type Position = Pick<RingEntry, 'pass' | 'seq' | 'gated' | 'at'>;

function entryAt(cameraId: string, position: Position, kind: 'plain' | 'pictured' | 'end'): RingEntry {
  const bare = { cameraId, ...position, frame: position.seq, sampledAt: position.at, regions: [] };
  if (kind === 'end') return { ...bare, kind };
  const picture = { width: 2, height: 2, format: 'i420', data: Buffer.alloc(6) } as const;
  return kind === 'plain' ? { ...bare, kind: 'moved' } : { ...bare, kind: 'moved', picture };
}

/** What the tracker keeps is none of the accounting's business. */
function newScene(): Checkpoint['scene'] {
  return { lastTrackId: 0 } as unknown as Checkpoint['scene'];
}

describe('frame accounting', () => {
  it('is exact in memory', async () => {
    const property = fc.asyncProperty(steps, async (script) => {
      let ring = createMemoryFrameRing({ ringBytes: 1 });
      const loseRing = async (): Promise<void> => {
        ring = createMemoryFrameRing({ ringBytes: 1 });
      };
      await run({ states: createMemoryCameraStates(), ring: () => ring, loseRing }, script);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  describe('in Redis', () => {
    let server: TestRedis;
    beforeAll(async () => {
      server = await startTestRedis();
    });
    afterAll(() => server.stop());

    it('is exact', async () => {
      const redis = connectRedis(server.address, 'jobs');
      await untilReady(redis, 'jobs', 5000);
      const states = createRedisCameraStates(redis, 'test');
      const ring = createRedisFrameRing(redis, { prefix: 'test', ringBytes: 1 });
      const loseRing = async (camera: string): Promise<void> => {
        await redis.del(`test:{${camera}}:ring`, `test:{${camera}}:pictures`);
      };
      const property = fc.asyncProperty(steps, (script) =>
        run({ states, ring: () => ring, loseRing }, script),
      );
      await fc.assert(property, { numRuns: 30 });
      redis.disconnect();
    });
  });
});
