import type { Camera } from '../../domain/camera.js';
import { Site } from '../../domain/camera.js';
import type { CameraEvent } from '../../domain/events.js';
import { createCameras } from '../../io/camera-file.js';
import { createMemoryCameraStates } from '../../io/memory/camera-states.js';
import { createMemoryFrameRing } from '../../io/memory/frame-ring.js';
import { NO_VIEWERS } from '../../io/memory/live-view.js';
import { createMemoryPinnedPictures } from '../../io/memory/pinned-pictures.js';
import type { Detectors, EventStore, PassageStore, Pictures, Ports, SnapshotStore } from '../../ports.js';

type CrossingEvent = Extract<CameraEvent, { type: 'crossing' }>;

/** A frame repeats its events at once or never: so many ids tell a repeat. */
const KNOWN_IDS = 1000;
/** Pictures of one source that wait for the analysis: a dozen of the largest. */
const RING_BYTES = 32 * 1024 ** 2;

/**
 * What the motion handler asks of the world, of one source in memory: rings and states, no database, no pictures kept.
 * @param onCrossing told of each crossing once, in order
 */
export function countingPorts(
  camera: Camera,
  detectors: Detectors,
  onCrossing: (event: CrossingEvent) => void,
): Partial<Ports> & Pick<Ports, 'frames' | 'states'> {
  const site = Site.parse({});
  return {
    cameras: createCameras({ site, recipients: [], cameras: [camera] }),
    frames: createMemoryFrameRing({ ringBytes: RING_BYTES }),
    states: createMemoryCameraStates(),
    detectors,
    events: crossingsOnly(onCrossing),
    pins: createMemoryPinnedPictures({ maxBytes: 0 }),
    live: NO_VIEWERS,
    metrics: { jobEnded: () => undefined, inference: () => undefined, analysed: () => undefined },
    ...NOTHING_KEPT,
  };
}

function crossingsOnly(onCrossing: (event: CrossingEvent) => void): EventStore {
  const known = new Set<string>();
  const add = (event: CameraEvent): void => {
    if (event.type !== 'crossing' || known.has(event.id)) return;
    known.add(event.id);
    for (const oldest of known) {
      if (known.size <= KNOWN_IDS) break;
      known.delete(oldest);
    }
    onCrossing(event);
  };
  return {
    add: async (events) => events.forEach(add),
    get: async () => undefined,
    list: async () => [],
    eachCrossing: async function* () {},
    crossings: async () => [],
    removeBefore: async () => 0,
  };
}

const unused = (what: string) => (): Promise<never> =>
  Promise.reject(new Error(`a counter has no ${what}: its camera asks for none`));

const PICTURES: Pictures = {
  inspect: unused('pictures to look at'),
  read: unused('pictures to read'),
  // A crossing would like its picture kept; drawing it would cost as much as a look.
  jpeg: async () => Buffer.alloc(0),
};
const SNAPSHOTS: SnapshotStore = {
  put: async () => undefined,
  get: async () => undefined,
  removeBefore: async () => 0,
};
const PASSAGES: PassageStore = {
  addRead: unused('plates'),
  reads: unused('plates'),
  put: unused('plates'),
  get: unused('plates'),
  open: unused('plates'),
  seen: unused('plates'),
  exclusively: unused('plates'),
  search: unused('plates'),
  review: unused('plates'),
  removeBefore: unused('plates'),
};
const NOTHING_KEPT = { pictures: PICTURES, snapshots: SNAPSHOTS, passages: PASSAGES };
