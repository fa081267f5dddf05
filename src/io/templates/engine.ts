import { Liquid, LiquidError, type Template } from 'liquidjs';
import { type Language, Severity } from '../../domain/alerting/config.js';
import { cutTo } from '../../domain/alerting/one-line.js';
import { longTime, shortTime } from './local-time.js';
import { kindWords, PACKS, type Scope } from './scope.js';

/** A template is a page of text; more is a mistake, characters. */
const MOST_TEMPLATE = 100_000;
/** Objects and characters that one rendering may make. */
const MOST_MEMORY = 2_000_000;
/** A rendering takes a few ms; what takes so long never ends. It holds the process up for as long, ms. */
const RENDER_MS = 1000;

/** A template that can be rendered. */
export interface Compiled {
  /** @throws Error that says line and reason. */
  render(scope: Scope, options?: { readonly isStrict?: boolean }): string;
}

/**
 * Liquid without files: no template can read or include another. What is put into HTML is escaped.
 * Filters of ours: `time` and `clock` (epoch ms, in the reader's zone), `kind` and `severity` (in words), `cut`, `pad`.
 */
const engines = { html: createEngine('escape'), plain: createEngine() };

/** @throws Error that says line and reason. */
export function compile(text: string, kind: 'html' | 'plain'): Compiled {
  const engine = engines[kind];
  const parsed = explained(() => engine.parse(text));
  return { render: (scope, options) => explained(() => render(engine, parsed, scope, options?.isStrict)) };
}

function render(engine: Liquid, parsed: Template[], scope: Scope, isStrict = false): string {
  const options = { strictVariables: isStrict, renderLimit: RENDER_MS, memoryLimit: MOST_MEMORY };
  return String(engine.renderSync(parsed, scope, options));
}

function createEngine(outputEscape?: 'escape'): Liquid {
  const engine = new Liquid({
    ...(outputEscape && { outputEscape }),
    // In memory, and nothing there: `include`, `render` and `layout` find no file.
    templates: {},
    strictFilters: true,
    lenientIf: true,
    ownPropertyOnly: true,
    parseLimit: MOST_TEMPLATE,
  });
  engine.registerFilter('time', function (value: unknown) {
    const { zone, pack } = reader(this.context.environments);
    return longTime(instant(value), zone, pack);
  });
  engine.registerFilter('clock', function (value: unknown) {
    const { zone, pack } = reader(this.context.environments);
    return shortTime(instant(value), zone, pack);
  });
  engine.registerFilter('kind', function (value: unknown) {
    return kindWords(String(value), reader(this.context.environments).pack);
  });
  engine.registerFilter('severity', function (value: unknown) {
    const parsed = Severity.safeParse(value);
    return parsed.success ? reader(this.context.environments).pack.severities[parsed.data] : String(value);
  });
  engine.registerFilter('cut', (value: unknown, most: number, mark?: string) => {
    return cutTo(textOf(value), most, mark);
  });
  engine.registerFilter('pad', (value: unknown, length: number) => {
    return textOf(value).padEnd(Math.min(100, length));
  });
  return engine;
}

function reader(scope: unknown): { zone: string; pack: (typeof PACKS)[Language] } {
  const { zone, language } = scope as Scope;
  return { zone, pack: PACKS[language] };
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new Error('is no text');
}

function instant(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Error('is no time; for example {{ incident.firstAt | time }}');
  return value;
}

/** Liquid's errors carry the template's text; of that people need the line. */
function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!LiquidError.is(error)) throw error;
    const [line] = error.token.getPosition();
    const reason = (error.originalError?.message ?? error.message).replace(/, line:\d+, col:\d+$/, '');
    throw new Error(`line ${line ?? '?'}: ${reason}`, { cause: error });
  }
}
