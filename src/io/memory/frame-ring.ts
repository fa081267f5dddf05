import type { RingCursor, RingEntry } from '../../domain/frame.js';
import type { CameraId } from '../../domain/ids.js';
import type { Picture } from '../../domain/picture.js';
import type { FrameRing, LatestFrame } from '../../ports.js';
import { MAX_ENTRIES, maxPictures } from '../redis/ring-bounds.js';

type Place = Pick<RingCursor, 'pass' | 'seq'>;

interface Ring {
  entries: RingEntry[];
  /** The newest place ever written, also when its entry is gone. */
  newest: Place;
}

/**
 * The rings in this process's memory, bounded like those in Redis: for `replay` and tests. Pictures are held, not
 * copied: do not write to one after appending it.
 */
export function createMemoryFrameRing({ ringBytes }: { readonly ringBytes: number }): FrameRing {
  const rings = new Map<CameraId, Ring>();
  const newestPictures = new Map<CameraId, LatestFrame>();
  const ringOf = (cameraId: CameraId): Ring => {
    const ring = rings.get(cameraId) ?? { entries: [], newest: { pass: 0, seq: 0 } };
    rings.set(cameraId, ring);
    return ring;
  };
  return {
    async append(entry) {
      const ring = ringOf(entry.cameraId);
      if (isAfter(entry, ring.newest)) {
        ring.newest = { pass: entry.pass, seq: entry.seq };
        ring.entries = bounded([...ring.entries, entry], ringBytes);
      }
      return ring.entries.length;
    },
    async readAfter(cameraId, cursor, count) {
      const { entries } = ringOf(cameraId);
      return entries.filter((entry) => cursor === undefined || isAfter(entry, cursor)).slice(0, count);
    },
    async trim(cameraId, cursor) {
      const ring = ringOf(cameraId);
      ring.entries = ring.entries.filter((entry) => isAfter(entry, cursor));
    },
    length: async (cameraId) => ringOf(cameraId).entries.length,
    async last(cameraId) {
      const newest = ringOf(cameraId).entries.at(-1);
      if (newest === undefined) return undefined;
      const entry: Omit<RingEntry, 'picture'> & { picture?: Picture } = { ...newest };
      delete entry.picture;
      return entry;
    },
    async putLatest(cameraId, latest) {
      newestPictures.set(cameraId, latest);
    },
    latest: async (cameraId) => newestPictures.get(cameraId),
  };
}

/** Drops the oldest entry with a picture when there are too many of them, and the oldest of all beyond MAX_ENTRIES. */
function bounded(entries: RingEntry[], ringBytes: number): RingEntry[] {
  const added = entries.at(-1)?.picture;
  const most = added ? maxPictures(ringBytes, added.data.length) : Infinity;
  let excess = entries.filter(({ picture }) => picture !== undefined).length - most;
  const kept = entries.filter(({ picture }) => picture === undefined || excess-- <= 0);
  return kept.slice(-MAX_ENTRIES);
}

function isAfter(a: Place, b: Place): boolean {
  return a.pass > b.pass || (a.pass === b.pass && a.seq > b.seq);
}
