import { clipToPicture } from './geometry.js';
import type { Overlay } from './overlay.js';
import type { LineCount } from './scene-lines.js';
import type { SceneConfig } from './scene.js';
import { boxAt, isConfirmed, labelOf, type Track } from './track.js';

/**
 * Tracks, lines with their counts, and zones, ready to draw. A track not seen at `at` is drawn where it is
 * expected, as `held`; one inside a restricted zone as `alert`.
 * @param noteOf what more there is to say of a track, after its name
 */
export function overlayOf(
  tracks: readonly Track[],
  at: number,
  aspect: number,
  counts: Readonly<Record<string, LineCount>>,
  { lines, zones }: Pick<SceneConfig, 'lines' | 'zones'>,
  noteOf: (track: Track) => string = () => '',
): Overlay {
  const restricted = new Set(zones.filter(({ kind }) => kind === 'restricted').map(({ id }) => id));
  return {
    boxes: tracks.filter(isConfirmed).flatMap((track) => {
      const box = clipToPicture(boxAt(track, at, aspect));
      const isAlert = Object.entries(track.zones).some(([id, { entered }]) => entered && restricted.has(id));
      const kind = isAlert
        ? ('alert' as const)
        : track.seenAt === at
          ? ('track' as const)
          : ('held' as const);
      return box ? [{ box, label: `${labelOf(track)} #${track.id}${noteOf(track)}`, kind }] : [];
    }),
    lines: lines.map(({ id, from, to }) => ({
      from: { x: from[0], y: from[1] },
      to: { x: to[0], y: to[1] },
      label: `${id} in ${counts[id]?.in ?? 0} out ${counts[id]?.out ?? 0}`,
    })),
    polygons: zones.map(({ id, kind, polygon }) => ({
      points: polygon.map(([x, y]) => ({ x, y })),
      label:
        kind === 'watch' || kind === 'restricted'
          ? `${id} (${tracks.filter((t) => t.zones[id]?.entered).length})`
          : id,
      kind:
        kind === 'restricted'
          ? ('restricted' as const)
          : kind === 'ignore'
            ? ('mask' as const)
            : ('zone' as const),
    })),
  };
}
