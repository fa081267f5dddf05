import { isWithin, parseSchedule } from '../schedule.js';
import type { Severity, When } from './config.js';
import { compileGlobs, type Test } from './globs.js';

/** What rules may ask about an alert. */
export interface AlertFacts {
  /** `system`: about no camera. */
  readonly cameraId: string;
  /** Of the camera. */
  readonly groups: readonly string[];
  readonly kind: string;
  readonly subject?: string | undefined;
  readonly severity: Severity;
  /** Capture time, epoch ms. */
  readonly at: number;
}

type Condition = (facts: AlertFacts, timeZone: string) => boolean;

/** A rule stays the same object until the camera file changes, and is asked for each alert. */
const compiled = new WeakMap<When, readonly Condition[]>();

/**
 * Whether all that is given holds; `{}` always does.
 * @param timeZone of the site
 */
export function matches(when: When, facts: AlertFacts, timeZone: string): boolean {
  let conditions = compiled.get(when);
  if (!conditions) {
    conditions = conditionsOf(when);
    compiled.set(when, conditions);
  }
  return conditions.every((holds) => holds(facts, timeZone));
}

function conditionsOf({ cameras, groups, kinds, subjects, severities, time }: When): Condition[] {
  const conditions: Condition[] = [];
  const globs = (patterns: readonly string[] | undefined, hold: (test: Test) => Condition): void => {
    if (patterns) conditions.push(hold(compileGlobs(patterns)));
  };
  globs(cameras, (test) => (facts) => test(facts.cameraId));
  globs(groups, (test) => (facts) => facts.groups.some(test));
  globs(kinds, (test) => (facts) => test(facts.kind));
  globs(subjects, (test) => (facts) => facts.subject !== undefined && test(facts.subject));
  if (severities) conditions.push(({ severity }) => severities.includes(severity));
  if (time !== undefined) {
    const schedule = parseSchedule(time);
    // The camera file was checked: a schedule that is none does not get here; if it did, it would hold never.
    conditions.push((facts, timeZone) => !('error' in schedule) && isWithin(schedule, facts.at, timeZone));
  }
  return conditions;
}
