import type { Alerting, OnCall, Policy, Recipient } from './config.js';
import { DEFAULT_POLICY, NO_POLICY } from './planning.js';
import { channelsFor, onCallOf } from './recipients.js';

interface Given {
  readonly recipients: readonly Recipient[];
  readonly alerting: Alerting;
}

/**
 * What in recipients and rules does not fit together, for people: field, value and what to do. Empty: nothing. Addresses
 * and secrets are not in it.
 */
export function alertingMistakes({ recipients, alerting }: Given): string[] {
  const { onCall, policies, routes } = alerting;
  const people = new Set(recipients.map(({ id }) => id));
  const known = new Set(policies.map(({ id }) => id));
  return [
    ...doubles(recipients, 'recipients'),
    ...doubles(onCall, 'alerting.onCall'),
    ...doubles(policies, 'alerting.policies'),
    ...onCall.flatMap((list, i) => onCallMistakes(list, `alerting.onCall[${i}]`, people)),
    ...policies.flatMap((policy, i) => policyMistakes(policy, `alerting.policies[${i}]`, recipients, onCall)),
    ...routes.flatMap(({ policy }, i) =>
      policy === NO_POLICY || known.has(policy)
        ? []
        : [
            `alerting.routes[${i}].policy is "${policy}": there is no such policy; ${oneOf([...known, NO_POLICY])}`,
          ],
    ),
  ];
}

function doubles(parts: readonly { readonly id: string }[], field: string): string[] {
  const seen = new Set<string>();
  return parts.flatMap(({ id }, i) => {
    if (!seen.has(id)) {
      seen.add(id);
      return [];
    }
    return [`${field}[${i}].id is "${id}", which another one has; every one needs its own`];
  });
}

function onCallMistakes({ who, overrides }: OnCall, field: string, people: ReadonlySet<string>): string[] {
  return [
    ...strangers(who, `${field}.who`, people),
    ...overrides.flatMap((override, i) => {
      const at = `${field}.overrides[${i}]`;
      const isEmpty = Date.parse(override.to) <= Date.parse(override.from);
      return [
        ...(isEmpty ? [`${at}.to is ${override.to}: must be after from (${override.from})`] : []),
        ...strangers(override.who, `${at}.who`, people),
      ];
    }),
  ];
}

function strangers(names: readonly string[], field: string, people: ReadonlySet<string>): string[] {
  return names.flatMap((name, i) => (people.has(name) ? [] : [stranger(name, `${field}[${i}]`, people)]));
}

function stranger(name: string, field: string, people: ReadonlySet<string>): string {
  return `${field} is "${name}": there is no such recipient; ${oneOf([...people])}`;
}

function oneOf(names: readonly string[]): string {
  return names.length === 0 ? 'there is none at all' : `there are ${names.join(', ')}`;
}

function policyMistakes(
  { id, steps }: Policy,
  field: string,
  recipients: readonly Recipient[],
  onCall: Alerting['onCall'],
): string[] {
  const reserved =
    id === NO_POLICY || id === DEFAULT_POLICY
      ? [`${field}.id is "${id}", which means ${MEANING[id]}; choose another id and name it in a route`]
      : [];
  return [
    ...reserved,
    ...steps.flatMap((step, i) => stepMistakes(step, `${field}.steps[${i}]`, recipients, onCall)),
  ];
}

const MEANING = {
  [NO_POLICY]: 'that nobody is told',
  [DEFAULT_POLICY]: 'what is done where no route fits',
} as const;

function stepMistakes(
  step: Policy['steps'][number],
  field: string,
  recipients: readonly Recipient[],
  onCall: Alerting['onCall'],
): string[] {
  const people = new Set(recipients.map(({ id }) => id));
  const meant = new Set<string>();
  const mistakes = step.to.flatMap((name, i) => {
    const list = onCallOf(name);
    if (name === '*') people.forEach((id) => meant.add(id));
    else if (list === undefined) {
      if (!people.has(name)) return [stranger(name, `${field}.to[${i}]`, people)];
      meant.add(name);
    } else {
      const found = onCall.find(({ id }) => id === list);
      if (!found) {
        const lists = onCall.map(({ id }) => `on-call:${id}`);
        return [`${field}.to[${i}] is "${name}": there is no such list in alerting.onCall; ${oneOf(lists)}`];
      }
      [found, ...found.overrides].forEach(({ who }) => who.forEach((id) => meant.add(id)));
    }
    return [];
  });
  const reached = recipients.filter((one) => meant.has(one.id) && channelsFor(step, one).length > 0);
  if (step.channels === undefined || mistakes.length > 0 || reached.length > 0) return mistakes;
  return [
    `${field}.channels is [${step.channels.join(', ')}]: nobody of ${step.to.join(', ')} has one of these; give them an address for one, or name another channel`,
  ];
}
