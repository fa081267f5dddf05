import { Severity, type SeverityRule } from './config.js';
import { type AlertFacts, matches } from './matching.js';

const LEVELS = Severity.options;

/** Whether it is as severe as `limit`, or more. */
export function isAtLeast(severity: Severity, limit: Severity): boolean {
  return LEVELS.indexOf(severity) >= LEVELS.indexOf(limit);
}

/**
 * How severe an alert is by the site's rules: each rule that fits changes what those before it made of it.
 * @param facts with the severity its producer gave it
 * @param timeZone of the site
 */
export function severityOf(facts: AlertFacts, rules: readonly SeverityRule[], timeZone: string): Severity {
  return rules.reduce<Severity>((severity, rule) => {
    if (!matches(rule.when, { ...facts, severity }, timeZone)) return severity;
    return rule.set ?? moved(severity, (rule.raise ?? 0) - (rule.lower ?? 0));
  }, facts.severity);
}

/** Nothing is above critical or below info. */
function moved(severity: Severity, by: number): Severity {
  const to = LEVELS.indexOf(severity) + by;
  return LEVELS[Math.max(0, Math.min(LEVELS.length - 1, to))] ?? severity;
}
