import fc from 'fast-check';
import { dayOf, instantsOf, localTimeOf } from '../../src/domain/local-time.js';

const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);

it.each([
  // Clocks in Paris: forward on 2026-03-29 at 02:00, back on 2026-10-25 at 03:00.
  ['Europe/Paris', '2026-03-28', '02:30', ['2026-03-28T01:30']],
  ['Europe/Paris', '2026-03-29', '01:59', ['2026-03-29T00:59']],
  ['Europe/Paris', '2026-03-29', '02:30', ['2026-03-29T01:00']],
  ['Europe/Paris', '2026-03-29', '03:00', ['2026-03-29T01:00']],
  ['Europe/Paris', '2026-10-25', '02:30', ['2026-10-25T00:30', '2026-10-25T01:30']],
  ['Europe/Paris', '2026-10-25', '03:00', ['2026-10-25T02:00']],
  ['Asia/Ho_Chi_Minh', '2026-10-25', '07:00', ['2026-10-25T00:00']],
  ['Asia/Kathmandu', '2026-11-21', '00:00', ['2026-11-20T18:15']],
  // Half an hour only.
  ['Australia/Lord_Howe', '2026-04-05', '01:45', ['2026-04-04T14:45', '2026-04-04T15:15']],
  // Put back over midnight; and a whole day that never was.
  ['America/St_Johns', '2010-11-06', '23:30', ['2010-11-07T02:00', '2010-11-07T03:00']],
  ['Pacific/Apia', '2011-12-30', '07:00', ['2011-12-30T10:00']],
])('%s, %s %s', (timeZone, date, clock, wanted) => {
  const [hour = 0, minute = 0] = clock.split(':').map(Number);
  expect(instantsOf({ day: dayOf(date), minute: hour * 60 + minute }, timeZone).map(iso)).toEqual(wanted);
});

it('what the clock shows at a moment leads back to it', () => {
  const zones = [
    'Asia/Ho_Chi_Minh',
    'Europe/Paris',
    'America/St_Johns',
    'Australia/Lord_Howe',
    'Pacific/Apia',
  ];
  const minutes = fc.integer({ min: dayOf('2005-01-01') * 1440, max: dayOf('2037-01-01') * 1440 });
  fc.assert(
    fc.property(fc.constantFrom(...zones), minutes, (timeZone, minute) => {
      const at = minute * 60_000;
      expect(instantsOf(localTimeOf(at, timeZone), timeZone)).toContain(at);
    }),
    { numRuns: 300 },
  );
});
