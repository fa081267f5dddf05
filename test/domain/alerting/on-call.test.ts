import fc from 'fast-check';
import { OnCall } from '../../../src/domain/alerting/config.js';
import { onDuty, turnAt } from '../../../src/domain/alerting/on-call.js';
import { dayOf, localTimeOf } from '../../../src/domain/local-time.js';

const SITE = 'Asia/Ho_Chi_Minh';
const list = (more: object = {}) =>
  OnCall.parse({ id: 'night', start: '2026-11-02', who: ['an', 'binh', 'chi'], ...more });
const at = (local: string): number => Date.parse(`${local}+07:00`);

it.each([
  ['2026-11-02T06:59', 'chi'],
  ['2026-11-02T07:00', 'an'],
  ['2026-11-09T06:59', 'an'],
  ['2026-11-09T07:00', 'binh'],
  ['2026-11-16T12:00', 'chi'],
  ['2026-11-23T12:00', 'an'],
  // Before the first turn as after the last: somebody is on duty.
  ['2026-10-26T12:00', 'chi'],
  ['2026-10-12T12:00', 'an'],
])('at %s it is the turn of %s', (local, who) => {
  expect(onDuty(list(), at(local), SITE)).toEqual([who]);
});

it('turns change by the clock of the list, not of the site', () => {
  const paris = list({ timeZone: 'Europe/Paris' });
  expect(onDuty(paris, Date.parse('2026-11-09T06:59+01:00'), SITE)).toEqual(['an']);
  expect(onDuty(paris, Date.parse('2026-11-09T07:00+01:00'), SITE)).toEqual(['binh']);
});

it.each([
  // Forward at 02:00, back at 03:00: the hour that is left out, and the one that comes twice.
  ['2026-03-29', '2026-03-29T00:59:59Z', '2026-03-29T01:00:00Z'],
  ['2026-10-25', '2026-10-25T00:29:59Z', '2026-10-25T00:30:00Z'],
])('a handover at 02:30 on %s happens once', (start, before, after) => {
  const list = OnCall.parse({ id: 'a', start, handover: '02:30', everyDays: 1, who: ['an', 'binh'] });
  const zoned = { ...list, timeZone: 'Europe/Paris' };
  expect(turnAt(zoned, Date.parse(before), SITE).number).toBe(-1);
  for (const laterMs of [0, 1_800_000, 3_600_000, 7_200_000, 80_000_000])
    expect(turnAt(zoned, Date.parse(after) + laterMs, SITE).number).toBe(0);
});

it('nobody is on duty outside the hours, except who stands in', () => {
  const night = list({
    hours: 'mon-fri 19:00-06:00',
    overrides: [
      { from: '2026-11-10T00:00:00+07:00', to: '2026-11-11T00:00:00+07:00', who: ['chi'] },
      { from: '2026-11-10T12:00:00+07:00', to: '2026-11-10T13:00:00+07:00', who: ['an', 'chi'] },
    ],
  });
  const told = ['11-09T12:00', '11-09T20:00', '11-10T11:59', '11-10T12:00', '11-10T13:00', '11-11T00:00'];
  expect(told.map((local) => onDuty(night, at(`2026-${local}`), SITE))).toEqual([
    [],
    ['binh'],
    ['chi'],
    ['an', 'chi'],
    ['chi'],
    ['binh'],
  ]);
});

const zones = ['Asia/Ho_Chi_Minh', 'Europe/Paris', 'America/St_Johns', 'Australia/Lord_Howe', 'Pacific/Apia'];
const lists = fc.record({
  timeZone: fc.constantFrom(...zones),
  handover: fc.constantFrom('00:00', '00:01', '02:30', '07:00', '23:45'),
  everyDays: fc.integer({ min: 1, max: 9 }),
  who: fc.integer({ min: 1, max: 4 }).map((n) => ['a', 'b', 'c', 'd'].slice(0, n)),
});
const moments = fc.integer({ min: Date.parse('2009-06-01'), max: Date.parse('2013-06-01') });

it('every moment has one turn: it begins where the one before ends, and the people take turns', () => {
  fc.assert(
    fc.property(lists, moments, (given, moment) => {
      const onCall = list({ start: '2011-02-03', ...given });
      const turn = turnAt(onCall, moment, SITE);
      expect(turn.from).toBeLessThanOrEqual(moment);
      expect(turn.to).toBeGreaterThan(moment);
      expect(turnAt(onCall, turn.from, SITE)).toEqual(turn);
      expect(turnAt(onCall, turn.to - 1, SITE)).toEqual(turn);
      const next = turnAt(onCall, turn.to, SITE);
      expect([next.number, next.from]).toEqual([turn.number + 1, turn.to]);
      const { who } = onCall;
      expect(next.who).toBe(who[(who.indexOf(turn.who) + 1) % who.length]);
    }),
    { numRuns: 100 },
  );
});

it('turns are equally many calendar days, each from handover to handover', () => {
  fc.assert(
    fc.property(lists, moments, (given, moment) => {
      // The day that Samoa left out is a day of the calendar and no day of the clock.
      fc.pre(given.timeZone !== 'Pacific/Apia');
      const turn = turnAt(list({ start: '2011-02-03', ...given }), moment, SITE);
      const [begin, end] = [turn.from, turn.to].map((one) => localTimeOf(one, given.timeZone));
      const [hour = 0, minute = 0] = given.handover.split(':').map(Number);
      const shown = [begin, end].map((one) => one!.day * 1440 + one!.minute);
      // Over a handover that the clock leaves out it happens with the change, within the hour.
      shown.forEach((one) => {
        const late = (((one - hour * 60 - minute) % 1440) + 1440) % 1440;
        expect(late).toBeLessThan(60);
      });
      expect(Math.round((shown[1]! - shown[0]!) / 1440)).toBe(given.everyDays);
      expect(begin!.day - dayOf('2011-02-03')).toBe(turn.number * given.everyDays);
    }),
    { numRuns: 100 },
  );
});
