import type { Camera } from '../camera.js';
import { clipToPicture, intersectionArea, unitBox, WHOLE, type UnitBox } from '../geometry.js';
import type { RingEntry } from '../frame.js';
import { isConfirmed, visibleBox, type Track } from '../track.js';
import type { Passage } from './passage.js';

/**
 * A visit: from the first frame in which something moves until nothing has moved for some seconds. What the camera
 * remembers of the newest one. Plain data: it is checkpointed with the scene.
 */
export interface VisitMemory {
  /** Capture time of its first frame, epoch ms. */
  readonly bornAt: number;
  /** When something last moved. */
  readonly movedAt: number;
  /** Looks at whole pictures so far, and since something new was seen. */
  readonly looks: number;
  readonly used: number;
  /** Capture time of the last look. */
  readonly lastAt?: number;
  /** When the newest plate that gave new looks was first seen. */
  readonly newsAt?: number;
  /** It has ended. */
  readonly over?: true;
}

type PlatesOfCamera = NonNullable<Camera['plates']>;
export type VisitConfig = Pick<
  PlatesOfCamera,
  'enabled' | 'view' | 'everyMs' | 'maxLooks' | 'passageWindowS'
>;
export type VisitFrame = Pick<RingEntry, 'at' | 'kind' | 'regions'> & { readonly hasPicture: boolean };
/** What has been read at this camera lately, whatever way. */
export type Known = Pick<Passage, 'firstAt' | 'lastAt' | 'state'>;

/** A look at what the camera shows, not at one vehicle. */
export interface Glance {
  readonly bornAt: number;
  /** What to look at. */
  readonly box: UnitBox;
  /** Vehicles whose plates are looked at by themselves. */
  readonly vehicles: readonly UnitBox[];
}
export interface VisitEnd {
  readonly bornAt: number;
  readonly looks: number;
}
export interface VisitPlan {
  readonly memory: VisitMemory | undefined;
  readonly glance?: Glance;
  readonly end?: VisitEnd;
}

/** A visit ends when nothing has moved for this long, ms. */
const QUIET_MS = 4000;
/** A longer one goes on as another: what one visit remembers, and its looks in the database, stay few. */
const LONGEST_MS = 300_000;
/** `auto`: what moves outside followed vehicles, of the picture; a vehicle whose plate is legible is larger. */
const LEAST_MOTION = 0.05;
/** More of a moving region than this within a followed vehicle: it is that vehicle. */
const EXPLAINED = 0.5;
/** Followed means seen within this time, ms. */
const FOLLOWED_MS = 2500;
/** Room around a vehicle's box for what belongs to it, of its size. */
const VEHICLE_ROOM = 0.1;
/** Between looks when all that is there has been read, and when all looks were used, ms. */
const SETTLED_EVERY_MS = 1500;
const USED_EVERY_MS = 2000;
/** The same while a street camera (`auto`) has shown no plate at all. */
const FRUITLESS_EVERY_MS = 10_000;
/** Something settles with two looks at the earliest. */
const SETTLES_FROM = 2;
/** What stands there is looked at again so often within the time in which it must be seen again, and at most so often (ms). */
const STANDING_SHARE = 1 / 3;
const STANDING_EVERY_MS = 5000;
/** What moves is looked at by itself when that enlarges it: up to this share of the picture's area. */
const WORTH_A_CROP = 0.5;
const CROP_ROOM = 0.15;

/** How long a plate may go unseen and still be the same passage, ms: at least as long as looks may be apart. */
export function sameVisitMs({ passageWindowS }: Pick<PlatesOfCamera, 'passageWindowS'>): number {
  return Math.max(passageWindowS * 1000, 2 * FRUITLESS_EVERY_MS);
}

/** Vehicles that are looked at by themselves, with some room around them. */
export function vehiclesLookedAt(tracks: readonly Track[], at: number): UnitBox[] {
  return tracks
    .filter((track) => isConfirmed(track) && track.plate && at - track.seenAt < FOLLOWED_MS)
    .flatMap((track) => clipToPicture(wider(visibleBox(track), VEHICLE_ROOM)) ?? []);
}

