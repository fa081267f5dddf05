import type { Language } from '../../domain/alerting/config.js';
import type { MessageFacts, Words } from '../../domain/alerting/message.js';
import { cutTo, oneLine } from '../../domain/alerting/one-line.js';
import { messageOf } from '../../errors.js';
import type { Templates } from '../../ports/alerting.js';
import { compile, type Compiled } from './engine.js';
import { HTML } from './html.js';
import { type Part, PARTS } from './language-pack.js';
import { createOwnTemplates, type OwnTemplates } from './own-templates.js';
import { PACKS, scopeOf } from './scope.js';

export interface TemplateOptions {
  /** Folder with templates of the installation's own; undefined: the built-in ones. */
  readonly dir?: string | undefined;
  /** Wall clock, epoch ms; default: the machine's. */
  readonly now?: () => number;
}

/** What each part is at most, characters: more is cut off. SMS: what a provider takes at all. */
const MOST: Readonly<Record<Part, number>> = {
  ...{ subject: 200, title: 120, body: 500, short: 1600 },
  ...{ text: 100_000, html: 200_000 },
};

/**
 * Puts facts into words. Templates of the installation's own take the place of the built-in ones, part by part; one that
 * cannot be used is replaced by the built-in one, so that people are told all the same, and `problem` says why.
 */
export function createTemplates({ dir, now = Date.now }: TemplateOptions): Templates {
  const own = dir === undefined ? undefined : createOwnTemplates(dir, now);
  return { words: async (facts, language) => put(facts, language, own?.read(language)) };
}

function put(facts: MessageFacts, language: Language, own?: ReturnType<OwnTemplates['read']>): Words {
  const scope = scopeOf(facts, language);
  const problems = [...(own?.problems ?? [])];
  const built = builtIn(language);
  const words = (part: Part): string => {
    const template = own?.parts.get(part);
    if (template) {
      try {
        return finished(part, template.render(scope));
      } catch (error) {
        problems.push(`${language}/${part}.liquid: ${messageOf(error)}`);
      }
    }
    return finished(part, built[part].render(scope));
  };
  const all = Object.fromEntries(PARTS.map((part) => [part, words(part)])) as Record<Part, string>;
  return { ...all, ...(problems.length > 0 && { problem: problems.join('; ') }) };
}

/** @throws Error when nothing is left. */
function finished(part: Part, text: string): string {
  const isLine = part === 'subject' || part === 'title';
  const trimmed = isLine ? oneLine(text) : text.trim();
  if (trimmed === '') throw new Error('gives no text');
  if (part === 'html' && trimmed.length > MOST.html)
    throw new Error(`gives more than ${MOST.html} characters`);
  if (part === 'text' || part === 'html') return `${cutTo(trimmed, MOST[part])}\n`;
  return cutTo(trimmed, MOST[part]);
}

const compiled = new Map<Language, Record<Part, Compiled>>();

function builtIn(language: Language): Record<Part, Compiled> {
  const known = compiled.get(language);
  if (known) return known;
  const sources = { ...PACKS[language].templates, html: HTML };
  const made = Object.fromEntries(
    PARTS.map((part) => [part, compile(sources[part], part === 'html' ? 'html' : 'plain')]),
  ) as Record<Part, Compiled>;
  compiled.set(language, made);
  return made;
}
