import type { Picture } from '../../domain/picture.js';
import type { PlateCandidate } from '../../domain/plates/plate-lines.js';
import { plateLook, type PlateLook } from '../../domain/plates/plate-look.js';
import { growQuad, quadAngle, quadAround, quadSize, type Quad } from '../../domain/plates/quad.js';
import type { PlateSight } from '../../domain/plates/sight.js';
import { plausibility } from '../../domain/plates/plausibility.js';
import { pixelsAround, straighten } from './warp.js';

/** Characters fill about this much of their line's outline. */
const CHAR_SHARE = 0.7;
/** Lines are looked at at this height at most, pixels. */
const LINE_PX = 32;
const MARGIN = 0.6;

/** What a found plate looked like. @param onVehicle how surely a place of the picture is on a vehicle, 0..1 */
export function sightOf(
  picture: Picture,
  { lines }: PlateCandidate,
  onVehicle: (quad: Quad) => number,
): PlateSight | undefined {
  const longest = lines.reduce((a, b) => (quadSize(b.quad).width > quadSize(a.quad).width ? b : a));
  const quad = quadAround(
    lines.flatMap((line) => [...line.quad]),
    quadAngle(longest.quad),
  );
  const height = Math.min(...lines.map((line) => quadSize(line.quad).height));
  const look = lookOf(picture, quad, height);
  if (!look) return undefined;
  const size = quadSize(quad);
  const place = { onVehicle: onVehicle(quad), aspect: size.width / size.height, lines: lines.length };
  const unit = ({ x, y }: { x: number; y: number }) => ({ x: x / picture.width, y: y / picture.height });
  const [tl, tr, br, bl] = quad;
  return {
    lines: lines.map(({ chars }) => chars.map(({ options }) => ({ options: [...options] }))),
    corners: [unit(tl), unit(tr), unit(br), unit(bl)],
    charHeightPx: height * CHAR_SHARE,
    sharpness: look.sharpness,
    ground: look.ground,
    plausibility: Math.max(0, Math.min(1, plausibility(look, place))),
  };
}

function lookOf(picture: Picture, quad: Quad, lineHeight: number): PlateLook | undefined {
  const around = growQuad(quad, MARGIN * lineHeight, MARGIN * lineHeight);
  const pixels = pixelsAround(picture, around);
  if (!pixels) return undefined;
  const size = quadSize(around);
  const scale = Math.min(1, LINE_PX / lineHeight);
  const [width, height] = [Math.round(size.width * scale), Math.round(size.height * scale)];
  const rgb = straighten(pixels, around, width, height);
  const line = lineHeight * scale;
  return plateLook({ rgb, width, height, line, margin: MARGIN * line });
}
