import { DETECTION_STEP } from '../../../models/ppocr-v4/detection.js';
import { WHOLE, type UnitBox } from '../../domain/geometry.js';
import type { Picture } from '../../domain/picture.js';
import {
  growQuad,
  mapQuad,
  quadAngle,
  quadAround,
  quadOverlap,
  quadPoint,
  quadSize,
  turnedBounds,
  type Quad,
} from '../../domain/plates/quad.js';
import type { TextNetwork } from './text-network.js';
import { pixelsAround, straighten } from './warp.js';

/** A line of text that was found, not yet read. */
export interface FoundLine {
  /** In pixels of the picture. */
  readonly quad: Quad;
  readonly score: number;
  /** Pixels of the network's input per pixel of the picture when it was found. */
  readonly scale: number;
}

/** Where to look for lines and how closely. */
export interface Look {
  readonly box: UnitBox;
  readonly scale: number;
}

const MIN_SCORE = 0.45;
/** Lower lines of text cannot be read, px of the picture (the outline is half as high again as the letters). */
const LOWEST_PX = 7;
/** A line at this height in the network's input is outlined well. */
const GOOD_HEIGHT_PX = 34;
const WELL_SEEN = { from: 16, to: 64 };
/** Steeper text is turned upright first, radians. */
const SLANTED = 0.1;
/** A look's enlargement; more shows nothing new. */
const LARGEST_SCALE = 4;
/** Bounds the time of a closer look, pixels of the input. */
const CLOSER_AREA_PX = 320 * 256;

/** A look at a box whose input has about `areaPx` pixels. */
export function lookAt(picture: Picture, box: UnitBox, areaPx: number, largestScale = 2): Look {
  const area = box.width * picture.width * box.height * picture.height;
  const long = Math.max(box.width * picture.width, box.height * picture.height);
  return {
    box,
    scale: Math.min(largestScale, Math.sqrt(areaPx / area), areaPx / (4 * DETECTION_STEP) / long),
  };
}

/** Lines of text in some looks; one seen in several is given as the closest look shows it. */
export async function findLines(
  network: TextNetwork,
  picture: Picture,
  looks: readonly Look[],
): Promise<FoundLine[]> {
  const found: FoundLine[] = [];
  for (const { box, scale } of looks) {
    for (const { quad, score } of await network.detect(picture, box, scale, MIN_SCORE)) {
      if (isLine(quad)) found.push({ quad, score, scale });
    }
  }
  return distinct(found.sort((a, b) => b.scale - a.scale || b.score - a.score));
}

/** Lines near each other, which may be one plate's. */
export function clusters(lines: readonly FoundLine[]): FoundLine[][] {
  const left = new Set(lines);
  const groups: FoundLine[][] = [];
  for (const line of lines) {
    if (!left.delete(line)) continue;
    const group = [line];
    for (const member of group) {
      for (const other of left) {
        if (isNear(member.quad, other.quad) && left.delete(other)) group.push(other);
      }
    }
    groups.push(group);
  }
  return groups;
}

/** Direction of a group's text, radians; longer lines count more. */
export function groupAngle(group: readonly FoundLine[]): number {
  let sum = 0;
  let weight = 0;
  for (const { quad } of group) {
    const { width, height } = quadSize(quad);
    const w = Math.max(1e-3, width / height - 1) * width;
    sum += quadAngle(quad) * w;
    weight += w;
  }
  return sum / weight;
}

/** Whether a group was seen too small, too large or too slanted to be outlined well. */
export function wasSeenBadly(group: readonly FoundLine[]): boolean {
  const height = Math.max(...group.map(({ quad }) => quadSize(quad).height));
  const seen = height * Math.min(...group.map(({ scale }) => scale));
  return seen < WELL_SEEN.from || seen > WELL_SEEN.to || Math.abs(groupAngle(group)) > SLANTED;
}

/** Looks for lines in a group's surroundings again: turned upright and at the scale that suits it. */
export async function lookCloser(
  network: TextNetwork,
  picture: Picture,
  group: readonly FoundLine[],
): Promise<FoundLine[]> {
  const height = Math.max(...group.map(({ quad }) => quadSize(quad).height));
  const around = growQuad(
    quadAround(
      group.flatMap(({ quad }) => [...quad]),
      groupAngle(group),
    ),
    0.7 * height,
    1.25 * height,
  );
  const size = quadSize(around);
  const scale = Math.min(
    GOOD_HEIGHT_PX / height,
    LARGEST_SCALE,
    Math.sqrt(CLOSER_AREA_PX / (size.width * size.height)),
  );
  const side = (length: number): number =>
    Math.max(1, Math.round((length * scale) / DETECTION_STEP)) * DETECTION_STEP;
  const [width, rows] = [side(size.width), side(size.height)];
  const pixels = pixelsAround(picture, around);
  if (!pixels) return [];
  const upright: Picture = {
    width,
    height: rows,
    format: 'rgb24',
    data: straighten(pixels, around, width, rows),
  };
  const regions = await network.detect(upright, WHOLE, 1, MIN_SCORE);
  const found = regions.map(({ quad, score }) => ({
    quad: mapQuad(quad, ({ x, y }) => quadPoint(around, x / width, y / rows)),
    score,
    scale,
  }));
  return distinct(found.filter(({ quad }) => isLine(quad)));
}

function isLine(quad: Quad): boolean {
  const { width, height } = quadSize(quad);
  return height >= LOWEST_PX && width >= 0.7 * height;
}

function distinct(lines: readonly FoundLine[]): FoundLine[] {
  const kept: FoundLine[] = [];
  for (const line of lines) {
    if (kept.every((other) => quadOverlap(line.quad, other.quad) < 0.5)) kept.push(line);
  }
  return kept;
}

function isNear(a: Quad, b: Quad): boolean {
  const [ha, hb] = [quadSize(a).height, quadSize(b).height];
  if (Math.max(ha, hb) > 2 * Math.min(ha, hb) || Math.abs(quadAngle(a) - quadAngle(b)) > 0.5) return false;
  const grow = 0.25 * Math.min(ha, hb);
  const angle = quadAngle(quadSize(a).width > quadSize(b).width ? a : b);
  const [p, q] = [turnedBounds(a, angle), turnedBounds(b, angle)];
  const gapX = Math.max(p.x, q.x) - Math.min(p.x + p.width, q.x + q.width);
  const gapY = Math.max(p.y, q.y) - Math.min(p.y + p.height, q.y + q.height);
  return gapX < 2 * grow && gapY < grow;
}
