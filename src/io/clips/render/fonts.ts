import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { lettersOf } from '../../../domain/export/watermark.js';
import { PermanentError } from '../../../errors.js';

const run = promisify(execFile);
const WHAT_TO_INSTALL =
  'install fonts (Debian and Ubuntu: apt-get install fontconfig fonts-dejavu-core, fonts-noto-core for other scripts)';

/**
 * The font that the clock is drawn with, by fontconfig.
 * @param title must be drawable with the fonts of this machine; symbols and emoji need not
 * @returns path of the font file
 * @throws PermanentError naming the letter that no font has, and the package to install.
 */
export async function findFont(title: string): Promise<string> {
  const missing = await missingLetters(lettersOf(`0${title}`));
  if (missing.length > 0) {
    throw new PermanentError(
      `no font of this machine has ${missing.map((letter) => `"${letter}"`).join(', ')} of the watermark "${title}"; ${WHAT_TO_INSTALL}`,
    );
  }
  const file = (await fontconfig('fc-match', ['--format', '%{file}', 'DejaVu Sans,sans-serif:bold'])).trim();
  if (file === '') throw new PermanentError(`no font for the watermark was found; ${WHAT_TO_INSTALL}`);
  return file;
}

async function missingLetters(letters: readonly string[]): Promise<string[]> {
  if (await isKnown(letters)) return [];
  const missing: string[] = [];
  for (const letter of letters) if (!(await isKnown([letter]))) missing.push(letter);
  return missing;
}

/** Is there one font that has all of these? */
async function isKnown(letters: readonly string[]): Promise<boolean> {
  const codes = letters.map((letter) => (letter.codePointAt(0) ?? 0).toString(16)).join(' ');
  return (await fontconfig('fc-list', [`:charset=${codes}`, 'file'])).trim() !== '';
}

async function fontconfig(program: string, args: readonly string[]): Promise<string> {
  try {
    return (await run(program, args)).stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new PermanentError(
      `${program} is not installed, which finds fonts for the watermark; ${WHAT_TO_INSTALL}`,
    );
  }
}
