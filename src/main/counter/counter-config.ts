import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { InputError, messageOf } from '../../errors.js';
import { GivenLine } from './count-lines.js';
import { SourceId } from './source-spec.js';

/** The file of `camqueue count --config`. Unknown fields are errors: a misspelt one must not pass as a default. */
const whole = (min: number, max: number) =>
  z
    .number(`must be a whole number from ${min} to ${max}`)
    .int(`must be a whole number from ${min} to ${max}`)
    .min(min, `must be from ${min} to ${max}`)
    .max(max, `must be from ${min} to ${max}`);
const text = z.string('must be a text').max(200, 'must be at most 200 characters');
const filled = (example: string) =>
  z.string(`must be a text, for example ${example}`).min(1, `must not be empty; for example ${example}`);

export const LogLevel = z.preprocess(
  (value) => (typeof value === 'string' ? value.toLowerCase().replace(/^warning$/, 'warn') : value),
  z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent'], {
    error: 'must be trace, debug, info, warn, error or silent',
  }),
);

/** What may be said for all sources, and for one. */
const counting = {
  lines: z.array(GivenLine).min(1, 'needs at least one line').max(50).optional(),
  classes: z.array(filled('person')).min(1, 'names at least one class, for example ["person"]').optional(),
  fps: z
    .number('must be a number above 0, at most 60')
    .gt(0, 'must be above 0, at most 60')
    .max(60, 'must be above 0, at most 60')
    .optional(),
  threshold: whole(1, 1_000_000).optional(),
};

const about = {
  alias: text.optional(),
  enabled: z.boolean('must be true or false').default(true),
  ...counting,
};

const SourceText = filled('"rtsp://10.0.0.5/main"');

export const CounterConfig = z
  .strictObject({
    worker_count: whole(1, 256).optional(),
    max_workers: whole(1, 256).optional(),
    result_output: filled('"results"').optional(),
    log_level: LogLevel.default('info'),
    ...counting,
    /** Live sources end after this long, s; default: when stopped. */
    duration: z.number('must be a number of seconds above 0').gt(0, 'must be above 0, seconds').optional(),
    cameras: z
      .array(z.strictObject({ camera_id: SourceId, source: SourceText, location: text.optional(), ...about }))
      .max(1000)
      .default([]),
    videos: z
      .array(z.strictObject({ video_id: SourceId, path: filled('"videos/gate.mp4"'), ...about }))
      .max(100_000)
      .default([]),
  })
  .superRefine(({ cameras, videos }, ctx) => {
    const ids = [
      ...cameras.map(({ camera_id: id }, i) => ({ id, path: ['cameras', i, 'camera_id'] })),
      ...videos.map(({ video_id: id }, i) => ({ id, path: ['videos', i, 'video_id'] })),
    ];
    ids.forEach(({ id, path }, i) => {
      const isKnown = ids.slice(0, i).some((other) => other.id.toLowerCase() === id.toLowerCase());
      if (isKnown)
        ctx.addIssue({
          code: 'custom',
          path,
          message: 'is there twice (capitals do not count); every source needs its own',
        });
    });
  });
export type CounterConfig = z.infer<typeof CounterConfig>;

/**
 * Reads the file: JSON, or YAML by its ending.
 * @param env where `${NAME}` in sources is looked up: the file itself needs no secret
 * @throws InputError that lists every mistake at once: field, value, what it should be.
 */
export function readCounterConfig(
  path: string,
  env: Readonly<Record<string, string | undefined>>,
): CounterConfig {
  let written: string;
  try {
    written = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`--config ${path} cannot be read: ${messageOf(error)}`);
  }
  try {
    const raw: unknown = /\.ya?ml$/i.test(path) ? parse(written) : JSON.parse(written);
    return parseCounterConfig(raw, path, env);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      `${path} is no valid ${/\.ya?ml$/i.test(path) ? 'YAML' : 'JSON'}: ${messageOf(error)}`,
    );
  }
}

/** The same for what was read already; `name` is what messages call it. */
export function parseCounterConfig(
  raw: unknown,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): CounterConfig {
  const missing = new Set<string>();
  const parsed = CounterConfig.safeParse(raw);
  const mistakes = parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, raw));
  const fill = (source: string): string =>
    source.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, variable: string) => {
      if ((env[variable] ?? '') === '') missing.add(variable);
      return env[variable] ?? '';
    });
  const filledIn = parsed.data && {
    ...parsed.data,
    cameras: parsed.data.cameras.map((camera) => ({ ...camera, source: fill(camera.source) })),
  };
  if (missing.size > 0) mistakes.push(`refers to ${[...missing].join(', ')}: set it in the environment`);
  if (!filledIn || mistakes.length > 0) throw new InputError(`${name}:\n  ${mistakes.join('\n  ')}`);
  return filledIn;
}

function describe(issue: z.core.$ZodIssue, raw: unknown): string[] {
  const where = issue.path.reduce<string>(
    (at, key) =>
      typeof key === 'number' ? `${at}[${key}]` : at === '' ? String(key) : `${at}.${String(key)}`,
    '',
  );
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(
      (key) => `${where === '' ? key : `${where}.${key}`} is no field of this file (check the spelling)`,
    );
  const value = issue.path.reduce<unknown>(
    (at, key) =>
      typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
  if (value === undefined) return [`${where === '' ? 'the file' : where} is missing: ${issue.message}`];
  // Of what may hold credentials only the name is said.
  const isSecret = issue.path.includes('source') || typeof value === 'object';
  return [
    `${where === '' ? 'the file' : where}${isSecret ? '' : ` is ${JSON.stringify(value)}:`} ${issue.message}`,
  ];
}
