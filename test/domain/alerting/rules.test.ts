import { Alerting, type Severity, When } from '../../../src/domain/alerting/config.js';
import { type AlertFacts, matches } from '../../../src/domain/alerting/matching.js';
import { mergeRulesOf } from '../../../src/domain/alerting/merging.js';
import { planFor, planOf } from '../../../src/domain/alerting/planning.js';
import { isAtLeast, severityOf } from '../../../src/domain/alerting/severity.js';

const ZONE = 'Asia/Ho_Chi_Minh';
// Saturday, 2026-11-21
const facts: AlertFacts = {
  ...{ cameraId: 'gate-1', groups: ['parking', 'north'], kind: 'plate-deny', subject: 'yard' },
  ...{ severity: 'warning', at: Date.parse('2026-11-21T20:00+07:00') },
};

describe('a condition', () => {
  it.each<[when: object, more: Partial<AlertFacts>, wanted: boolean]>([
    [{}, {}, true],
    [{ cameras: ['gate-2', 'gate-*'] }, {}, true],
    [{ cameras: ['yard-*'] }, {}, false],
    [{ groups: ['north'] }, {}, true],
    [{ groups: ['south', 'park*'] }, {}, true],
    [{ groups: ['south'] }, {}, false],
    [{ groups: ['*'] }, { groups: [] }, false],
    [{ kinds: ['intrusion', 'plate-*'] }, {}, true],
    [{ kinds: ['intrusion'] }, {}, false],
    [{ subjects: ['yard'] }, {}, true],
    [{ subjects: ['*'] }, { subject: undefined }, false],
    [{ severities: ['warning', 'critical'] }, {}, true],
    [{ severities: ['critical'] }, {}, false],
    [{ time: '19:00-06:00' }, {}, true],
    [{ time: 'mon-fri' }, {}, false],
    [{ time: '19:00-06:00' }, { at: Date.parse('2026-11-21T12:00+07:00') }, false],
    // All that is given must hold.
    [{ kinds: ['plate-*'], groups: ['north'], time: 'sat' }, {}, true],
    [{ kinds: ['plate-*'], groups: ['north'], time: 'sun' }, {}, false],
    [{ kinds: ['plate-*'], groups: ['south'] }, {}, false],
  ])('%j for %j: %s', (when, more, wanted) => {
    const parsed = When.parse(when);
    // Also when it was asked before.
    for (let i = 0; i < 2; i++) expect(matches(parsed, { ...facts, ...more }, ZONE)).toBe(wanted);
  });

  it('goes by the time of the site', () => {
    const night = When.parse({ time: '19:00-21:00' });
    expect(matches(night, facts, 'Europe/Paris')).toBe(false);
  });
});

describe('severity', () => {
  const rules = (...given: object[]) => Alerting.parse({ severity: given }).severity;

  it.each<[rules: object[], from: Severity, to: Severity]>([
    [[], 'warning', 'warning'],
    [[{ raise: 1 }], 'warning', 'critical'],
    [[{ raise: 2 }], 'warning', 'critical'],
    [[{ lower: 2 }], 'critical', 'info'],
    [[{ lower: 2 }], 'warning', 'info'],
    [[{ set: 'info' }], 'critical', 'info'],
    [[{ when: { kinds: ['intrusion'] }, raise: 1 }], 'warning', 'warning'],
    [[{ set: 'info' }, { raise: 1 }], 'critical', 'warning'],
    [[{ raise: 1 }, { set: 'info' }], 'critical', 'info'],
    // A rule sees what those before it made of it.
    [[{ raise: 1 }, { when: { severities: ['critical'] }, lower: 2 }], 'warning', 'info'],
    [[{ when: { severities: ['critical'] }, lower: 2 }, { raise: 1 }], 'warning', 'critical'],
  ])('%j: %s becomes %s', (given, from, to) => {
    expect(severityOf({ ...facts, severity: from }, rules(...given), ZONE)).toBe(to);
  });

  it('is ordered', () => {
    expect(['info', 'warning', 'critical'].map((one) => isAtLeast(one as Severity, 'warning'))).toEqual([
      false,
      true,
      true,
    ]);
  });
});

describe('the plan', () => {
  const alerting = Alerting.parse({
    policies: [
      { id: 'loud', steps: [{ to: ['a'] }, { to: ['b'], afterS: 120 }], repeat: 2, repeatAfterS: 300 },
      { id: 'once', steps: [{ to: ['a'], afterS: 60 }] },
    ],
    routes: [
      { when: { kinds: ['plate-unknown'] }, policy: 'none' },
      { when: { severities: ['critical'] }, policy: 'loud' },
      { when: { kinds: ['plate-*'] }, policy: 'once' },
    ],
  });

  it.each<[more: Partial<AlertFacts>, policy: string, steps: number]>([
    [{}, 'once', 1],
    [{ severity: 'critical' }, 'loud', 6],
    [{ kind: 'plate-unknown', severity: 'critical' }, 'none', 0],
    [{ kind: 'intrusion' }, 'default', 1],
  ])('%j: the first route that fits, %s', (more, policy, steps) => {
    const plan = planFor({ ...facts, ...more }, alerting, ZONE);
    expect([plan.policy, plan.steps.length]).toEqual([policy, steps]);
  });

  it('has its rounds laid out one after the other, counted from the opening', () => {
    expect(planOf(alerting.policies[0]).steps.map(({ to, afterS }) => [to[0], afterS])).toEqual([
      ['a', 0],
      ['b', 120],
      ['a', 420],
      ['b', 540],
      ['a', 840],
      ['b', 960],
    ]);
  });

  it('is everybody at once where no route fits', () => {
    expect(planOf(undefined)).toEqual({
      policy: 'default',
      steps: [{ afterS: 0, to: ['*'], mode: 'all' }],
    });
  });
});

it('merging: seconds become milliseconds; what is a thing of its own does not flap', () => {
  const alerting = Alerting.parse({ storm: { incidents: 5, withinS: 30 } });
  const rules = mergeRulesOf(alerting, 60);
  expect(rules).toEqual({
    ...{ cooldownMs: 60_000, maxIncidentMs: 3_600_000, expireMs: 86_400_000 },
    storm: { incidents: 5, withinMs: 30_000 },
    flapping: { incidents: 4, withinMs: 900_000 },
  });
  expect(mergeRulesOf(alerting, 0)).toEqual({
    ...rules,
    ...{ cooldownMs: 0, flapping: { incidents: 0, withinMs: 900_000 } },
  });
});
