import { WHOLE } from '../../domain/geometry.js';
import type { Picture } from '../../domain/picture.js';
import { quadCentre } from '../../domain/plates/quad.js';
import { plainText } from '../../domain/plates/text-line.js';
import { readLine } from './read-line.js';
import { loadTextNetwork } from './text-network.js';

/** Longest side of the network's input, as PP-OCR's own programs use it (`det_limit_side_len` 736). */
const LONGEST_PX = 736;
const MIN_SCORE = 0.5;

/**
 * What a plain OCR program does: text found on the whole picture and read line by line, nothing known of plates. For
 * comparison only.
 * @returns letters and digits of each line, and of each line with the next one below
 */
export async function openPlainText(modelsDir: string): Promise<(picture: Picture) => Promise<string[]>> {
  const network = await loadTextNetwork(modelsDir);
  return async (picture) => {
    const scale = LONGEST_PX / Math.max(picture.width, picture.height);
    const regions = await network.detect(picture, WHOLE, scale, MIN_SCORE);
    const texts: string[] = [];
    for (const { quad } of regions.sort((a, b) => quadCentre(a.quad).y - quadCentre(b.quad).y)) {
      const line = await readLine(network, picture, quad);
      if (line) texts.push(plainText(line.chars));
    }
    return [...texts, ...texts.slice(1).map((text, i) => texts[i]! + text)].filter((text) => text !== '');
  };
}
