import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { retentionMistakes } from '../domain/archive/mistakes.js';
import { alertingMistakes } from '../domain/alerting/check-alerting.js';
import { Alerting } from '../domain/alerting/config.js';
import { ArchiveSettings } from '../domain/camera-fields/retention.js';
import { CameraFile, type Camera } from '../domain/camera.js';
import { reportMistakes } from '../domain/flow/report-orders.js';
import { areaMistakes } from '../domain/occupancy/areas.js';
import { InputError, PermanentError, messageOf } from '../errors.js';
import type { Cameras } from '../ports.js';

type Plain = Readonly<Record<string, unknown>>;
type Environment = Readonly<Record<string, string | undefined>>;

/** The camera file, with what cameras kept elsewhere need of it. */
export interface CameraSettings {
  readonly file: CameraFile;
  /** `defaults` as written, references filled. */
  readonly defaults: Plain;
  /** Variables of the environment that cameras of the file refer to. */
  readonly references: ReadonlySet<string>;
}

/**
 * Reads the camera file (YAML or JSON).
 * @param env where `${NAME}` references in sources and addresses are looked up: the file itself holds no secret.
 * @throws InputError that lists every mistake at once: camera, field, what is wrong.
 */
export function readCameraFile(path: string, env: Environment): CameraFile {
  return readCameraSettings(path, env).file;
}

/** The same, with the defaults as they were written. */
export function readCameraSettings(path: string, env: Environment): CameraSettings {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(
      (error as NodeJS.ErrnoException).code === 'ENOENT'
        ? `camera file ${path} does not exist: create it (README.md, "Camera file") or name another with CAMERAS_FILE or --cameras`
        : `camera file ${path} cannot be read: ${messageOf(error)}`,
    );
  }
  const { file, ...settings } = parseSettings(text, path, env);
  const folder = dirname(path);
  const networks = file.networks.map((network) => ({ ...network, file: resolve(folder, network.file) }));
  return { ...settings, file: { ...file, networks } };
}

/** The same for text already read; `name` is what messages call it. */
export function parseCameraFile(text: string, name: string, env: Environment): CameraFile {
  return parseSettings(text, name, env).file;
}

function parseSettings(text: string, name: string, env: Environment): CameraSettings {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const broken = document.errors[0];
  if (broken) throw new InputError(`${name} is no valid YAML: ${broken.message}`);
  const references = new Set<string>();
  const written = document.toJS({ maxAliasCount: 100 }) as unknown;
  const raw = fillReferences(written, (reference) => {
    references.add(reference);
    return env[reference];
  });
  const missing = [...references].filter((reference) => isBlank(env[reference]));
  if (missing.length > 0) {
    throw new InputError(
      `${name} refers to ${missing.join(', ')}: set ${missing.length > 1 ? 'them' : 'it'} in the environment`,
    );
  }
  const defaults = isPlain(raw) && isPlain(raw['defaults']) ? raw['defaults'] : {};
  return { file: parseRaw(raw, defaults, `${name}:\n  `), defaults, references: camerasOnly(written) };
}

/** A secret of recipients (of their webhooks) is nothing that a camera's source may name. */
function camerasOnly(written: unknown): ReadonlySet<string> {
  const references = new Set<string>();
  if (isPlain(written))
    fillReferences([written['defaults'], written['cameras']], (name) => {
      references.add(name);
      return undefined;
    });
  return references;
}

/**
 * Reads one camera that was given outside the camera file, as if it stood there.
 * @param context.mayRefer which variables of the environment it may name: whoever gives a camera over the network must
 * not read others through its source
 * @throws InputError that lists every mistake at once: field, what is wrong.
 */
export function parseCamera(
  given: unknown,
  context: {
    readonly defaults: Plain;
    readonly env: Environment;
    readonly mayRefer: (name: string) => boolean;
  },
): Camera {
  const { defaults, env, mayRefer } = context;
  const refused = new Set<string>();
  const raw = fillReferences(given, (name) => {
    const value = mayRefer(name) ? env[name] : undefined;
    if (isBlank(value)) refused.add(name);
    return value;
  });
  if (refused.size > 0) {
    const names = [...refused].join(', ');
    throw new InputError(
      `the camera refers to ${names}, which ${refused.size > 1 ? 'are' : 'is'} not there for cameras: set a variable whose name begins with CAM, or one that the camera file uses, in the environment`,
    );
  }
  const [camera] = parseRaw({ cameras: [raw] }, defaults, '').cameras;
  if (!camera) throw new InputError('no camera was given');
  return camera;
}

/** @param before what the message about mistakes begins with */
function parseRaw(raw: unknown, defaults: Plain, before: string): CameraFile {
  const parsed = CameraFile.safeParse(withDefaults(raw, defaults));
  const mistakes = parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, raw));
  mistakes.push(...duplicateIds(raw));
  if (parsed.success)
    mistakes.push(
      ...alertingMistakes(parsed.data),
      ...areaMistakes(parsed.data),
      ...reportMistakes(parsed.data),
      ...retentionMistakes(parsed.data),
    );
  if (mistakes.length > 0 || !parsed.success) throw new InputError(`${before}${mistakes.join('\n  ')}`);
  return parsed.data;
}

