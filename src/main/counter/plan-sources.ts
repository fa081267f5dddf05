import { basename, extname } from 'node:path';
import { Detect } from '../../domain/camera-fields/detection.js';
import { SourceError } from '../../domain/frame-source.js';
import { redactUrls } from '../../domain/redact.js';
import { parseSource } from '../../domain/source-address.js';
import { InputError } from '../../errors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { DEFAULT_LINES, readLines, type GivenLine } from './count-lines.js';
import type { CounterConfig } from './counter-config.js';
import { SourceId, type PlannedSource } from './source-spec.js';

/** What holds for every source that does not say otherwise. */
export interface CountDefaults {
  readonly lines?: readonly GivenLine[] | undefined;
  readonly classes?: readonly string[] | undefined;
  readonly fps?: number | undefined;
  readonly threshold?: number | undefined;
}

/** One source as somebody asks for it. */
export interface AskedSource extends CountDefaults {
  readonly id?: string | undefined;
  readonly source: string;
  readonly alias?: string | undefined;
  readonly location?: string | undefined;
}

const DEFAULT_CLASSES = ['person'];
const DEFAULT_FPS = 10;

/** Names of things that the network which counts can tell apart. */
export function knownClasses(): readonly string[] {
  const { network } = Detect.parse({});
  return networksOf([], '.').find(({ name }) => name === network)?.labels ?? [];
}

/**
 * What holds for all: checked once, because a mistake there would fail every source.
 * @throws InputError listing the mistakes
 */
export function checkDefaults({ lines = DEFAULT_LINES, classes = DEFAULT_CLASSES }: CountDefaults): void {
  checkClasses(classes);
  readLines(lines, classes);
}

function checkClasses(classes: readonly string[]): void {
  const known = knownClasses();
  const unknown = classes.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new InputError(
      `class ${unknown.map((name) => `"${name}"`).join(', ')} is unknown; the network knows ${known.join(', ')}`,
    );
}

/**
 * A source with everything that holds for it. What is wrong with it alone makes it a refused one: the others go on.
 * @param taken ids that are in use
 * @throws InputError when its id cannot be used
 */
export function planSource(
  asked: AskedSource,
  defaults: CountDefaults,
  taken: ReadonlySet<string>,
): PlannedSource {
  const id = asked.id === undefined ? freeId(nameOf(asked.source), taken) : ownId(asked.id, taken);
  const about = {
    ...{ id, source: asked.source },
    ...(asked.alias === undefined ? {} : { alias: asked.alias }),
    ...(asked.location === undefined ? {} : { location: asked.location }),
  };
  let kind: 'file' | 'live' = 'file';
  try {
    const address = parseSource(asked.source);
    kind = address.kind === 'file' || address.kind === 'folder' ? 'file' : 'live';
    const classes = [...(asked.classes ?? defaults.classes ?? DEFAULT_CLASSES)];
    checkClasses(classes);
    const lines = readLines(asked.lines ?? defaults.lines ?? DEFAULT_LINES, classes);
    const threshold = asked.threshold ?? defaults.threshold;
    const fps = asked.fps ?? defaults.fps ?? DEFAULT_FPS;
    return { ...about, kind, lines, classes, fps, ...(threshold === undefined ? {} : { threshold }) };
  } catch (error) {
    if (!(error instanceof InputError) && !(error instanceof SourceError)) throw error;
    return { ...about, kind, refused: redactUrls(error.message) };
  }
}

/** Cameras and videos of the file that are switched on, in their order. */
export function sourcesOf({ cameras, videos }: Pick<CounterConfig, 'cameras' | 'videos'>): AskedSource[] {
  return [
    ...cameras.filter(({ enabled }) => enabled).map(({ camera_id: id, ...camera }) => ({ ...camera, id })),
    ...videos
      .filter(({ enabled }) => enabled)
      .map(({ video_id: id, path: source, ...video }) => ({ ...video, id, source })),
  ];
}

function ownId(id: string, taken: ReadonlySet<string>): string {
  const parsed = SourceId.safeParse(id);
  if (!parsed.success)
    throw new InputError(`the id "${id}" ${parsed.error.issues[0]?.message ?? 'cannot be used'}`);
  if (taken.has(parsed.data.toLowerCase()))
    throw new InputError(`the id "${id}" is used twice; every source needs its own`);
  return parsed.data;
}

/** `videos/Gate 1.mp4` → `gate-1`, `rtsp://user:secret@10.0.0.5/main` → `10-0-0-5-main` */
function nameOf(source: string): string {
  const place = URL.canParse(source)
    ? `${new URL(source).hostname} ${new URL(source).pathname}`
    : basename(source, extname(source));
  const name = place
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase()
    .slice(0, 50)
    .replace(/-+$/, '');
  return name === '' || name === 'total' ? `source${name && '-'}${name}` : name;
}

function freeId(name: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n++) {
    const id = n === 1 ? name : `${name}-${n}`;
    if (!taken.has(id)) return id;
  }
}
