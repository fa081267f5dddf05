import { isWithin, parseSchedule, type Schedule } from '../../src/domain/schedule.js';

function schedule(text: string): Schedule {
  const parsed = parseSchedule(text);
  if ('error' in parsed) throw new Error(parsed.error);
  return parsed;
}

const ZONE = 'Asia/Ho_Chi_Minh'; // UTC+7, no daylight saving
const at = (local: string): number => Date.parse(`${local}+07:00`);

// 2026-11-21 is a Saturday.
test.each([
  ['mon-fri 19:00-06:00', '2026-11-20T18:59', false],
  ['mon-fri 19:00-06:00', '2026-11-20T19:00', true],
  ['mon-fri 19:00-06:00', '2026-11-21T05:59', true], // Friday night runs into Saturday
  ['mon-fri 19:00-06:00', '2026-11-21T06:00', false],
  ['mon-fri 19:00-06:00', '2026-11-21T20:00', false],
  ['mon-fri 19:00-06:00', '2026-11-23T05:00', false], // Sunday night is not armed
  ['sat,sun', '2026-11-21T00:00', true],
  ['sat,sun', '2026-11-23T00:00', false],
  ['fri-mon', '2026-11-22T12:00', true],
  ['fri-mon', '2026-11-24T12:00', false],
  ['12:00-13:00', '2026-11-24T12:30', true],
  ['12:00-13:00', '2026-11-24T13:00', false],
  ['mon-fri 19:00-06:00; sat,sun', '2026-11-21T12:00', true],
  ['00:00-24:00', '2026-11-21T23:59', true],
  ['MON 08:00 - 09:00', '2026-11-23T08:30', true],
])('%s at %s: %s', (text, local, expected) => {
  expect(isWithin(schedule(text), at(local), ZONE)).toBe(expected);
});

test('the site’s time zone counts, not the machine’s', () => {
  const noonInHanoi = at('2026-11-24T12:30');
  expect(isWithin(schedule('12:00-13:00'), noonInHanoi, ZONE)).toBe(true);
  expect(isWithin(schedule('12:00-13:00'), noonInHanoi, 'Europe/Paris')).toBe(false);
});

test('daylight saving shifts the instant, not the hour on the clock', () => {
  const open = schedule('08:00-09:00');
  expect(isWithin(open, Date.parse('2026-07-01T06:30Z'), 'Europe/Paris')).toBe(true);
  expect(isWithin(open, Date.parse('2026-12-01T07:30Z'), 'Europe/Paris')).toBe(true);
  expect(isWithin(open, Date.parse('2026-12-01T06:30Z'), 'Europe/Paris')).toBe(false);
});

test.each([
  '',
  ' ; ',
  'someday',
  'mon 25:00-26:00',
  '12:60-13:00',
  'mon-',
  '8-9',
  '24:00-06:00',
  'mon-tue-wed',
])('"%s" is refused with an example', (text) => {
  expect(parseSchedule(text)).toEqual({ error: expect.stringContaining('for example') as string });
});
