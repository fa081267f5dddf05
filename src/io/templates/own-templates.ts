import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { OCCASIONS, sampleFacts } from '../../domain/alerting/sample-facts.js';
import type { Language } from '../../domain/alerting/config.js';
import type { MessageFacts } from '../../domain/alerting/message.js';
import { messageOf } from '../../errors.js';
import { compile, type Compiled } from './engine.js';
import { type Part, PARTS } from './language-pack.js';
import { scopeOf } from './scope.js';

/** A file that was written within this time may not be whole yet, ms. */
const SETTLE_MS = 1000;
const FILE = /^([a-z]+)\.liquid$/;

/** Templates of the installation's own: `<folder>/<language>/<part>.liquid`. */
export interface OwnTemplates {
  /** As the files are now. */
  read(language: Language): {
    readonly parts: ReadonlyMap<Part, Compiled>;
    /** Files that cannot be used: which, line, reason. */
    readonly problems: readonly string[];
  };
}

interface Loaded {
  readonly mark: string;
  readonly compiled?: Compiled;
  readonly problem?: string;
}

/** Files are looked at whenever a message is written, and read when they have changed. */
export function createOwnTemplates(dir: string, now: () => number): OwnTemplates {
  const loaded = new Map<string, Loaded>();
  const load = (language: Language, part: Part): Loaded | undefined => {
    const name = `${language}/${part}.liquid`;
    const path = join(dir, name);
    const before = loaded.get(name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return void loaded.delete(name);
    const mark = [stats.ino, stats.size, stats.mtimeMs, stats.ctimeMs].join('|');
    if (before?.mark === mark) return before;
    if (before && Math.abs(now() - stats.mtimeMs) < SETTLE_MS) return before;
    const after = { mark, ...checked(path, name, language, part) };
    loaded.set(name, after);
    return after;
  };
  return {
    read: (language) => {
      const parts = new Map<Part, Compiled>();
      const problems = strangers(dir, language);
      for (const part of PARTS) {
        const one = load(language, part);
        if (one?.compiled) parts.set(part, one.compiled);
        if (one?.problem !== undefined) problems.push(one.problem);
      }
      return { parts, problems };
    },
  };
}

/** What is in the folder and would never be looked at: a misspelt name must not pass without a word. */
function strangers(dir: string, language: Language): string[] {
  try {
    // A language that has no folder has no templates of its own.
    if (!readdirSync(dir).includes(language)) return [];
    return readdirSync(join(dir, language))
      .filter((name) => name.endsWith('.liquid') && !isPart(FILE.exec(name)?.[1]))
      .map((name) => `${language}/${name}: is no part of a message; parts: ${PARTS.join(', ')}`);
  } catch (error) {
    return [`TEMPLATES_DIR cannot be read: ${messageOf(error)}`];
  }
}

function isPart(name: string | undefined): boolean {
  return (PARTS as readonly (string | undefined)[]).includes(name);
}

/**
 * Parsed, and tried on a made-up message of each occasion. A name that no message has is a mistake; one that some have not
 * (a storm has no camera) is empty there.
 */
function checked(path: string, name: string, language: Language, part: Part): Omit<Loaded, 'mark'> {
  try {
    const source = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
    const compiled = compile(source, part === 'html' ? 'html' : 'plain');
    for (const occasion of OCCASIONS) {
      compiled.render({ ...scopeOf(everything(), language), occasion }, { isStrict: true });
      compiled.render(scopeOf(sample(occasion), language));
    }
    return { compiled };
  } catch (error) {
    return { problem: `${name}: ${messageOf(error)}` };
  }
}

function sample(occasion: MessageFacts['occasion']): MessageFacts {
  const site = { name: 'Camqueue', timeZone: 'Asia/Ho_Chi_Minh' };
  const links = { incident: 'https://x/i', acknowledge: 'https://x/a', clip: 'https://x/c' };
  return sampleFacts({ occasion, site, links, now: 0, kind: 'plate-deny' });
}

/** More than any real message has. */
function everything(): MessageFacts {
  const opened = sample('opened');
  return {
    ...{ ...sample('storm'), ...sample('gathered'), ...opened },
    incident: {
      ...opened.incident,
      kind: 'made-up',
      acknowledgedBy: 'Lan',
      endedBy: 'Lan',
      isFalseAlarm: true,
    },
    recipient: { id: 'guard', name: 'Lan', timeZone: 'UTC' },
  };
}
