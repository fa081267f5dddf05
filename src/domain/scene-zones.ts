import type { Zone } from './camera-fields/lines-zones.js';
import type { SceneConfig, SceneEvent } from './scene.js';
import { isWithin, parseSchedule } from './schedule.js';
import { isConfirmed, labelOf, trackScale, visibleBox, type Moment, type Track } from './track.js';
import { depthIn, isFor, out, watch, type ZoneChange, type ZoneMemory } from './zone-watch.js';

/**
 * Follows every track in and out of the watched zones. A track that ended leaves at the moment it was last seen;
 * a zone that is not armed holds nobody.
 * @param ended tracks given up at this moment
 */
export function watchZones(
  tracks: readonly Track[],
  ended: readonly Track[],
  { zones, timeZone }: Pick<SceneConfig, 'zones' | 'timeZone'>,
  now: Moment,
): { tracks: Track[]; events: SceneEvent[] } {
  const watched = zones
    .filter(({ kind }) => kind === 'watch' || kind === 'restricted')
    .map((zone) => ({ zone, isArmed: isArmed(zone, now.at, timeZone) }));
  const events: SceneEvent[] = [];
  const report = (zone: Zone, track: Track, change: ZoneChange | undefined): void => {
    if (change) events.push(zoneEvent(zone, track, change));
  };
  const followed = tracks.map((track) => {
    if (!isConfirmed(track) || watched.length === 0) return track;
    const memories: Record<string, ZoneMemory> = {};
    for (const { zone, isArmed } of watched) {
      const known = track.zones[zone.id];
      const isWatched =
        isArmed && (isFor(zone, labelOf(track)) || (track.ridden === true && isFor(zone, 'person')));
      if (track.seenAt !== now.at && isArmed) {
        // Not seen at this moment: it is where it was.
        if (known) memories[zone.id] = known;
        continue;
      }
      const depth = depthIn(zone.polygon, track.path, trackScale(track, now.aspect), now.aspect);
      const { memory, change } = watch(zone, known, depth, now.at, isWatched);
      if (memory) memories[zone.id] = memory;
      report(zone, track, change);
    }
    return { ...track, zones: memories };
  });
  for (const track of ended) {
    for (const { zone } of watched) report(zone, track, out(track.zones[zone.id], track.seenAt).change);
  }
  return { tracks: followed, events };
}

function isArmed(zone: Zone, at: number, timeZone: string): boolean {
  if (zone.schedule === undefined) return true;
  const schedule = parseSchedule(zone.schedule);
  return 'entries' in schedule && isWithin(schedule, at, timeZone);
}

function zoneEvent(zone: Zone, track: Track, { phase, at, dwellMs }: ZoneChange): SceneEvent {
  return {
    type: 'zone',
    at,
    trackId: track.id,
    class: labelOf(track),
    score: track.score,
    box: visibleBox(track),
    zone: zone.id,
    zoneKind: zone.kind,
    phase,
    dwellMs,
  };
}
