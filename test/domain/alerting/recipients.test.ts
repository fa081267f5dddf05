import { Alerting, type Channel, Recipient, type Step } from '../../../src/domain/alerting/config.js';
import { quietUntil } from '../../../src/domain/alerting/quiet.js';
import { targetsOf, whoIsMeant } from '../../../src/domain/alerting/recipients.js';

const SITE = 'Asia/Ho_Chi_Minh';
const at = (local: string): number => Date.parse(`${local}+07:00`);
const recipients = [
  { id: 'an', email: 'an@example.org', phone: '+84912345678', push: true },
  { id: 'binh', phone: '+84912345679' },
  { id: 'chi', log: true },
].map((one) => Recipient.parse(one));
const onCall = Alerting.parse({
  onCall: [
    { id: 'night', start: '2026-11-02', who: ['binh', 'gone'], hours: '19:00-07:00' },
    { id: 'day', start: '2026-11-02', everyDays: 1, who: ['an', 'chi'] },
  ],
}).onCall;

describe('who is meant', () => {
  const who = (to: string[], local = '2026-11-02T20:00') => {
    const meant = whoIsMeant({ to }, { recipients, onCall, at: at(local), siteTimeZone: SITE });
    return [meant.recipients.map(({ id }) => id), meant.unknown];
  };

  it.each<[to: string[], local: string, ids: string[], unknown: string[]]>([
    [['*'], '2026-11-02T20:00', ['an', 'binh', 'chi'], []],
    // In the order of the file, each once.
    [['chi', 'an', 'chi'], '2026-11-02T20:00', ['an', 'chi'], []],
    [['chi', '*'], '2026-11-02T20:00', ['an', 'binh', 'chi'], []],
    [['on-call:night', 'binh'], '2026-11-02T20:00', ['binh'], []],
    [['on-call:night', 'on-call:day'], '2026-11-03T20:00', ['binh', 'chi'], []],
    [['on-call:night'], '2026-11-02T12:00', [], []],
    [['ghost', 'an', 'ghost'], '2026-11-02T20:00', ['an'], ['ghost']],
    [['on-call:ghost'], '2026-11-02T20:00', [], ['on-call:ghost']],
    // The list names somebody who is not there any more.
    [['on-call:night'], '2026-11-10T20:00', [], ['gone']],
  ])('%j at %s: %j', (to, local, ids, unknown) => {
    expect(who(to, local)).toEqual([ids, unknown]);
  });
});

describe('messages of a step', () => {
  const targets = (step: Partial<Step>, off: Channel[] = []) =>
    targetsOf({ mode: 'all', ...step }, recipients, (channel) => off.includes(channel)).map(
      ({ recipient, channel, otherChannels }) => [recipient, channel, ...otherChannels].join(' '),
    );

  it.each<[what: string, step: Partial<Step>, off: Channel[], wanted: string[]]>([
    ['all that they have', {}, [], ['an email', 'an sms', 'an push', 'binh sms', 'chi log']],
    ['the first that they have', { mode: 'first' }, [], ['an email sms push', 'binh sms', 'chi log']],
    ['of those of the step', { channels: ['push', 'sms', 'push'] }, [], ['an push', 'an sms', 'binh sms']],
    ['in its order', { channels: ['push', 'sms'], mode: 'first' }, [], ['an push sms', 'binh sms']],
    ['none is off', { channels: ['webhook'] }, [], []],
    // binh has no other: somebody must see that it waits.
    ['without those off', {}, ['sms', 'push'], ['an email', 'binh sms', 'chi log']],
    ['the next one', { mode: 'first', channels: ['sms', 'email'] }, ['sms'], ['an email', 'binh sms']],
    [
      'all are off',
      { mode: 'first', channels: ['sms', 'email'] },
      ['sms', 'email'],
      ['an sms email', 'binh sms'],
    ],
  ])('%s', (_what, step, off, wanted) => {
    expect(targets(step, off)).toEqual(wanted);
  });
});

describe('quiet hours', () => {
  it.each<[hours: string | undefined, local: string, until: string | undefined]>([
    [undefined, '2026-11-21T23:00', undefined],
    ['22:00-06:00', '2026-11-21T21:59', undefined],
    ['22:00-06:00', '2026-11-21T22:00', '2026-11-22T06:00'],
    ['22:00-06:00', '2026-11-22T05:59', '2026-11-22T06:00'],
    ['22:00-06:00', '2026-11-22T06:00', undefined],
    // One after the other is one.
    ['22:00-24:00; 00:00-06:00', '2026-11-21T22:30', '2026-11-22T06:00'],
    ['mon-fri 20:00-07:00; sat,sun', '2026-11-20T21:00', '2026-11-23T00:00'],
    ['mon-fri 20:00-07:00; sat,sun; mon 00:00-05:00', '2026-11-20T21:00', '2026-11-23T05:00'],
    ['sun', '2026-11-22T12:00', '2026-11-23T00:00'],
    // Always: asked again in a day.
    ['mon-sun', '2026-11-22T12:00', '2026-11-23T12:00'],
  ])('%s at %s: until %s', (quietHours, local, until) => {
    expect(quietUntil({ quietHours, timeZone: undefined }, at(local), SITE)).toBe(until && at(until));
  });

  it('go by the clock of the recipient, also when it is changed', () => {
    const paris = { quietHours: '22:00-02:30', timeZone: 'Europe/Paris' };
    const until = (utc: string): string | undefined => {
      const end = quietUntil(paris, Date.parse(utc), SITE);
      return end === undefined ? undefined : new Date(end).toISOString();
    };
    // Forward: 02:30 is left out.
    expect(until('2026-03-29T00:30:00Z')).toBe('2026-03-29T01:00:00.000Z');
    // Back: it is 02:10 twice.
    expect(until('2026-10-25T00:10:00Z')).toBe('2026-10-25T00:30:00.000Z');
    expect(until('2026-10-25T01:10:00Z')).toBe('2026-10-25T01:30:00.000Z');
    expect(until('2026-10-25T01:30:00Z')).toBeUndefined();
  });
});
