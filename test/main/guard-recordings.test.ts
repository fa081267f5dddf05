import { alert } from '../../jobs/alert/job.js';
import { troubleOf } from '../../src/domain/health/follow.js';
import type { HealthEntry } from '../../src/domain/health/report.js';
import { diskAlert } from '../../src/main/guard-recordings.js';

const AT = 1_795_251_600_000;
const state = { freeBytes: 3e9, totalBytes: 9e9, minFreeBytes: 5e9 };

it.each(['data', 'recordings'] as const)('a full disk and its end are one incident: %s', (disk) => {
  const place = { node: 'host-1:/rec', disk };
  const [begin, end] = (['begin', 'end'] as const).map((phase) =>
    alert.payload.parse(diskAlert(phase, place, state, AT)),
  );
  expect(begin).toMatchObject({ phase: 'begin', severity: 'critical', at: AT });
  expect(end).toMatchObject({ phase: 'end', severity: 'info', at: AT });
  expect(end?.id).not.toBe(begin?.id);
  // And the one of the health check.
  const entry: HealthEntry = {
    ...{ subject: `disk/${disk}`, state: 'fail', detail: '', measures: {} },
    ...{ since: AT, isAlerted: true },
  };
  for (const one of [begin, end]) expect(one).toMatchObject(troubleOf(entry) ?? {});
});

it('is told once an hour', () => {
  const id = (at: number): string => diskAlert('begin', { node: 'a', disk: 'data' }, state, at).id;
  expect(id(AT + 3_599_999)).toBe(id(AT));
  expect(id(AT + 3_600_000)).not.toBe(id(AT));
});
