import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { licensePlate } from '../../jobs/license-plate/job.js';
import { CameraFile } from '../../src/domain/camera.js';
import { unitBox } from '../../src/domain/geometry.js';
import { pictureBytes, type Picture } from '../../src/domain/picture.js';
import type { PlateSight } from '../../src/domain/plates/sight.js';
import { createCameras } from '../../src/io/camera-file.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import { createMemoryPinnedPictures } from '../../src/io/memory/pinned-pictures.js';
import { createPictures } from '../../src/io/pictures.js';
import { loadGrammars } from '../../src/io/plate-grammars.js';
import { createSnapshotStore } from '../../src/io/snapshots.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { createPassageStore } from '../../src/io/sql/passage-store.js';
import { createPlateLists } from '../../src/io/sql/plate-lists.js';
import type { Ports } from '../../src/ports.js';
import type { z } from 'zod';
import { openTestSqlite } from './sqlite.js';

export const GRAMMARS = loadGrammars({ shippedDir: resolve(__dirname, '../../models/plates') });
export const AT = 1_795_251_600_000;

type Needs =
  | ('cameras' | 'frames' | 'pins' | 'plates' | 'grammars' | 'passages' | 'plateLists')
  | ('pictures' | 'snapshots' | 'events');
export type PlatePorts = Pick<Ports, Needs>;

/**
 * What the license-plate handler needs, for real, but for the networks: what the reader sees in a picture is told by
 * the picture's first byte.
 */
export interface PlateWorld {
  readonly ports: PlatePorts;
  /** What the reader sees, by the number that `picture` was given. */
  readonly seen: Map<number, readonly PlateSight[]>;
  close(): Promise<void>;
}

export async function openPlateWorld(plates: object = {}): Promise<PlateWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-plates-'));
  const database = await openTestSqlite(folder);
  const seen = new Map<number, readonly PlateSight[]>();
  const file = CameraFile.parse({
    cameras: ['gate', 'street'].map((id) => ({ id, name: 'Cổng chính', source: 'x.mp4', plates })),
  });
  return {
    seen,
    ports: {
      cameras: createCameras(file),
      frames: createMemoryFrameRing({ ringBytes: 1e9 }),
      pins: createMemoryPinnedPictures({ maxBytes: 1e9 }),
      plates: { read: async ({ data }) => [...(seen.get(data[0] ?? 0) ?? [])] },
      grammars: GRAMMARS,
      passages: createPassageStore(database),
      plateLists: createPlateLists(database),
      pictures: createPictures(),
      snapshots: createSnapshotStore(join(folder, 'snapshots')),
      events: createEventStore(database),
    },
    close: async () => {
      await database.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export function picture(mark: number, side = 64): Picture {
  return {
    width: side,
    height: side,
    format: 'i420',
    data: new Uint8Array(pictureBytes(side, side, 'i420')).fill(mark),
  };
}

/** A plate as networks see it, each character with `p`; `*` after a character: only half sure of it. */
export function sight(
  lines: string | readonly string[],
  over: Partial<PlateSight> = {},
  p = 0.97,
): PlateSight {
  const chars = (line: string): PlateSight['lines'][number] =>
    [...line.matchAll(/(.)(\*?)/g)].map(([, char = '', mark]) => ({
      options: [{ char, p: mark === '*' ? 0.5 : p }],
    }));
  return {
    lines: [lines].flat().map(chars),
    corners: [
      { x: 0.3, y: 0.6 },
      { x: 0.7, y: 0.6 },
      { x: 0.7, y: 0.7 },
      { x: 0.3, y: 0.7 },
    ],
    charHeightPx: 28,
    sharpness: 0.8,
    ground: 'white',
    plausibility: 0.9,
    ...over,
  };
}

type Payload = z.input<(typeof licensePlate)['payload']>;
const VEHICLE = { cameraId: 'gate', trackId: 7, bornAt: AT };

/** A look whose picture is pinned. @param mark which sights the reader is told to have, see `PlateWorld.seen` */
export async function pinnedLook(
  { ports }: Pick<PlateWorld, 'ports'>,
  mark: number,
  afterMs: number,
  about: Partial<typeof VEHICLE> = {},
): Promise<Payload> {
  const vehicle = { ...VEHICLE, ...about };
  const at = vehicle.bornAt + afterMs;
  const pin = `plates/${vehicle.cameraId}/${vehicle.trackId}/${at}`;
  await ports.pins.pin(pin, picture(mark), 60_000);
  const crop = unitBox(0.2, 0.2, 0.4, 0.4);
  return {
    kind: 'look',
    ...vehicle,
    at,
    frame: 1,
    pin,
    crop,
    box: unitBox(0.25, 0.25, 0.3, 0.3),
    class: 'car',
  };
}

export function finishOf(
  looks: number,
  about: Partial<typeof VEHICLE & { why: 'gone' | 'still'; until: number }> = {},
): Payload {
  return { kind: 'finish', ...VEHICLE, at: AT + 9000, why: 'gone', looks, until: AT + 60_000, ...about };
}
