import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { compileGrammar, GrammarFile, type Grammar } from '../domain/plates/grammar.js';
import { InputError, messageOf } from '../errors.js';

/**
 * Reads how plates are written, one file a country (YAML or JSON), sorted by name.
 * @param options.shippedDir grammars that come with the installation
 * @param options.ownDir the user's own; one of a country that is shipped replaces it
 * @throws InputError naming the file and every mistake in it: field, what is wrong, fix
 */
export function loadGrammars(options: { shippedDir: string; ownDir?: string | undefined }): Grammar[] {
  const byCountry = new Map<string, Grammar>();
  for (const folder of [options.shippedDir, options.ownDir]) {
    if (folder === undefined) continue;
    const here = new Map<string, string>();
    for (const path of filesOf(folder)) {
      const grammar = readGrammar(path);
      const other = here.get(grammar.country);
      if (other !== undefined)
        throw new InputError(
          `plate grammar ${path}: country ${grammar.country} is in ${other} as well; keep one file`,
        );
      here.set(grammar.country, path);
      byCountry.set(grammar.country, grammar);
    }
  }
  return [...byCountry.values()];
}

function filesOf(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    throw new InputError(
      `folder of plate grammars ${folder} cannot be read: ${messageOf(error)}; set PLATE_GRAMMARS to a folder that is there`,
    );
  }
  return names
    .filter((name) => /\.(ya?ml|json)$/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

function readGrammar(path: string): Grammar {
  const name = `plate grammar ${path}`;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new InputError(`${name} cannot be read: ${messageOf(error)}`);
  }
  const document = parseDocument(text, { prettyErrors: true });
  const broken = document.errors[0];
  if (broken) throw new InputError(`${name} is no valid YAML: ${broken.message}`);
  const parsed = GrammarFile.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!parsed.success) {
    const lines = parsed.error.issues.map(
      ({ path: field, message }) => `${field.map(String).join('.') || 'the file'}: ${message}`,
    );
    throw new InputError(`${name}:\n  ${lines.join('\n  ')}`);
  }
  const compiled = compileGrammar(parsed.data);
  if ('problems' in compiled) throw new InputError(`${name}:\n  ${compiled.problems.join('\n  ')}`);
  return compiled.grammar;
}
