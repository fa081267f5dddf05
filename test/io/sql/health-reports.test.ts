import type { HealthReport } from '../../../src/domain/health/report.js';
import { createHealthReports } from '../../../src/io/sql/health-reports.js';
import { onBothDatabases } from '../../support/databases.js';

const report = (at: number, state: HealthReport['state'] = 'ok'): HealthReport => ({
  ...{ at, state },
  entries: [
    {
      ...{ subject: 'camera/gate-1', state, detail: 'mất tín hiệu\u0000', since: at - 5, isAlerted: true },
      ...{ alertedAt: at, measures: { fps: 9.5, status: 'ok', isOff: false } },
    },
  ],
});

onBothDatabases('health reports', ({ open, address }) => {
  it('keeps one report a slot, the first, whole', async () => {
    const at = await address();
    const [one, other] = [createHealthReports(await open(at)), createHealthReports(await open(at))];
    const added = await Promise.all([one.add(report(1000, 'fail')), other.add(report(1000, 'fail'))]);
    expect(added.sort()).toEqual([false, true]);
    expect(await one.add(report(1000, 'ok'))).toBe(false);
    expect(await other.latest()).toEqual(report(1000, 'fail'));
  });

  it('finds the newest, the newest before a time, and those of a span, newest first', async () => {
    const reports = createHealthReports(await open());
    expect(await reports.latest()).toBeUndefined();
    for (const at of [2000, 1000, 3000]) await reports.add(report(at));
    expect((await reports.latest())?.at).toBe(3000);
    expect((await reports.latest(3000))?.at).toBe(2000);
    expect(await reports.latest(1000)).toBeUndefined();
    const ats = async (from: number, to: number, limit = 9): Promise<number[]> =>
      (await reports.list({ from, to, limit })).map(({ at }) => at);
    expect(await ats(1000, 3000)).toEqual([2000, 1000]);
    expect(await ats(0, 9000, 2)).toEqual([3000, 2000]);
  });

  it('removes what is older and stops when asked to', async () => {
    const reports = createHealthReports(await open());
    for (const at of [1000, 2000, 3000]) await reports.add(report(at));
    expect(await reports.removeBefore(2000, AbortSignal.abort())).toBe(0);
    expect(await reports.removeBefore(2000, new AbortController().signal)).toBe(1);
    expect((await reports.list({ from: 0, to: 9000, limit: 9 })).map(({ at }) => at)).toEqual([3000, 2000]);
  });
});