/**
 * Whether `planVisit` will want to know what has been read lately: asking costs a query, and most frames need none.
 */
export function needsKnown(memory: VisitMemory | undefined, frame: VisitFrame, config: VisitConfig): boolean {
  if (!isOn(config) || !frame.hasPicture || memory?.lastAt === undefined) return false;
  const sinceMs = frame.at - memory.lastAt;
  const isGoingOn = !memory.over && frame.at - memory.movedAt <= QUIET_MS;
  if (isGoingOn || frame.kind === 'moved') return memory.used >= SETTLES_FROM && sinceMs >= config.everyMs;
  return sinceMs >= standingEveryMs(config);
}

/**
 * Whether a frame gets a look at what it shows as a whole. Pure: the same frame, memory and knowledge give the same plan.
 * @param memory of the camera; undefined: nothing has been there yet
 * @param config undefined: the camera reads no plates (any more)
 * @param vehicles that are looked at by themselves: what moves there is not looked at twice
 * @param known what has been read at this camera lately; asked for where `needsKnown` says so
 */
export function planVisit(
  memory: VisitMemory | undefined,
  frame: VisitFrame,
  config: VisitConfig | undefined,
  vehicles: readonly UnitBox[],
  known: readonly Known[],
): VisitPlan {
  if (frame.kind === 'end' || !config || !isOn(config)) return ended(memory, frame.kind === 'end');
  const { at } = frame;
  const isRestart = memory !== undefined && at < memory.movedAt;
  const moving = movingRegions(frame, config, vehicles);
  // A camera that begins to look at a gate where something stands already.
  const isFirst = memory === undefined && config.view === 'gate';
  const isMoving = moving.length > 0 || isFirst;
  const isOver =
    memory !== undefined &&
    !memory.over &&
    (isRestart || at - memory.movedAt > QUIET_MS || at - memory.bornAt > LONGEST_MS);
  const end = isOver ? { end: { bornAt: memory.bornAt, looks: memory.looks } } : {};
  // A source that is read from its beginning once more: nothing of before counts.
  const before = isRestart ? undefined : memory;
  const rested = before && isOver ? { ...before, over: true as const } : before;
  const goesOn = rested !== undefined && !rested.over;
  if (!goesOn && !isMoving) return { ...standing(rested, frame, config, vehicles, known), ...end };
  const visit = goesOn ? { ...rested, ...(isMoving && { movedAt: at }) } : begun(at, rested);
  return { ...looking(visit, frame, config, { vehicles, moving, known }), ...end };
}

function isOn({ enabled, view }: VisitConfig): boolean {
  return enabled && view !== 'street';
}

function ended(memory: VisitMemory | undefined, isSourceEnd: boolean): VisitPlan {
  if (!memory) return { memory };
  const rest = isSourceEnd ? { ...memory, over: true as const } : undefined;
  return memory.over
    ? { memory: rest }
    : { memory: rest, end: { bornAt: memory.bornAt, looks: memory.looks } };
}

/** A visit right after another one keeps to its pace; no two looks are nearer than `everyMs` in any case. */
function begun(at: number, last: VisitMemory | undefined): VisitMemory {
  const isNext = last !== undefined && at - last.movedAt <= QUIET_MS;
  const { used, lastAt, newsAt } = last ?? { used: 0 };
  return {
    ...{ bornAt: at, movedAt: at, looks: 0, used: isNext ? used : 0 },
    ...(lastAt !== undefined && { lastAt }),
    ...(isNext && newsAt !== undefined && { newsAt }),
  };
}

