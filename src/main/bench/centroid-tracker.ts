import type { UnitPoint } from '../../domain/geometry.js';
import type { Passing } from './counting-truth.js';

/**
 * The plain centroid tracker of the widely copied people counters (pyimagesearch's "OpenCV people counter", saimj7's
 * "People-Counting-in-Real-Time"): the middles of boxes are paired with the nearest known middles, and a thing is counted,
 * once, when its middle is beyond the line while the mean of its former middles was before it. Distances are in pixels of a
 * picture scaled to 500 wide, as there. The correlation filters that some copies run between two detections are left out.
 */
export interface CentroidTracker {
  /** @param centres middles of what was detected in this frame, unit coordinates */
  look(centres: readonly UnitPoint[], frame: number): void;
  readonly counted: readonly Passing[];
}

const WIDTH_PX = 500;
const MOST_PX = 50;
/** Looks without a partner after which a thing is forgotten. */
const MAX_DISAPPEARED = 40;

interface Followed {
  readonly ways: { readonly x: number; readonly side: number }[];
  at: UnitPoint;
  disappeared: number;
  isCounted: boolean;
}

/** @param aspect width / height of the picture */
export function createCentroidTracker(
  line: { readonly from: readonly [number, number]; readonly to: readonly [number, number] },
  aspect: number,
): CentroidTracker {
  let things: Followed[] = [];
  const counted: Passing[] = [];
  const distance = (a: UnitPoint, b: UnitPoint): number =>
    Math.hypot(a.x - b.x, (a.y - b.y) / aspect) * WIDTH_PX;

  return {
    counted,
    look(centres, frame) {
      const pairs = nearestFirst(things, centres, distance);
      const left = new Set(centres);
      for (const thing of things) {
        const centre = pairs.get(thing);
        if (!centre) {
          thing.disappeared++;
          continue;
        }
        left.delete(centre);
        thing.disappeared = 0;
        const passing = thing.isCounted ? undefined : passingOf(thing, placeAt(line, centre));
        thing.at = centre;
        thing.ways.push(placeAt(line, centre));
        if (!passing) continue;
        thing.isCounted = true;
        counted.push({ frame, direction: passing });
      }
      things = things.filter(({ disappeared }) => disappeared <= MAX_DISAPPEARED);
      for (const centre of left)
        things.push({ at: centre, ways: [placeAt(line, centre)], disappeared: 0, isCounted: false });
    },
  };
}

function nearestFirst(
  things: readonly Followed[],
  centres: readonly UnitPoint[],
  distance: (a: UnitPoint, b: UnitPoint) => number,
): Map<Followed, UnitPoint> {
  const all = things
    .flatMap((thing) => centres.map((centre) => ({ thing, centre, px: distance(thing.at, centre) })))
    .filter(({ px }) => px <= MOST_PX)
    .sort((a, b) => a.px - b.px);
  const pairs = new Map<Followed, UnitPoint>();
  const taken = new Set<UnitPoint>();
  for (const { thing, centre } of all) {
    if (pairs.has(thing) || taken.has(centre)) continue;
    pairs.set(thing, centre);
    taken.add(centre);
  }
  return pairs;
}

function passingOf({ ways }: Followed, now: Followed['ways'][number]): Passing['direction'] | undefined {
  const mean = ways.reduce((sum, { side }) => sum + side, 0) / ways.length;
  if (mean * now.side >= 0 || now.x < 0 || now.x > 1) return undefined;
  return now.side > 0 ? 'in' : 'out';
}

/** Which side of a line a point lies on (positive: right hand, looking from `from` to `to`), and where along it, 0..1. */
function placeAt(
  { from, to }: { readonly from: readonly [number, number]; readonly to: readonly [number, number] },
  { x, y }: UnitPoint,
): Followed['ways'][number] {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const [px, py] = [x - from[0], y - from[1]];
  return { side: dx * py - dy * px, x: (px * dx + py * dy) / (dx * dx + dy * dy) };
}