/** The Cameras port over a parsed file. @param file.alerting default: everybody is told at once; file.areas, file.reports default: none */
export function createCameras(
  file: Pick<CameraFile, 'site' | 'cameras' | 'recipients'> &
    Partial<Pick<CameraFile, 'alerting' | 'areas' | 'reports' | 'retention' | 'archive'>>,
): Cameras {
  const byId = new Map(file.cameras.map((camera) => [camera.id, camera]));
  return {
    site: file.site,
    recipients: file.recipients,
    alerting: file.alerting ?? Alerting.parse({}),
    areas: file.areas ?? [],
    reports: file.reports ?? [],
    retention: file.retention ?? [],
    archive: file.archive ?? ArchiveSettings.parse({}),
    all: () => file.cameras,
    get: (id): Camera => {
      const camera = byId.get(id);
      if (!camera) throw new PermanentError(`camera "${id}" is not in the camera file`);
      return camera;
    },
    // A file that was read once does not change.
    onChange: () => () => undefined,
  };
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Merges `defaults` into each camera; objects (detect, motion, alerts) field by field, everything else as a whole. */
function withDefaults(raw: unknown, defaults: Plain): unknown {
  if (!isPlain(raw) || !Array.isArray(raw['cameras'])) return raw;
  const merge = (camera: Plain): Plain => {
    const merged: Record<string, unknown> = { ...defaults, ...camera };
    for (const [field, value] of Object.entries(defaults)) {
      const own = camera[field];
      if (isPlain(value) && isPlain(own)) merged[field] = { ...value, ...own };
    }
    return merged;
  };
  return {
    ...raw,
    cameras: (raw['cameras'] as unknown[]).map((camera) => (isPlain(camera) ? merge(camera) : camera)),
  };
}

/** @param find gives the value of a reference; blank: it stays empty */
function fillReferences(value: unknown, find: (name: string) => string | undefined): unknown {
  if (typeof value === 'string')
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => find(name) ?? '');
  if (Array.isArray(value)) return value.map((item) => fillReferences(item, find));
  if (isPlain(value))
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, fillReferences(item, find)]),
    );
  return value;
}

function isBlank(text: string | undefined): boolean {
  return text === undefined || text === '';
}

function describe(issue: z.core.$ZodIssue, raw: unknown): string[] {
  const where = place(issue.path, raw);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(
      (key) => `${where === '' ? '' : `${where}: `}unknown field "${key}" (check the spelling)`,
    );
  }
  if (issue.code === 'invalid_type' && valueAt(issue.path, raw) === undefined)
    return [`${where} is missing (${issue.expected})`];
  const value = valueAt(issue.path, raw);
  const shown =
    value === undefined || isSecret(issue.path) || typeof value === 'object'
      ? ''
      : ` is ${JSON.stringify(value)}:`;
  return [`${where}${shown} ${issue.message}`];
}

/** Credentials, addresses and phone numbers are not repeated. */
function isSecret(path: readonly PropertyKey[]): boolean {
  if (path[0] === 'recipients') return !PLAIN_OF_RECIPIENT.has(path[2]);
  return ['source', 'detectSource', 'restream'].some((field) => path.includes(field));
}

const PLAIN_OF_RECIPIENT: ReadonlySet<PropertyKey | undefined> = new Set([
  ...['id', 'log', 'language', 'timeZone', 'quietHours', 'quietBelow', 'maxPerHour'],
]);

function valueAt(path: readonly PropertyKey[], raw: unknown): unknown {
  return path.reduce<unknown>(
    (at, key) => (at === null || at === undefined ? undefined : (at as Record<PropertyKey, unknown>)[key]),
    raw,
  );
}

/** `cameras.0.lines.1.from` → `camera gate-1: lines[1].from` */
function place(path: readonly PropertyKey[], raw: unknown): string {
  const [first, index, ...rest] = path;
  if (first !== 'cameras' || index === undefined) return dotted(path);
  const id = valueAt([first, index, 'id'], raw);
  const camera = typeof id === 'string' ? `camera ${id}` : `cameras[${String(index)}]`;
  return rest.length === 0 ? camera : `${camera}: ${dotted(rest)}`;
}

function dotted(path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (text, key) =>
      typeof key === 'number' ? `${text}[${key}]` : text === '' ? String(key) : `${text}.${String(key)}`,
    '',
  );
}

function duplicateIds(raw: unknown): string[] {
  if (!isPlain(raw) || !Array.isArray(raw['cameras'])) return [];
  const ids = raw['cameras'].map((camera: unknown) => (isPlain(camera) ? camera['id'] : undefined));
  return ids.flatMap((id, i) =>
    typeof id === 'string' && ids.indexOf(id) !== i
      ? [`cameras[${i}]: the id "${id}" is used twice; every camera needs its own`]
      : [],
  );
}
