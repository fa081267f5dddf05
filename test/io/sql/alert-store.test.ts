import { createAlertStore } from '../../../src/io/sql/alert-store.js';
import type { Alert } from '../../../src/ports.js';
import { onBothDatabases } from '../../support/databases.js';

const MINUTE = 60_000;
const alert = (id: string, at: number, more: Partial<Alert> = {}): Alert => ({
  id,
  cameraId: 'gate-1',
  kind: 'intrusion',
  severity: 'warning',
  at,
  summary: 'người trong sân',
  ...more,
});

onBothDatabases('alerts', ({ open, address }) => {
  it('stores and gives back', async () => {
    const store = createAlertStore(await open());
    const given = alert('a', 1000, { eventId: 'e', snapshot: 'gate-1/a.jpg', summary: 'x\u0000y' });
    const stored = { ...given, summary: 'x\uFFFDy', state: 'sent', createdAt: 1_795_251_600_000 };
    expect(await store.open(given, MINUTE, 1_795_251_600_000)).toEqual({ alert: stored, isNew: true });
    expect(await store.get('a')).toEqual(stored);
    expect(await store.get('b')).toBeUndefined();
  });

  // Each row: [id, capture time, what it is suppressed by] in the order in which the jobs run; cooldown 60 s.
  it.each<[string, [string, number, string?][]]>([
    [
      'a second within the cooldown',
      [
        ['a', 0],
        ['b', 59_999, 'a'],
      ],
    ],
    [
      'a second when the cooldown is over',
      [
        ['a', 0],
        ['b', 60_000],
      ],
    ],
    [
      'one at the same moment',
      [
        ['a', 0],
        ['b', 0, 'a'],
      ],
    ],
    [
      'one captured before, whose job came late',
      [
        ['b', 90_000],
        ['a', 40_000, 'b'],
      ],
    ],
    [
      'one captured long before',
      [
        ['b', 90_000],
        ['a', 30_000],
      ],
    ],
    [
      'the cooldown runs from what was sent, not from what was suppressed',
      [
        ['a', 0],
        ['b', 50_000, 'a'],
        ['c', 70_000],
      ],
    ],
    [
      'the nearest is named',
      [
        ['a', 0],
        ['b', 60_000],
        ['c', 50_000, 'b'],
        ['d', 10_000, 'a'],
      ],
    ],
  ])('cooldown: %s', async (_, steps) => {
    const store = createAlertStore(await open());
    for (const [id, at, by] of steps) {
      const { alert: stored } = await store.open(alert(id, 1_795_251_600_000 + at), MINUTE, 1);
      expect([id, stored.state, stored.suppressedBy]).toEqual([
        id,
        by === undefined ? 'sent' : 'suppressed',
        by,
      ]);
    }
  });

  it('keeps cameras and kinds apart', async () => {
    const store = createAlertStore(await open());
    for (const more of [{}, { cameraId: 'gate-2' }, { kind: 'crowd' }]) {
      const opened = await store.open(alert(`a-${JSON.stringify(more)}`, 1000, more), MINUTE, 1);
      expect(opened.alert.state).toBe('sent');
    }
  });

  it('gives the first decision to the same id, whatever else it is asked with', async () => {
    const store = createAlertStore(await open());
    const first = await store.open(alert('a', 1000), MINUTE, 1);
    const second = await store.open(alert('b', 2000), MINUTE, 2);
    expect(await store.open(alert('a', 99_000), 1, 3)).toEqual({ alert: first.alert, isNew: false });
    expect(await store.open(alert('b', 2000), 1, 4)).toEqual({ alert: second.alert, isNew: false });
  });

  it('sends one of many that come at once through several connections', async () => {
    const place = await address();
    const stores = await Promise.all([1, 2, 3, 4].map(async () => createAlertStore(await open(place))));
    const all = Array.from({ length: 40 }, (_, i) => alert(`a-${i}`, 1000 + i));
    const opened = await Promise.all(all.map((one, i) => stores[i % 4]!.open(one, MINUTE, 1)));
    const sent = opened.filter((one) => one.alert.state === 'sent');
    expect(sent).toHaveLength(1);
    expect(new Set(opened.map((one) => one.alert.suppressedBy))).toEqual(
      new Set([undefined, sent[0]?.alert.id]),
    );
  });

  it('gives one decision to many that ask at once with one id', async () => {
    const place = await address();
    const stores = await Promise.all([1, 2, 3, 4].map(async () => createAlertStore(await open(place))));
    const opened = await Promise.all(stores.map((store, i) => store.open(alert('a', 1000), MINUTE, i)));
    expect(opened.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(opened.map((one) => JSON.stringify(one.alert))).size).toBe(1);
  });

  it('lists newest first, of one camera or all', async () => {
    const store = createAlertStore(await open());
    for (const [id, at, cameraId] of [
      ['a', 1, 'gate-1'],
      ['b', 3, 'gate-2'],
      ['c', 2, 'gate-1'],
    ] as const) {
      await store.open(alert(id, at, { cameraId }), 1, 9);
    }
    const ids = async (filter: object) => (await store.list({ limit: 9, ...filter })).map(({ id }) => id);
    expect(await ids({})).toEqual(['b', 'c', 'a']);
    expect(await ids({ limit: 1 })).toEqual(['b']);
    expect(await ids({ cameraId: 'gate-1' })).toEqual(['c', 'a']);
  });

  it('keeps a delivery: created once, changed, final when delivered', async () => {
    const store = createAlertStore(await open());
    await store.open(alert('a', 1000), MINUTE, 1);
    const about = { alertId: 'a', recipient: 'guard', channel: 'email' as const };
    const created = { id: 'd', ...about, state: 'pending', updatedAt: 10 };
    expect(await store.delivery('d', about, 10)).toEqual(created);
    expect(await store.delivery('d', about, 20)).toEqual(created);
    await store.setDelivery('d', 'failed', 'mailbox full', 30);
    expect(await store.deliveries({ alertId: 'a', limit: 9 })).toEqual([
      { ...created, state: 'failed', detail: 'mailbox full', updatedAt: 30 },
    ]);
    await store.setDelivery('d', 'delivered', '250 OK', 40);
    await store.setDelivery('d', 'failed', 'a straggler', 50);
    const delivered = { ...created, state: 'delivered', detail: '250 OK', updatedAt: 40 };
    expect(await store.deliveries({ limit: 9 })).toEqual([delivered]);
    expect(await store.deliveries({ alertId: 'other', limit: 9 })).toEqual([]);
  });

  it('refuses a delivery of an alert that does not exist', async () => {
    const store = createAlertStore(await open());
    const about = { alertId: 'ghost', recipient: 'guard', channel: 'email' as const };
    await expect(store.delivery('d', about, 1)).rejects.toThrow(/foreign key/i);
  });
});
