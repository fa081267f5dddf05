import fc from 'fast-check';
import { Severity } from '../../../src/domain/alerting/config.js';
import { onBothDatabases } from '../../support/databases.js';
import { clear, deliveriesOf } from '../../support/deliveries.js';
import { type Act, LANES, MOST_PER_HOUR, type Outcome, OUTCOMES, Play } from '../../support/delivery-play.js';

const HOUR = 3_600_000;
const ENDS = ['notification.sent', 'notification.failed', 'notification.skipped', 'notification.replaced'];

const lane = fc.nat({ max: LANES.length - 1 });
const incident = fc.nat({ max: 11 });
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('tell' as const),
      lane,
      incident,
      severity: fc.constantFrom(...Severity.options),
      isEnd: fc.boolean(),
      hasOther: fc.boolean(),
    }),
  },
  {
    weight: 9,
    arbitrary: fc.record({
      do: fc.constant('work' as const),
      lane,
      owner: fc.nat({ max: 2 }),
      outcome: fc.constantFrom(...(Object.keys(OUTCOMES) as Outcome[])),
      isSlow: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'settle late' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('react' as const), incident }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      ms: fc.constantFrom(10, 1100, 5000, 25_000, 61_000, 310_000, 1_000_000, HOUR),
    }),
  },
);

onBothDatabases('any play of jobs, providers, people and time', ({ shared }) => {
  it('ends each delivery once, in order, within the cap, and sends nothing after a reaction', async () => {
    const database = await shared();
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 30, maxLength: 70, size: 'max' }), async (acts) => {
        await clear(database);
        const play = new Play(database);
        for (const one of acts) await play.act(one);
        await play.finish();

        const { store, trail } = deliveriesOf(database);
        const all = await store.list({ limit: 1000 });
        const ends = (await trail('notification.')).filter(
          ({ action, detail }) => ENDS.includes(action) && detail.isCopy !== true,
        );
        for (const { id, state, otherChannels, incidentId, occasion, recipient } of all) {
          expect(['sent', 'failed', 'skipped', 'replaced']).toContain(state);
          expect([id, ends.filter(({ detail }) => detail.delivery === id).length]).toEqual([id, 1]);
          const accepted = play.accepted().some((one) => one.deliveries.some((sent) => sent.id === id));
          if (state === 'sent') expect([id, accepted]).toEqual([id, true]);
          // What its channel did not deliver, the next one took.
          if (['failed', 'replaced'].includes(state) && otherChannels.length > 0)
            expect(await store.get(`${incidentId}+${occasion}+${recipient}+sms`)).toBeDefined();
        }
        for (const [index] of LANES.entries()) {
          const firsts = play.accepted().filter((one) => one.lane === index && !one.repeated);
          for (const { at } of firsts)
            expect(firsts.filter((one) => one.at > at - HOUR && one.at <= at).length).toBeLessThanOrEqual(
              MOST_PER_HOUR,
            );
        }
      }),
      { numRuns: database.dialect === 'sqlite' ? 12 : 6 },
    );
  });
});
