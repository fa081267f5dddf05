import { z } from 'zod';
import { Schedule, TimeZone } from '../camera-fields/shapes.js';
import { PartId } from '../ids.js';

/**
 * Who is told what, when and how: data in the camera file (`recipients`, `alerting`), reloaded with it. Unknown fields
 * are errors: a misspelt field must not pass as a default.
 */
export const Severity = z.enum(['info', 'warning', 'critical']);
export type Severity = z.infer<typeof Severity>;

export const Channel = z.enum(['email', 'sms', 'push', 'webhook', 'rabbitmq', 'mqtt', 'log']);
export type Channel = z.infer<typeof Channel>;

export const Language = z.enum(['vi', 'en']);
export type Language = z.infer<typeof Language>;

const Phone = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a number with country code, E.164, for example +84912345678');

const Topic = z
  .string()
  .regex(/^[A-Za-z0-9_.~%-]{1,200}$/, 'must be 1-200 of letters, digits, "_", ".", "~", "%" and "-"');

export const Recipient = z
  .strictObject({
    id: PartId.describe('appears in jobs and pages instead of the address'),
    name: z.string().trim().min(1).max(100).optional(),
    email: z.email('is no e-mail address').optional(),
    phone: Phone.optional().describe('for SMS; replies from it acknowledge'),
    push: z
      .union([z.boolean(), z.strictObject({ topic: Topic })], {
        error: 'must be true, false or { topic: … }',
      })
      .default(false)
      .describe('true: to the phones registered for this recipient; topic: to all that follow it'),
    webhook: z
      .strictObject({
        url: z.url({ protocol: /^https?$/, error: 'is no http or https address' }),
        secret: z
          .string()
          .min(16, 'needs at least 16 characters; take it from the environment: "${HOOK_SECRET}"')
          .describe('signs what is sent; from the environment: "${HOOK_SECRET}"'),
      })
      .optional(),
    rabbitmq: z
      .strictObject({ exchange: z.string().min(1).max(200), routingKey: z.string().max(255).default('') })
      .optional(),
    mqtt: z
      .strictObject({
        topic: z
          .string()
          .regex(/^[^+#\p{Cc}]{1,200}$/u, 'must hold no "+", no "#" and no control characters'),
      })
      .optional(),
    log: z.boolean().default(false).describe('a line in the notification log: for a first start'),
    language: Language.optional().describe('default: the language of the site'),
    timeZone: TimeZone.optional(),
    quietHours: Schedule.optional().describe('messages wait until these are over: "22:00-06:00"'),
    quietBelow: Severity.default('critical').describe('messages of this severity and above do not wait'),
    maxPerHour: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(30)
      .describe('messages an hour and channel; what is over it is gathered in one that comes later'),
  })
  .refine((one) => addressesOf(one).length > 0, {
    error:
      'has no address: give email, phone, push, webhook, rabbitmq, mqtt or log, for example email: guard@example.org',
  });
export type Recipient = z.infer<typeof Recipient>;

/** The channels a recipient can be reached on, in the order they are listed in `Channel`. */
export function addressesOf(
  one: Readonly<
    Partial<Record<'email' | 'phone' | 'push' | 'webhook' | 'rabbitmq' | 'mqtt' | 'log', unknown>>
  >,
): Channel[] {
  const has = {
    email: one.email !== undefined,
    sms: one.phone !== undefined,
    push: one.push !== undefined && one.push !== false,
    webhook: one.webhook !== undefined,
    rabbitmq: one.rabbitmq !== undefined,
    mqtt: one.mqtt !== undefined,
    log: one.log === true,
  } satisfies Record<Channel, boolean>;
  return Channel.options.filter((channel) => has[channel]);
}

/** `*` stands for any number of characters. */
const Globs = z
  .array(z.string().regex(/^[a-z0-9*_-]{1,64}$/i, 'must be an id, in which "*" may stand for anything'))
  .min(1);

/** All that are given must hold; in each list one is enough. */
export const When = z.strictObject({
  cameras: Globs.optional(),
  groups: Globs.optional(),
  kinds: Globs.optional().describe('for example [intrusion, plate-*]'),
  subjects: Globs.optional().describe('zones'),
  severities: z.array(Severity).min(1).optional(),
  time: Schedule.optional().describe('site time: "mon-fri 19:00-06:00; sat,sun"'),
});
export type When = z.infer<typeof When>;

export const SeverityRule = z
  .strictObject({
    when: When.prefault({}),
    set: Severity.optional(),
    raise: z.int().min(1).max(2).optional(),
    lower: z.int().min(1).max(2).optional(),
  })
  .refine((rule) => [rule.set, rule.raise, rule.lower].filter((one) => one !== undefined).length === 1, {
    error: 'needs one of set, raise and lower',
  });
export type SeverityRule = z.infer<typeof SeverityRule>;

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day, for example 07:00');
const instant = z.iso.datetime({
  offset: true,
  error: 'must be ISO 8601 with a zone, for example 2026-11-21T18:00:00+07:00',
});

/** Who is on duty. Turns change at `handover` of the schedule's own calendar, also where clocks are put forward. */
export const OnCall = z.strictObject({
  id: PartId,
  timeZone: TimeZone.optional(),
  start: z.iso.date('must be a day, for example 2026-11-02').describe('first day of the first turn'),
  handover: clock.default('07:00'),
  everyDays: z.int().min(1).max(366).default(7).describe('length of a turn'),
  who: z.array(PartId).min(1).describe('recipients, one turn each'),
  hours: Schedule.optional().describe('nobody is on duty outside these; default: always'),
  overrides: z
    .array(z.strictObject({ from: instant, to: instant, who: z.array(PartId).min(1) }))
    .default([])
    .describe('instead of whose turn it is; of several the last one counts'),
});
export type OnCall = z.infer<typeof OnCall>;

export const Step = z.strictObject({
  afterS: z.int().min(0).max(86_400).default(0).describe('after the incident was opened, s'),
  to: z
    .array(
      z
        .string()
        .regex(
          /^(\*|(on-call:)?[A-Za-z0-9_-]{1,64})$/,
          'must be a recipient, "on-call:<id>", or "*" for all',
        ),
    )
    .min(1),
  channels: z.array(Channel).min(1).optional().describe('default: all that a recipient has'),
  mode: z
    .enum(['all', 'first'])
    .default('all')
    .describe(
      'first: only the first channel that the recipient has and that works; the next when it is down',
    ),
});
export type Step = z.infer<typeof Step>;

export const Policy = z.strictObject({
  id: PartId,
  steps: z.array(Step).min(1).max(20),
  repeat: z.int().min(0).max(10).default(0).describe('how often all steps are gone through again'),
  repeatAfterS: z.int().min(60).max(86_400).default(600).describe('from one round to the next, s'),
});
export type Policy = z.infer<typeof Policy>;

export const Route = z.strictObject({
  when: When.prefault({}),
  policy: PartId.or(z.literal('none')).describe('none: an incident is kept, nobody is told'),
});
export type Route = z.infer<typeof Route>;

export const Alerting = z.strictObject({
  severity: z.array(SeverityRule).max(200).default([]).describe('every rule that fits is applied, in order'),
  onCall: z.array(OnCall).max(200).default([]),
  policies: z.array(Policy).max(200).default([]),
  routes: z
    .array(Route)
    .max(500)
    .default([])
    .describe('the first that fits counts; where none does, all recipients are told at once'),
  maxIncidentS: z
    .int()
    .min(60)
    .max(86_400)
    .default(3600)
    .describe('what goes on for longer becomes a new incident, and people are told again, s'),
  expireS: z
    .int()
    .min(300)
    .max(30 * 86_400)
    .default(86_400)
    .describe('an incident nobody reacted to is closed as expired after this, s'),
  tellEnd: z.boolean().default(true).describe('those who were told are also told that it is over'),
  storm: z
    .strictObject({
      incidents: z.int().min(0).max(10_000).default(10).describe('0: never'),
      withinS: z.int().min(5).max(3600).default(60),
    })
    .prefault({})
    .describe(
      'more new incidents than this within this time are gathered in one; critical ones are still told',
    ),
  flapping: z
    .strictObject({
      incidents: z.int().min(0).max(1000).default(4).describe('0: never'),
      withinS: z.int().min(60).max(86_400).default(900),
    })
    .prefault({})
    .describe(
      'one thing that makes more incidents than this within this time makes no further ones until it rests',
    ),
  smsPerDay: z
    .int()
    .min(0)
    .max(100_000)
    .default(200)
    .describe('segments of SMS a day of the site: they cost money'),
});
export type Alerting = z.infer<typeof Alerting>;
