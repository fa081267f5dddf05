import type { Detection } from './detection.js';
import { isTwoWheeler, type Votes } from './object-class.js';
import { unitBox, type UnitBox } from './geometry.js';

/** A detection, or a rider and what is ridden, seen as one thing. */
export interface Sight extends Detection {
  /** Both were seen: the box holds the two, the label is the two-wheeler's. What speaks for either name. */
  readonly ridden?: Votes;
}

/** Share of the person's score that a two-wheeler is given. */
const SUPPORT = 0.35;

/**
 * A rider and the two-wheeler are one thing in traffic: one box, one way, one count. Seen from behind or in front the
 * rider hides most of the two-wheeler: networks are sure of the person and weak on what is ridden, and often see only
 * one of the two. So a weak two-wheeler under a person is as good as seen (it is given a share of the person's score),
 * and the two become one sight. Each person rides at most one, each two-wheeler carries at most one here: who sits
 * behind the rider stays a person of their own only as far as the network tells them apart.
 * @param areApart whether the two are known to be two things, each with a way of its own
 */
export function withRiders(
  detections: readonly Detection[],
  minScore: number,
  areApart: (person: Detection, cycle: Detection) => boolean = () => false,
): Sight[] {
  const people = detections.filter((d) => d.label === 'person');
  const pairs = detections
    .filter(({ label }) => isTwoWheeler(label))
    .flatMap((cycle) => people.map((person) => ({ cycle, person, off: seatOff(person.box, cycle.box) })))
    .filter(
      ({ cycle, person, off }) =>
        off < Infinity &&
        (person.score >= minScore || cycle.score >= minScore) &&
        cycle.score + SUPPORT * person.score >= minScore &&
        !areApart(person, cycle),
    )
    .sort((a, b) => a.off - b.off);
  const used = new Set<Detection>();
  const sights: Sight[] = [];
  for (const { cycle, person } of pairs) {
    if (used.has(cycle) || used.has(person)) continue;
    used.add(cycle).add(person);
    const score = Math.min(0.95, Math.max(person.score, cycle.score + SUPPORT * person.score));
    const ridden = { [cycle.label]: cycle.score };
    sights.push({ label: cycle.label, score, box: around(person.box, cycle.box), ridden });
  }
  return [...sights, ...detections.filter((d) => !used.has(d))];
}

/**
 * How far beside the middle of the two-wheeler a person sits, shares of the wider box; Infinity: not on it. Whoever
 * rides is above the wheels, over the middle, and at least half as high as the two-wheeler.
 */
function seatOff(person: UnitBox, cycle: UnitBox): number {
  const apart = Math.abs(person.x + person.width / 2 - cycle.x - cycle.width / 2);
  const off = apart / Math.max(person.width, cycle.width);
  const foot = person.y + person.height;
  const sits =
    off < 0.35 &&
    foot > cycle.y + 0.2 * cycle.height &&
    foot < cycle.y + 1.15 * cycle.height &&
    person.y < cycle.y + 0.25 * cycle.height &&
    person.height > 0.5 * cycle.height;
  return sits ? off : Infinity;
}

function around(a: UnitBox, b: UnitBox): UnitBox {
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return unitBox(
    x,
    y,
    Math.max(a.x + a.width, b.x + b.width) - x,
    Math.max(a.y + a.height, b.y + b.height) - y,
  );
}

/** What is seen of a rider may be the upper or the lower part alone: never taken for more than this share too low. */
const MOST_HIDDEN = 0.45;
/** What only memory knows of the height is believed a little less at each look. */
const FORGOTTEN = 0.08;

/**
 * The whole box of a thing known to be ridden, of which perhaps only the person or only the two-wheeler was seen: the
 * missing part is where it is expected.
 * @param expected where the whole is expected to be
 */
export function completed(seen: Sight, expected: UnitBox): UnitBox {
  const { box } = seen;
  const isPart = !seen.ridden && (seen.label === 'person' || isTwoWheeler(seen.label));
  if (!isPart || box.height >= expected.height) return box;
  const whole = Math.min(expected.height, box.height / (1 - MOST_HIDDEN));
  const height = whole - FORGOTTEN * (whole - box.height);
  // The person is the upper part, the two-wheeler the lower.
  return seen.label === 'person'
    ? unitBox(box.x, box.y, box.width, height)
    : unitBox(box.x, box.y + box.height - height, box.width, height);
}