function looking(
  visit: VisitMemory,
  frame: VisitFrame,
  config: VisitConfig,
  what: {
    readonly vehicles: readonly UnitBox[];
    readonly moving: readonly UnitBox[];
    readonly known: readonly Known[];
  },
): VisitPlan {
  const { at, hasPicture } = frame;
  const news = Math.max(
    -Infinity,
    ...what.known.filter(({ state }) => state === 'open').map(({ firstAt }) => firstAt),
  );
  const isNew = news > (visit.newsAt ?? -Infinity);
  const memory = isNew ? { ...visit, used: 0, newsAt: news } : visit;
  const sinceMs = memory.lastAt === undefined ? Infinity : at - memory.lastAt;
  // All that moves now is followed, or far away: it is not what the visit is about.
  const isElsewhere = frame.regions.length > 0 && what.moving.length === 0 && memory.looks > 0;
  if (!hasPicture || isElsewhere || sinceMs < paceMs(memory, config, what.known)) return { memory };
  const looks = memory.looks + 1;
  return {
    memory: { ...memory, looks, used: memory.used + 1, lastAt: at },
    glance: { bornAt: memory.bornAt, box: partOf(what.moving, looks), vehicles: what.vehicles },
  };
}

/** Capture time between two looks, ms. */
function paceMs({ used, bornAt }: VisitMemory, config: VisitConfig, known: readonly Known[]): number {
  const { everyMs, maxLooks, view } = config;
  const here = known.filter(({ lastAt }) => lastAt >= bornAt);
  if (used >= SETTLES_FROM && here.length > 0 && here.every(({ state }) => state !== 'open'))
    return Math.max(everyMs, SETTLED_EVERY_MS);
  // Whoever drives up is not there at once: the second half of the looks is spread.
  if (used < maxLooks) return used * 2 < maxLooks ? everyMs : 2 * everyMs;
  return Math.max(everyMs, view === 'auto' && here.length === 0 ? FRUITLESS_EVERY_MS : USED_EVERY_MS);
}

/** Nothing moves: what was read and still stands there is seen again now and then, so that it stays one passage. */
function standing(
  memory: VisitMemory | undefined,
  { at, kind, hasPicture }: VisitFrame,
  config: VisitConfig,
  vehicles: readonly UnitBox[],
  known: readonly Known[],
): VisitPlan {
  if (memory?.lastAt === undefined || kind !== 'heartbeat' || !hasPicture) return { memory };
  const isThere = known.some(({ lastAt }) => Math.abs(at - lastAt) <= sameVisitMs(config));
  if (!isThere || at - memory.lastAt < standingEveryMs(config)) return { memory };
  return {
    memory: { ...memory, looks: memory.looks + 1, lastAt: at },
    glance: { bornAt: memory.bornAt, box: WHOLE, vehicles },
  };
}

function standingEveryMs(config: VisitConfig): number {
  return Math.max(STANDING_EVERY_MS, sameVisitMs(config) * STANDING_SHARE);
}

/** What moves and is none of the vehicles; in `auto` only if it is large enough to be one. */
function movingRegions(
  { kind, regions }: VisitFrame,
  { view }: VisitConfig,
  vehicles: readonly UnitBox[],
): readonly UnitBox[] {
  if (kind !== 'moved') return [];
  const moving = regions.filter((region) => {
    const shared = Math.max(0, ...vehicles.map((vehicle) => intersectionArea(region, vehicle)));
    return shared < EXPLAINED * region.width * region.height;
  });
  const area = moving.reduce((sum, { width, height }) => sum + width * height, 0);
  return view === 'gate' || area >= LEAST_MOTION ? moving : [];
}

/** By turns the whole picture (a plate may stand still while its rider moves) and what moves, where that enlarges it. */
function partOf(moving: readonly UnitBox[], look: number): UnitBox {
  if (look % 2 === 1 || moving.length === 0) return WHOLE;
  const left = Math.min(...moving.map(({ x }) => x));
  const top = Math.min(...moving.map(({ y }) => y));
  const width = Math.max(...moving.map((box) => box.x + box.width)) - left;
  const height = Math.max(...moving.map((box) => box.y + box.height)) - top;
  const part = clipToPicture(wider(unitBox(left, top, width, height), CROP_ROOM));
  return part && part.width * part.height <= WORTH_A_CROP ? part : WHOLE;
}

function wider({ x, y, width, height }: UnitBox, room: number): UnitBox {
  return unitBox(x - width * room, y - height * room, width * (1 + 2 * room), height * (1 + 2 * room));
}
