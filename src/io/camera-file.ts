import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { CameraFile, type Camera } from '../domain/camera.js';
import { InputError, PermanentError, messageOf } from '../errors.js';
import type { Cameras } from '../ports.js';

/**
 * Reads the camera file (YAML or JSON).
 * @param env where `${NAME}` references in sources and addresses are looked up: the file itself holds no secret.
 * @throws InputError that lists every mistake at once: camera, field, what is wrong.
 */
export function readCameraFile(path: string, env: Record<string, string | undefined>): CameraFile {
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
  const file = parseCameraFile(text, path, env);
  const folder = dirname(path);
  return {
    ...file,
    networks: file.networks.map((network) => ({ ...network, file: resolve(folder, network.file) })),
  };
}

/** The same for text already read; `name` is what messages call it. */
export function parseCameraFile(
  text: string,
  name: string,
  env: Record<string, string | undefined>,
): CameraFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: true });
  const broken = document.errors[0];
  if (broken) throw new InputError(`${name} is no valid YAML: ${broken.message}`);
  const missing = new Set<string>();
  const raw = fillReferences(document.toJS({ maxAliasCount: 100 }) as unknown, env, missing);
  if (missing.size > 0) {
    throw new InputError(
      `${name} refers to ${[...missing].join(', ')}: set ${missing.size > 1 ? 'them' : 'it'} in the environment`,
    );
  }
  const parsed = CameraFile.safeParse(withDefaults(raw));
  const mistakes = parsed.success ? [] : parsed.error.issues.flatMap((issue) => describe(issue, raw));
  mistakes.push(...duplicateIds(raw));
  if (mistakes.length > 0 || !parsed.success) throw new InputError(`${name}:\n  ${mistakes.join('\n  ')}`);
  return parsed.data;
}

/** The Cameras port over a parsed file. */
export function createCameras(file: Pick<CameraFile, 'site' | 'cameras' | 'recipients'>): Cameras {
  const byId = new Map(file.cameras.map((camera) => [camera.id, camera]));
  return {
    site: file.site,
    recipients: file.recipients,
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

type Plain = Record<string, unknown>;
const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Merges `defaults` into each camera; objects (detect, motion, alerts) field by field, everything else as a whole. */
function withDefaults(raw: unknown): unknown {
  if (!isPlain(raw) || !isPlain(raw['defaults']) || !Array.isArray(raw['cameras'])) return raw;
  const defaults = raw['defaults'];
  const merge = (camera: Plain): Plain => {
    const merged: Plain = { ...defaults, ...camera };
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

function fillReferences(
  value: unknown,
  env: Record<string, string | undefined>,
  missing: Set<string>,
): unknown {
  if (typeof value === 'string') {
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = env[name];
      if (found === undefined || found === '') missing.add(name);
      return found ?? '';
    });
  }
  if (Array.isArray(value)) return value.map((item) => fillReferences(item, env, missing));
  if (isPlain(value))
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fillReferences(v, env, missing)]));
  return value;
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
  const secret =
    issue.path.includes('source') || issue.path.includes('detectSource') || issue.path.includes('email');
  const shown =
    value === undefined || secret || typeof value === 'object' ? '' : ` is ${JSON.stringify(value)}:`;
  return [`${where}${shown} ${issue.message}`];
}

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
