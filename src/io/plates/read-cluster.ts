import type { Picture } from '../../domain/picture.js';
import { misfit, plateLines, worth, type PlateCandidate } from '../../domain/plates/plate-lines.js';
import { quadPart } from '../../domain/plates/quad.js';
import { meanP, plainText, weakestP, type TextLine } from '../../domain/plates/text-line.js';
import { lookCloser, wasSeenBadly, type FoundLine } from './find-lines.js';
import { readAgain, readLine, type LineReader } from './read-line.js';
import type { TextNetwork } from './text-network.js';

/** A one-line plate has at least so many letters and digits; fewer may be half of a two-line one. */
const WHOLE_LINE = 6;
/** Read surer than this a plate needs no closer look. */
const CLEAR = 0.7;
/** What is read where no line was found must be that legible. */
const GUESSED = 0.7;

/** Reads the plates of a cluster of lines, with closer and repeated looks only where the first one leaves doubt. */
export async function readCluster(
  network: TextNetwork,
  reader: LineReader,
  picture: Picture,
  group: readonly FoundLine[],
): Promise<PlateCandidate[]> {
  const plates: PlateCandidate[] = [];
  for (const plate of await firstReading(network, reader, picture, group)) {
    // Names of makers and shops: there is no plate without a digit.
    if (!plate.lines.some(({ chars }) => /\d/.test(plainText(chars)))) continue;
    const [only] = plate.lines;
    const whole = plate.lines.length === 1 && only ? await withPartner(reader, picture, only) : plate;
    const lines: TextLine[] = [];
    for (const line of whole.lines) lines.push(await readAgain(reader, picture, line));
    plates.push({ lines });
  }
  return plates;
}

async function firstReading(
  network: TextNetwork,
  reader: LineReader,
  picture: Picture,
  group: readonly FoundLine[],
): Promise<PlateCandidate[]> {
  const read = async (found: readonly FoundLine[]): Promise<PlateCandidate[]> =>
    plateLines(await readLines(reader, picture, found));
  const isBad = wasSeenBadly(group);
  const asFound = isBad ? [] : await read(group);
  if (asFound.some(isClear)) return asFound;
  const closer = await read(await lookCloser(network, picture, group));
  if (closer.length === 0 && isBad) return read(group);
  return most(closer) > most(asFound) ? closer : asFound;
}

async function readLines(
  reader: LineReader,
  picture: Picture,
  found: readonly FoundLine[],
): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for (const { quad } of found) {
    const line = await readLine(reader, picture, quad);
    if (line && plainText(line.chars).length > 1) lines.push(line);
  }
  return lines;
}

function isClear({ lines }: PlateCandidate): boolean {
  const isWhole = lines.length > 1 || plainText(lines[0]!.chars).length >= WHOLE_LINE;
  return isWhole && lines.every(({ chars }) => weakestP(chars) > CLEAR);
}

function most(plates: readonly PlateCandidate[]): number {
  return Math.max(0, ...plates.map(worth));
}

/** A lone short line may be half of a two-line plate whose other half was not found: reads where it would be. */
async function withPartner(reader: LineReader, picture: Picture, line: TextLine): Promise<PlateCandidate> {
  const alone = { lines: [line] };
  if (plainText(line.chars).length >= WHOLE_LINE) return alone;
  const above = await readLine(reader, picture, quadPart(line.quad, -0.02, -1.02, 1.02, 0.02));
  const below = await readLine(reader, picture, quadPart(line.quad, -0.15, 0.98, 1.15, 2.02));
  const isLegible = (other: TextLine): boolean => other.legible > GUESSED && meanP(other.chars) > GUESSED;
  const pairs: PlateCandidate[] = [];
  if (above && isLegible(above) && misfit(above, line) < 1) pairs.push({ lines: [above, line] });
  if (below && isLegible(below) && misfit(line, below) < 1) pairs.push({ lines: [line, below] });
  return pairs.sort((a, b) => worth(b) - worth(a))[0] ?? alone;
}
