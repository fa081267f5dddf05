import { LINE_HEIGHT } from '../../../models/ppocr-v4/recognition.js';
import type { Picture } from '../../domain/picture.js';
import { consensus } from '../../domain/plates/consensus.js';
import { quadPart, quadSize, type Quad } from '../../domain/plates/quad.js';
import { plainText, weakestP, type LineText, type TextLine } from '../../domain/plates/text-line.js';
import { pixelsAround, straighten } from './warp.js';

/** The network's input is that much wider at most; a longer line is no plate. */
const WIDEST_PX = 480;
const STEP_PX = 8;
const NARROWEST_PX = 32;
/** From here a reading needs no second look. */
export const SURE = 0.9;
/** So many readings that agree so well are enough. */
const AGREEING = 3;
const AGREED = 0.8;

/** What reads straightened lines. */
export interface LineReader {
  /** @param rgb `LINE_HEIGHT` high */
  read(rgb: Uint8Array, width: number): Promise<LineText>;
  /** Asked as well when the first is unsure. */
  second?(rgb: Uint8Array, width: number): Promise<LineText>;
}

/** Another way to look at a line: more or less of its surroundings, slanted letters put upright. */
interface Variant {
  readonly along: number;
  readonly across: number;
  readonly slant: number;
}
const AS_FOUND: Variant = { along: 0, across: 0, slant: 0 };
const VARIANTS: readonly Variant[] = [
  { along: 0.15, across: 0.06, slant: 0 },
  { along: 0, across: -0.06, slant: 0 },
  { along: 0.1, across: 0, slant: 0.15 },
  { along: 0.1, across: 0, slant: -0.15 },
];

/** Reads a line as it was found. `undefined`: too long, or not inside the picture. */
export async function readLine(
  reader: LineReader,
  picture: Picture,
  quad: Quad,
): Promise<TextLine | undefined> {
  const line = straightLine(picture, quad, AS_FOUND);
  return line && { quad, ...(await reader.read(line.rgb, line.width)) };
}

/** Reads a line again in other ways when the first reading is unsure, and puts the readings together. */
export async function readAgain(reader: LineReader, picture: Picture, line: TextLine): Promise<TextLine> {
  if (weakestP(line.chars) >= SURE) return line;
  const readings = [line.chars];
  let together = line.chars;
  for (const variant of VARIANTS) {
    if (readings.length >= AGREEING && weakestP(together) >= AGREED) break;
    const other = straightLine(picture, line.quad, variant);
    if (!other) continue;
    const { chars } = await reader.read(other.rgb, other.width);
    if (plainText(chars).length > 0) readings.push(chars);
    together = consensus(readings);
  }
  if (!reader.second || weakestP(together) >= SURE) return { ...line, chars: together };
  const other = straightLine(picture, line.quad, AS_FOUND);
  const second = other && (await reader.second(other.rgb, other.width));
  return {
    ...line,
    chars: second && second.chars.length > 0 ? consensus([together, second.chars]) : together,
  };
}

function straightLine(
  picture: Picture,
  quad: Quad,
  variant: Variant,
): { rgb: Uint8Array; width: number } | undefined {
  const grown = varied(quad, variant);
  const size = quadSize(grown);
  const steps = Math.round(((size.width / size.height) * LINE_HEIGHT) / STEP_PX);
  const width = Math.max(NARROWEST_PX, steps * STEP_PX);
  if (!(width <= WIDEST_PX)) return undefined;
  const pixels = pixelsAround(picture, grown);
  return pixels && { rgb: straighten(pixels, grown, width, LINE_HEIGHT), width };
}

function varied(quad: Quad, { along, across, slant }: Variant): Quad {
  const { width, height } = quadSize(quad);
  const u = (along * height) / width;
  const [tl, tr, br, bl] = quadPart(quad, -u, -across, 1 + u, 1 + across);
  if (slant === 0) return [tl, tr, br, bl];
  // Moves the upper side along the line, the lower one back.
  const shift = (slant * height) / 2;
  const dx = ((tr.x - tl.x) / width) * shift;
  const dy = ((tr.y - tl.y) / width) * shift;
  const moved = (p: { x: number; y: number }, sign: number) => ({ x: p.x + sign * dx, y: p.y + sign * dy });
  return [moved(tl, 1), moved(tr, 1), moved(br, -1), moved(bl, -1)];
}
