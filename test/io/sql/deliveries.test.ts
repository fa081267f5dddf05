import { onBothDatabases } from '../../support/databases.js';
import {
  addDelivery,
  clear,
  deliveriesOf,
  FREE,
  given,
  GUARD,
  OUTAGE,
  react,
  REFUSED,
  SENT,
  START,
  TRANSIENT,
  UNCERTAIN,
  waits,
} from '../../support/deliveries.js';

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** Longer than any outage of a first failure. */
const AFTER_DOWN = 31_000;

onBothDatabases('deliveries', ({ open, address, shared }) => {
  const prepare = async () => {
    const database = await shared();
    await clear(database);
    return { database, ...deliveriesOf(database) };
  };

  describe('a claim', () => {
    it('takes the oldest of the lane, whoever asks, and nothing of other lanes', async () => {
      const { database, store, go } = await prepare();
      await addDelivery(database, { incident: 'x', recipient: 'boss' });
      await addDelivery(database, { incident: 'x', channel: 'sms' });
      const [a, b] = [
        await addDelivery(database, { incident: 'a', severity: 'info' }),
        await addDelivery(database, { incident: 'b', severity: 'critical' }),
      ];
      expect(await go(START, SENT, FREE, b)).toEqual([a]);
      expect(await go(START, SENT, FREE, a)).toEqual([b]);
      expect(await go(START)).toBe('nothing');
      expect((await store.list({ states: ['pending'], limit: 9 })).map(({ recipient }) => recipient)).toEqual(
        ['guard', 'boss'],
      );
    });

    it('gives what it holds to nobody else, to its own job again, and after a minute to another', async () => {
      const { database, store, trail } = await prepare();
      const id = await addDelivery(database, { incident: 'a' });
      await addDelivery(database, { incident: 'b' });
      expect(await store.claim(GUARD, 'one', FREE, START)).toMatchObject({ kind: 'send', repeated: false });
      expect(waits(await store.claim(GUARD, 'two', FREE, START + 59_000)).until).toBe(START + 60_000);
      const again = await store.claim(GUARD, 'one', FREE, START + 2000);
      expect(again).toMatchObject({ kind: 'send', repeated: true, deliveries: [{ id, tries: 2 }] });
      const other = await store.claim(GUARD, 'two', FREE, START + 2000 + MINUTE);
      expect(other).toMatchObject({ kind: 'send', repeated: true, deliveries: [{ id, tries: 3 }] });
      expect(await trail('notification.')).toMatchObject(
        [2, 3].map(() => ({
          action: 'notification.repeated',
          subject: 'incident/a',
          detail: { delivery: id, occasion: '0', recipient: 'guard', channel: 'email' },
        })),
      );
    });

    it.each([
      ['acknowledged', 0, 'acknowledged by person/lan before it was sent'],
      ['resolved', 'raised', 'resolved by person/lan before it was sent'],
      ['expired', 3, 'expired by person/lan before it was sent'],
      ['acknowledged', 'ended', undefined],
      ['resolved', 'storm-over', undefined],
    ] as const)('of an incident that is %s, occasion %s: %s', async (state, occasion, skipped) => {
      const { database, store, go, trail } = await prepare();
      const id = await addDelivery(database, { incident: 'a', occasion });
      const b = await addDelivery(database, { incident: 'b' });
      await react(database, 'a', state);
      if (skipped === undefined) {
        expect(await go(START)).toEqual([id]);
        return;
      }
      expect(await go(START)).toEqual([b]);
      expect(await store.get(id)).toMatchObject({ state: 'skipped', detail: skipped });
      expect(await trail('notification.skipped')).toMatchObject([
        { subject: 'incident/a', detail: { delivery: id, why: skipped } },
      ]);
    });

    it('a try that was cut off is not repeated once somebody has reacted', async () => {
      const { database, store, go } = await prepare();
      const id = await addDelivery(database, { incident: 'a' });
      given(await store.claim(GUARD, 'job-1', FREE, START));
      await react(database, 'a');
      expect(await go(START)).toBe('nothing');
      expect((await store.get(id))?.detail).toMatch(/an earlier try may have got through$/);
    });

    it('quiet hours hold back what is less severe, and let the rest pass', async () => {
      const { database, store, go } = await prepare();
      const info = await addDelivery(database, { incident: 'a', severity: 'info' });
      const critical = await addDelivery(database, { incident: 'b', severity: 'critical' });
      const rules = { ...FREE, quiet: { until: START + HOUR, below: 'warning' as const } };
      expect(await go(START, SENT, rules)).toEqual([critical]);
      expect(await store.claim(GUARD, 'x', rules, START)).toEqual({
        kind: 'wait',
        until: START + HOUR,
        why: 'quiet hours',
        replaced: [],
      });
      expect((await store.get(info))?.detail).toBe('quiet hours');
      expect(await go(START + HOUR, SENT, rules)).toEqual([info]);
      expect(await go(START + HOUR, SENT, rules)).toBe('nothing');
    });

    it('quiet hours hold back that it is over, too, after somebody has reacted', async () => {
      const { database, go } = await prepare();
      await addDelivery(database, { incident: 'a', occasion: 'ended', severity: 'info' });
      await react(database, 'a', 'resolved');
      const rules = { ...FREE, quiet: { until: START + HOUR, below: 'critical' as const } };
      expect(await go(START, SENT, rules)).toBe('quiet hours');
    });

    it('keeps to the cap in every hour; a further try has the slot it had', async () => {
      const { database, store, go } = await prepare();
      for (const incident of ['a', 'b', 'c']) await addDelivery(database, { incident });
      const rules = { ...FREE, maxPerHour: 2 };
      await go(START, SENT, rules);
      await go(START + 10 * MINUTE, TRANSIENT, rules);
      await go(START + 20 * MINUTE, SENT, rules);
      const claimed = waits(await store.claim(GUARD, 'x', rules, START + 30 * MINUTE));
      expect(claimed).toMatchObject({ until: START + HOUR, why: 'more than 2 messages an hour' });
      expect(await go(START + HOUR - 1, SENT, rules)).toBe('more than 2 messages an hour');
      expect(await go(START + HOUR, SENT, rules)).toEqual(['c+0+guard+email']);
      await addDelivery(database, { incident: 'd' });
      expect(waits(await store.claim(GUARD, 'x', rules, START + HOUR)).until).toBe(
        START + HOUR + 20 * MINUTE,
      );
    });

    it('keeps to the rate, all recipients together', async () => {
      const { database, store } = await prepare();
      const rules = { ...FREE, ratePerS: 2 };
      const taken: number[] = [];
      const lanes = Array.from({ length: 8 }, (_, i) => ({ recipient: `r${i}`, channel: 'email' as const }));
      for (const { recipient } of lanes) await addDelivery(database, { incident: 'a', recipient });
      for (let now = START; now < START + 4000; now += 100)
        for (const lane of lanes)
          if ((await store.claim(lane, 'x', rules, now)).kind === 'send') taken.push(now - START);
      // Its own claim asked for again is a further message as well.
      expect(taken).toEqual([0, 0, 500, 1000, 1500, 2000, 2500, 3000, 3500]);
    });

    it('keeps to the day’s budget, which begins anew the next day', async () => {
      const { database, store, go } = await prepare();
      for (const incident of ['a', 'b', 'c']) await addDelivery(database, { incident });
      const costly = { state: 'sent', receipt: { detail: 'ok', cost: 3 } } as const;
      const on = (day: string) => ({ ...FREE, budget: { day, most: 3 } });
      await go(START, costly, on('2026-11-21'));
      expect(waits(await store.claim(GUARD, 'x', on('2026-11-21'), START))).toMatchObject({
        until: START + 15 * MINUTE,
        why: "today's budget of 3 is used up",
      });
      // A machine whose day has not changed yet does not begin it anew when another has.
      expect(await go(START, costly, on('2026-11-22'))).toEqual(['b+0+guard+email']);
      expect(await go(START, costly, on('2026-11-21'))).toBe("today's budget of 3 is used up");
      expect(await go(START, costly, on('2026-11-23'))).toEqual(['c+0+guard+email']);
    });

    it('with the budget used up, what has another channel goes there', async () => {
      const { database, store } = await prepare();
      await addDelivery(database, { incident: 'a', others: ['push'] });
      const rules = { ...FREE, budget: { day: '2026-11-21', most: 0 } };
      const { replaced } = waits(await store.claim(GUARD, 'x', rules, START));
      expect(replaced.map(({ id }) => id)).toEqual(['a+0+guard+push']);
    });

    it.each([
      ['four that have waited for a minute are one message', 4, MINUTE + 1, [4, 'nothing']],
      ['three are not', 3, MINUTE + 1, [1, 1]],
      ['fresh ones are not', 6, MINUTE, [1, 1]],
      ['at most a hundred are', 103, MINUTE + 1, [100, 1]],
    ])('%s', async (_, count, ageMs, expected) => {
      const { database, go } = await prepare();
      for (let i = 0; i < count; i++) await addDelivery(database, { incident: `i${i}` });
      const sizes = [];
      for (const _round of expected) {
        const sent = await go(START + ageMs);
        sizes.push(Array.isArray(sent) ? sent.length : sent);
      }
      expect(sizes).toEqual(expected);
    });
  });

  describe('what is gathered', () => {
    const gather = async () => {
      const prepared = await prepare();
      for (const incident of ['a', 'b', 'c', 'd']) await addDelivery(prepared.database, { incident });
      const claimed = given(await prepared.store.claim(GUARD, 'one', FREE, START + 2 * MINUTE));
      return { ...prepared, claimed, ids: claimed.map(({ id }) => id), now: START + 2 * MINUTE };
    };

    it('is sent in the name of the first, one message of the hour', async () => {
      const { database, store, claimed, ids, now, trail, go } = await gather();
      const receipt = { detail: '250 ok', providerId: 'm-1' };
      expect(await store.settle(claimed, { state: 'sent', receipt }, now)).toEqual([]);
      const [leader, ...others] = await Promise.all(ids.map((id) => store.get(id)));
      expect(leader).toMatchObject({ state: 'sent', detail: '250 ok', providerId: 'm-1', sentAt: now });
      for (const one of others)
        expect(one).toMatchObject({ state: 'sent', gatheredIn: ids[0], detail: `gathered in ${ids[0]}` });
      expect(await trail('notification.sent')).toHaveLength(4);
      await addDelivery(database, { incident: 'e', at: now });
      expect(await go(now, SENT, { ...FREE, maxPerHour: 2 })).toEqual(['e+0+guard+email']);
      await store.report('email', 'm-1', 'delivered', 'read', now);
      expect(new Set((await Promise.all(ids.map((id) => store.get(id)))).map((one) => one?.state))).toEqual(
        new Set(['delivered']),
      );
    });

    it('goes again as the very same message when it may have got through, whatever has come since', async () => {
      const { database, store, claimed, ids, now } = await gather();
      await store.settle(claimed, UNCERTAIN, now);
      for (let i = 0; i < 4; i++) await addDelivery(database, { incident: `late-${i}` });
      const again = await store.claim(GUARD, 'two', FREE, now + MINUTE);
      expect(again).toMatchObject({ kind: 'send', repeated: true });
      expect(given(again).map(({ id }) => id)).toEqual(ids);
      // Cut off once more; the first has been acknowledged.
      await react(database, 'a');
      const third = given(await store.claim(GUARD, 'two', FREE, now + MINUTE));
      expect(third.map(({ id, gatheredIn }) => [id, gatheredIn])).toEqual([
        [ids[1], undefined],
        [ids[2], ids[1]],
        [ids[3], ids[1]],
      ]);
    });

    it('is gathered anew when it certainly was not sent', async () => {
      const { database, store, claimed, ids, now } = await gather();
      await store.settle(claimed, TRANSIENT, now);
      const late = await addDelivery(database, { incident: 'late', at: now });
      const again = await store.claim(GUARD, 'two', FREE, now + 1000);
      expect(again).toMatchObject({ kind: 'send', repeated: false });
      expect(given(again).map(({ id }) => id)).toEqual([...ids, late]);
    });
  });

  describe('a settled claim', () => {
    it('that was sent: receipt, cost and trail, once however often it is said', async () => {
      const { database, store, trail } = await prepare();
      const id = await addDelivery(database, { incident: 'a' });
      const claimed = given(
        await store.claim(GUARD, 'x', { ...FREE, budget: { day: '2026-11-21', most: 9 } }, START),
      );
      const result = { state: 'sent', receipt: { detail: 'ok \u0000', providerId: 'SM1', cost: 2 } } as const;
      for (let i = 0; i < 2; i++) await store.settle(claimed, result, START + 5);
      expect(await store.get(id)).toMatchObject({ state: 'sent', providerId: 'SM1', detail: 'ok \uFFFD' });
      expect(await trail('')).toEqual([
        {
          action: 'notification.sent',
          actor: 'job/notification',
          subject: 'incident/a',
          detail: { delivery: id, occasion: '0', recipient: 'guard', channel: 'email', receipt: 'ok \uFFFD' },
        },
      ]);
      expect(await database.db.selectFrom('channel_state').select('spent').execute()).toEqual([{ spent: 2 }]);
    });

    it('that failed: the next channel takes over, then the one after it', async () => {
      const { database, store, trail, states } = await prepare();
      await addDelivery(database, { incident: 'a', others: ['sms', 'push'] });
      const lane = (channel: 'email' | 'sms' | 'push') => ({ recipient: 'guard', channel });
      const left = [];
      for (const channel of ['email', 'sms', 'push'] as const) {
        const next = await store.settle(
          given(await store.claim(lane(channel), 'x', FREE, START)),
          REFUSED,
          START,
        );
        left.push(next.map((one) => [one.id, one.otherChannels, one.severity, one.state]));
      }
      expect(left).toEqual([
        [['a+0+guard+sms', ['push'], 'warning', 'pending']],
        [['a+0+guard+push', [], 'warning', 'pending']],
        [],
      ]);
      expect(new Set(Object.values(await states()))).toEqual(new Set(['failed']));
      expect((await store.get('a+0+guard+email'))?.detail).toBe('550 no such user; sms takes over');
      expect((await trail('notification.failed')).map(({ detail }) => detail)).toMatchObject([
        { channel: 'email', next: 'sms', why: '550 no such user' },
        { channel: 'sms', next: 'push' },
        { channel: 'push' },
      ]);
    });

    it('that failed, where the next channel was told in the same step anyway, makes no second one', async () => {
      const { database, store, go } = await prepare();
      await addDelivery(database, { incident: 'a', others: ['sms'] });
      await addDelivery(database, { incident: 'a', channel: 'sms' });
      await go(START, REFUSED);
      expect(await store.list({ channel: 'sms', limit: 9 })).toHaveLength(1);
    });

    it.each([
      ['certainly not sent', TRANSIENT, false],
      ['perhaps sent', UNCERTAIN, true],
    ])('to be tried again, %s: after a second, before those behind it', async (_, result, repeated) => {
      const { database, store, go } = await prepare();
      const id = await addDelivery(database, { incident: 'a' });
      await addDelivery(database, { incident: 'b' });
      await go(START, result);
      expect(await store.get(id)).toMatchObject({ state: 'pending', detail: result.reason, tries: 1 });
      expect(waits(await store.claim(GUARD, 'two', FREE, START + 1)).until).toBe(START + 1000);
      const again = await store.claim(GUARD, 'two', FREE, START + 1000);
      expect(again).toMatchObject({ repeated, deliveries: [{ id, tries: 2 }] });
      // A later try that certainly failed does not make the earlier one certain.
      await store.settle(given(again), TRANSIENT, START + 1000);
      expect(await store.claim(GUARD, 'two', FREE, START + 4000)).toMatchObject({ repeated });
    });

    it('one that fails again and again no longer holds back the others, and is given up after a day', async () => {
      const { database, store, go, states } = await prepare();
      const bad = await addDelivery(database, { incident: 'bad', others: ['sms'] });
      let now = START;
      const failOnce = async () => {
        now += 20_000;
        expect(await go(now, TRANSIENT)).toEqual([bad]);
        // Another lane shows that the channel works.
        await addDelivery(database, { incident: `w${now}`, recipient: 'boss' });
        const lane = { recipient: 'boss', channel: 'email' } as const;
        await store.settle(given(await store.claim(lane, 'x', FREE, now)), SENT, now);
      };
      for (let i = 0; i < 5; i++) await failOnce();
      const good = await addDelivery(database, { incident: 'good', at: now });
      expect(await go(now)).toEqual([good]);
      for (let i = 0; i < 15; i++) await failOnce();
      expect((await states())[bad]).toBe('pending');
      now = START + 24 * HOUR;
      await failOnce();
      expect(await store.get(bad)).toMatchObject({ state: 'failed', tries: 21 });
      expect((await states())['bad+0+guard+sms']).toBe('pending');
    });

    it.each([
      ['failed', REFUSED, 'sending'],
      ['is to be tried again', OUTAGE, 'sending'],
      ['sent', SENT, 'sent'],
    ])('by a job that had lost its claim: %s', async (_, result, expected) => {
      const { database, store, states, trail } = await prepare();
      const id = await addDelivery(database, { incident: 'a', others: ['sms'] });
      const lost = given(await store.claim(GUARD, 'one', FREE, START));
      const taken = given(await store.claim(GUARD, 'two', FREE, START + MINUTE));
      expect(await store.settle(lost, result, START + MINUTE)).toEqual([]);
      expect(await states()).toEqual({ [id]: expected });
      await store.settle(taken, expected === 'sent' ? TRANSIENT : SENT, START + MINUTE);
      expect(await states()).toEqual({ [id]: 'sent' });
      expect(await trail('notification.sent')).toHaveLength(1);
    });

    it('sent after somebody has reacted, and the claim was lost: stays skipped, the trail says it was sent', async () => {
      const { database, store, states, trail, go } = await prepare();
      const id = await addDelivery(database, { incident: 'a' });
      const lost = given(await store.claim(GUARD, 'one', FREE, START));
      await react(database, 'a');
      await go(START + MINUTE);
      const receipt = { detail: 'ok', providerId: 'SM9' };
      await store.settle(lost, { state: 'sent', receipt }, START + MINUTE);
      expect(await states()).toEqual({ [id]: 'skipped' });
      expect(await trail('notification.sent')).toMatchObject([{ detail: { isCopy: true, receipt: 'ok' } }]);
      expect(await store.report('email', 'SM9', 'delivered', 'read', START)).toEqual([]);
      expect(await states()).toEqual({ [id]: 'skipped' });
    });

    it('of an incident that was removed meanwhile is no error', async () => {
      const { database, store } = await prepare();
      await addDelivery(database, { incident: 'a' });
      const claimed = given(await store.claim(GUARD, 'one', FREE, START));
      await database.db.deleteFrom('incident').execute();
      for (const result of [TRANSIENT, REFUSED, SENT]) await store.settle(claimed, result, START);
      expect(await store.list({ limit: 9 })).toEqual([]);
    });
  });

  describe('a report of the provider', () => {
    const send = async () => {
      const prepared = await prepare();
      const id = await addDelivery(prepared.database, { incident: 'a', others: ['sms'] });
      await prepared.go(START, { state: 'sent', receipt: { detail: 'queued', providerId: 'SM1' } });
      return { ...prepared, id };
    };

    it.each([
      [['delivered'], 'delivered', 0],
      [['failed'], 'failed', 1],
      [['delivered', 'failed'], 'delivered', 0],
      [['failed', 'failed'], 'failed', 1],
      [['failed', 'delivered'], 'delivered', 1],
    ] as const)('%s: %s', async (reported, state, taken) => {
      const { store, id, trail } = await send();
      const next = [];
      for (const one of reported)
        next.push(...((await store.report('email', 'SM1', one, `error ${one}`, START)) ?? []));
      expect((await store.get(id))?.state).toBe(state);
      expect(next.map((one) => one.id)).toEqual(['a+0+guard+sms'].slice(0, taken));
      expect((await trail('notification.')).slice(1)[0]).toMatchObject({
        action: `notification.${reported[0]}`,
        actor: 'provider/email',
      });
    });

    it('about a message nobody knows, or of another channel, is said to be so', async () => {
      const { store } = await send();
      expect(await store.report('email', 'SM2', 'failed', 'x', START)).toBeUndefined();
      expect(await store.report('sms', 'SM1', 'failed', 'x', START)).toBeUndefined();
    });
  });

  describe('a channel', () => {
    it.each([
      ['five failures in a row', [TRANSIENT, TRANSIENT, TRANSIENT, TRANSIENT, TRANSIENT], true],
      ['four', [TRANSIENT, TRANSIENT, TRANSIENT, TRANSIENT], false],
      ['one that got through between', [TRANSIENT, TRANSIENT, TRANSIENT, SENT, TRANSIENT, TRANSIENT], false],
      ['one outage', [OUTAGE], true],
      ['one failure with a time', [{ ...TRANSIENT, until: START + 20 * MINUTE }], true],
      ['refusals', [REFUSED, REFUSED, REFUSED, REFUSED, REFUSED, REFUSED], false],
    ])('%s: is it down?', async (_, results, down) => {
      const { database, store, go, trail } = await prepare();
      let now = START;
      for (const [i, result] of results.entries()) {
        await addDelivery(database, { incident: `i${i}`, at: now });
        expect(Array.isArray(await go((now += 10_000), result))).toBe(true);
      }
      expect(await store.channels()).toMatchObject([{ channel: 'email', state: down ? 'down' : 'ok' }]);
      expect(await trail('channel.')).toHaveLength(down ? 1 : 0);
    });

    it('of webhooks goes down for one receiver and not for the others', async () => {
      const { database, store } = await prepare();
      const [desk, police] = (['desk', 'police'] as const).map((recipient) => ({
        ...{ recipient, channel: 'webhook' as const },
      }));
      for (const lane of [desk!, police!]) await addDelivery(database, { incident: 'a', ...lane });
      await store.settle(given(await store.claim(desk!, 'one', FREE, START)), OUTAGE, START);
      expect(waits(await store.claim(desk!, 'x', FREE, START)).why).toMatch(/^channel webhook\/desk is down/);
      const other = await store.claim(police!, 'two', FREE, START);
      await store.settle(given(other), SENT, START);
      expect(await store.channels()).toMatchObject([
        { channel: 'webhook', recipient: 'desk', state: 'down' },
        { channel: 'webhook', recipient: 'police', state: 'ok' },
      ]);
    });

    it('down: all wait, with its reason; then one tries it, and it is up again', async () => {
      const { database, store, go, trail } = await prepare();
      const [a, b] = [
        await addDelivery(database, { incident: 'a' }),
        await addDelivery(database, { incident: 'b' }),
      ];
      await addDelivery(database, { incident: 'a', recipient: 'boss' });
      const boss = { recipient: 'boss', channel: 'email' } as const;
      await go(START, OUTAGE);
      const { until, why } = waits(await store.claim(boss, 'x', FREE, START));
      expect(why).toBe('channel email is down: refused');
      expect(until).toBeGreaterThanOrEqual(START + 24_000);
      expect(until).toBeLessThan(START + 30_100);
      expect((await store.get('a+0+boss+email'))?.detail).toBe(why);
      const now = START + AFTER_DOWN;
      const probe = await store.claim(GUARD, 'one', FREE, now);
      expect(given(probe)).toMatchObject([{ id: a }]);
      expect(waits(await store.claim(boss, 'x', FREE, now)).why).toMatch(
        'another job tries whether email is up',
      );
      await store.settle(given(probe), SENT, now);
      expect(await go(now)).toEqual([b]);
      expect(await store.claim(boss, 'x', FREE, now)).toMatchObject({ kind: 'send' });
      expect(await store.channels()).toMatchObject([{ state: 'ok', failures: 0 }]);
      expect(await trail('channel.')).toMatchObject([
        { action: 'channel.down', subject: 'channel/email', detail: { reason: 'refused', failures: 5 } },
        { action: 'channel.up', subject: 'channel/email', detail: { downSince: START } },
      ]);
    });

    it('down again after a probe that failed, for twice as long, up to five minutes', async () => {
      const { database, store, go } = await prepare();
      await addDelivery(database, { incident: 'a' });
      let now = START;
      const downMs = [];
      for (let i = 0; i < 6; i++) {
        await go(now, TRANSIENT.isOutage ? TRANSIENT : OUTAGE);
        const until = (await store.channels())[0]?.until ?? 0;
        downMs.push((until - now) / 1000);
        now = until;
      }
      for (const [i, most] of [30, 60, 120, 240, 300, 300].entries()) {
        expect(downMs[i]).toBeGreaterThanOrEqual(0.8 * most);
        expect(downMs[i]).toBeLessThanOrEqual(most);
      }
    });

    it('a probe that died, or was refused for its own sake, lets another try', async () => {
      const { database, store, go } = await prepare();
      for (const recipient of ['guard', 'boss']) {
        await addDelivery(database, { incident: 'a', recipient });
        await addDelivery(database, { incident: 'b', recipient });
      }
      await go(START, OUTAGE);
      const boss = { recipient: 'boss', channel: 'email' } as const;
      const now = START + AFTER_DOWN;
      given(await store.claim(GUARD, 'dies', FREE, now));
      expect((await store.claim(boss, 'x', FREE, now + 59_000)).kind).toBe('wait');
      const second = given(await store.claim(boss, 'x', FREE, now + MINUTE));
      await store.settle(second, REFUSED, now + MINUTE);
      expect((await store.channels())[0]?.state).toBe('down');
      expect((await store.claim(boss, 'x', FREE, now + MINUTE)).kind).toBe('send');
    });

    it('those on their way when it went down do not keep it down longer', async () => {
      const { database, store } = await prepare();
      const lanes = ['a', 'b', 'c', 'd'].map((recipient) => ({ recipient, channel: 'email' as const }));
      for (const { recipient } of lanes) await addDelivery(database, { incident: 'i', recipient });
      const all = [];
      for (const lane of lanes) all.push(given(await store.claim(lane, lane.recipient, FREE, START)));
      for (const claimed of all) await store.settle(claimed, OUTAGE, START);
      expect((await store.channels())[0]).toMatchObject({ failures: 5 });
      expect((await store.channels())[0]?.until).toBeLessThanOrEqual(START + 30_000);
    });

    it('down: what has another channel goes there at once, but not what quiet hours hold back', async () => {
      const { database, store, go, states, trail } = await prepare();
      await addDelivery(database, { incident: 'a' });
      await addDelivery(database, { incident: 'b', others: ['sms', 'push'] });
      await addDelivery(database, { incident: 'c', others: ['sms'], severity: 'info' });
      await addDelivery(database, { incident: 'd', others: ['sms'] });
      await addDelivery(database, { incident: 'd', channel: 'sms' });
      await go(START, OUTAGE);
      const rules = { ...FREE, quiet: { until: START + HOUR, below: 'warning' as const } };
      const { replaced } = waits(await store.claim(GUARD, 'x', rules, START));
      expect(replaced).toMatchObject([{ id: 'b+0+guard+sms', otherChannels: ['push'], state: 'pending' }]);
      expect(await states()).toEqual({
        'a+0+guard+email': 'pending',
        'b+0+guard+email': 'replaced',
        'b+0+guard+sms': 'pending',
        'c+0+guard+email': 'pending',
        'd+0+guard+email': 'replaced',
        'd+0+guard+sms': 'pending',
      });
      expect((await trail('notification.replaced')).map(({ detail }) => detail)).toMatchObject([
        { delivery: 'b+0+guard+email', next: 'sms' },
        { delivery: 'd+0+guard+email', next: 'sms' },
      ]);
      expect(waits(await store.claim(GUARD, 'x', rules, START)).replaced).toEqual([]);
    });

    it('up after an outage: no thundering herd, neither of messages nor of those who ask', async () => {
      const { database, store } = await prepare();
      const rules = { ...FREE, ratePerS: 10 };
      const lanes = Array.from({ length: 60 }, (_, i) => ({ recipient: `r${i}`, channel: 'email' as const }));
      for (const { recipient } of lanes) await addDelivery(database, { incident: 'i', recipient });
      await store.settle(given(await store.claim(lanes[0]!, 'r0', rules, START)), OUTAGE, START);
      const due = new Map(lanes.map((lane) => [lane, START]));
      const sentAt: number[] = [];
      let asked = 0;
      while (due.size > 0) {
        const [lane, now] = [...due].reduce((a, b) => (b[1] < a[1] ? b : a));
        asked += 1;
        const claimed = await store.claim(lane, lane.recipient, rules, now);
        if (claimed.kind === 'wait') due.set(lane, Math.max(claimed.until, now + 1));
        else {
          await store.settle(given(claimed), SENT, now);
          sentAt.push(now);
          due.delete(lane);
        }
      }
      const busiest = Math.max(...sentAt.map((at) => sentAt.filter((x) => x >= at && x < at + 1000).length));
      expect(sentAt).toHaveLength(60);
      expect(busiest).toBeLessThanOrEqual(20);
      expect(Math.max(...sentAt) - START).toBeLessThan(MINUTE);
      expect(asked).toBeLessThan(60 * 8);
    });
  });

  it.each([
    ['claimed', { state: 'sending', claimed_by: 'dead', claimed_at: START + 2 * HOUR }, {}],
    ['to be tried again later', { not_before: START + 2 * HOUR }, {}],
    ['a slot of an hour to come', { slot_at: START + 2 * HOUR }, {}],
    ['the channel down', {}, { down_until: START + 2 * HOUR }],
    ['the channel tried', {}, { down_until: START - 1, probe_by: 'x', probe_at: START + 2 * HOUR }],
    ['the rate used up', {}, { next_at: START + 2 * HOUR }],
    ['the day', {}, { day: '2027-11-21', spent: 99 }],
  ] as const)('a clock that was wrong, and wrote %s, blocks nothing', async (_, row, channel) => {
    const { database, go } = await prepare();
    const id = await addDelivery(database, { incident: 'a' });
    // Where a row says nothing: as it was.
    await database.db
      .updateTable('delivery')
      .set({ tries: 0, ...row })
      .execute();
    const state = { channel: 'email', failures: 0, next_at: 0, spent: 0, changed_at: 0, ...channel };
    await database.db.insertInto('channel_state').values(state).execute();
    const rules = { ...FREE, maxPerHour: 1, budget: { day: '2026-11-21', most: 5 } };
    expect(await go(START, SENT, rules)).toEqual([id]);
  });

  it('those whose job may be lost are handed out in turn: due, and not touched for long', async () => {
    const { database, store, go } = await prepare();
    for (const incident of ['a', 'b', 'c']) await addDelivery(database, { incident });
    await addDelivery(database, { incident: 'late', at: START + HOUR });
    await addDelivery(database, { incident: 'far', at: START + 9 * HOUR });
    const done = await addDelivery(database, { incident: 'done', recipient: 'boss' });
    await database.db.updateTable('delivery').set({ state: 'sent' }).where('id', '=', done).execute();
    await go(START + MINUTE, TRANSIENT);
    const now = START + HOUR;
    const ask = async (limit: number) =>
      (await store.stranded(now - MINUTE, now, limit)).map(({ incidentId }) => incidentId);
    expect(await store.stranded(START + MINUTE + 2, START + MINUTE, 1)).toMatchObject([{ incidentId: 'b' }]);
    expect([await ask(2), await ask(9), await ask(9)]).toEqual([['a', 'c'], ['b', 'far'], []]);
  });

  it('many who ask at once: each message goes to one', async () => {
    const place = await address();
    // SQLite's driver waits for a sibling's lock by blocking the process: two handles in one would wait for themselves.
    const first = await open(place);
    const handles = first.dialect === 'postgres' ? [first, await open(place)] : [first];
    const stores = handles.map((handle) => deliveriesOf(handle).store);
    const lanes = Array.from({ length: 4 }, (_, i) => ({ recipient: `r${i}`, channel: 'email' as const }));
    for (let i = 0; i < 24; i++)
      await addDelivery(first, { incident: `i${i}`, recipient: `r${i % 4}`, at: START });
    const got: string[] = [];
    const work = async (owner: number): Promise<void> => {
      const store = stores[owner % stores.length]!;
      for (let round = 0; round < 60 && got.length < 24; round++) {
        const claimed = await store.claim(lanes[(owner + round) % 4]!, `o${owner}`, FREE, START + round);
        if (claimed.kind !== 'send') continue;
        expect(claimed.repeated).toBe(false);
        got.push(...claimed.deliveries.map(({ id }) => id));
        await store.settle(claimed.deliveries, SENT, START + round);
      }
    };
    await Promise.all(Array.from({ length: 8 }, (_, owner) => work(owner)));
    expect(got).toHaveLength(24);
    expect(new Set(got).size).toBe(24);
  });
});
