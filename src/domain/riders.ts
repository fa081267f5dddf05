import type { Detection } from './detection.js';

/**
 * Seen from behind or in front, a rider hides most of the two-wheeler: networks are sure of the person and weak
 * on what is ridden. A weak two-wheeler under a sure person who sits on it is as good as seen: it is given a
 * share of the person's score.
 * @returns the detections, some with a raised score
 */
export function withRidden(detections: readonly Detection[], minScore: number): Detection[] {
  const people = detections.filter((d) => d.label === 'person' && d.score >= minScore);
  return detections.map((d) => {
    if (d.label !== 'motorcycle' && d.label !== 'bicycle') return d;
    const rider = Math.max(0, ...people.filter((person) => sitsOn(person, d)).map((person) => person.score));
    return rider > 0 ? { ...d, score: Math.min(0.95, d.score + SUPPORT * rider) } : d;
  });
}

const SUPPORT = 0.35;

/** Above the wheels, over the middle, and at least half as high as the two-wheeler. */
function sitsOn({ box: person }: Detection, { box: cycle }: Detection): boolean {
  const apart = Math.abs(person.x + person.width / 2 - cycle.x - cycle.width / 2);
  const foot = person.y + person.height;
  return (
    apart < 0.35 * Math.max(person.width, cycle.width) &&
    foot > cycle.y + 0.2 * cycle.height &&
    foot < cycle.y + 1.15 * cycle.height &&
    person.y < cycle.y + 0.25 * cycle.height &&
    person.height > 0.5 * cycle.height
  );
}
