import { channelStatus } from '../../../src/domain/alerting/channel-status.js';

const down = (recipient: string | undefined, until: number, reason?: string) => ({
  ...{ channel: 'webhook' as const, state: 'down' as const, until },
  ...(recipient !== undefined && { recipient }),
  ...(reason !== undefined && { reason }),
});

it.each([
  [
    'off as it is set up, whatever happened before',
    'no address',
    [down('desk', 1)],
    { state: 'off', reason: 'no address' },
  ],
  [
    'on, though another channel is down',
    undefined,
    [{ ...down('desk', 1), channel: 'sms' as const }],
    { state: 'on' },
  ],
  ['on again', undefined, [{ channel: 'webhook' as const, state: 'ok' as const }], { state: 'on' }],
  [
    'down: each receiver with its reason, and the next try of any',
    undefined,
    [down('desk', 9, 'status 500'), down('police', 5)],
    { state: 'down', reason: 'desk: status 500; police: it failed', until: 5 },
  ],
])('a channel is %s', (_, off, states, status) => {
  expect(channelStatus({ channel: 'webhook', off }, states)).toEqual(status);
});
