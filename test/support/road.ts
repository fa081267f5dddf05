import type { CalibrationPoint } from '../../src/domain/camera-fields/calibration.js';
import type { Detection } from '../../src/domain/detection.js';
import { unitBox, WHOLE } from '../../src/domain/geometry.js';
import type { Observation } from '../../src/domain/scene.js';
import { normal, randomFrom, START_AT } from './scenes.js';
import type { z } from 'zod';

/** A camera on a mast over flat ground: x to the right, y ahead, z up, metres; it stands at (0, 0). */
export interface MastCamera {
  readonly heightM: number;
  /** Below the horizontal. */
  readonly pitchDeg: number;
  /** To the right of straight ahead. */
  readonly yawDeg: number;
  /** Of the whole picture, from top to bottom. */
  readonly fovDeg: number;
  readonly aspect: number;
}
export const MAST: MastCamera = { heightM: 7, pitchDeg: 24, yawDeg: 0, fovDeg: 48, aspect: 16 / 9 };

/** Where a point in space is seen, unit coordinates; `undefined`: behind the camera. */
export function seenAt(
  camera: MastCamera,
  [x, y, z]: readonly [number, number, number],
): [number, number] | undefined {
  const [pitch, yaw] = [(camera.pitchDeg * Math.PI) / 180, (camera.yawDeg * Math.PI) / 180];
  const right = x * Math.cos(yaw) - y * Math.sin(yaw);
  const ahead = x * Math.sin(yaw) + y * Math.cos(yaw);
  const up = z - camera.heightM;
  const depth = ahead * Math.cos(pitch) - up * Math.sin(pitch);
  if (depth <= 0.1) return undefined;
  const below = -up * Math.cos(pitch) - ahead * Math.sin(pitch);
  const focal = 0.5 / Math.tan((camera.fovDeg * Math.PI) / 360);
  return [0.5 + (focal * right) / depth / camera.aspect, 0.5 + (focal * below) / depth];
}

/** A calibration of marks on the ground, clicked with an error of that standard deviation, picture heights. */
export function clicked(
  camera: MastCamera,
  marks: readonly (readonly [number, number])[],
  error = 0,
  seed = 1,
): { points: z.infer<typeof CalibrationPoint>[] } {
  const random = randomFrom(seed);
  return {
    points: marks.map(([x, y]) => {
      const at = seenAt(camera, [x, y, 0]);
      if (!at) throw new Error(`the mark ${x}, ${y} is behind the camera`);
      return {
        at: [at[0] + (error * normal(random)) / camera.aspect, at[1] + error * normal(random)],
        ground: [x, y],
      };
    }),
  };
}

/** A box on wheels; `at` gives the middle of its base and its heading (0: ahead, clockwise from above) at a time. */
export interface Vehicle {
  readonly label: string;
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
  readonly at: (s: number) => { x: number; y: number; headingDeg: number } | undefined;
}
export const CAR = { label: 'car', lengthM: 4.4, widthM: 1.8, heightM: 1.5 };

/** Goes straight at one speed from a place. */
export function straight(from: { x: number; y: number }, headingDeg: number, kmh: number): Vehicle['at'] {
  const heading = (headingDeg * Math.PI) / 180;
  return (s) => ({
    x: from.x + (Math.sin(heading) * kmh * s) / 3.6,
    y: from.y + (Math.cos(heading) * kmh * s) / 3.6,
    headingDeg,
  });
}

export interface RoadSeeing {
  readonly fps: number;
  readonly lookMs: number;
  readonly missRate: number;
  /** Standard deviation of each edge of a box, share of the box's size. */
  readonly noise: number;
  /** Standard deviation of the recorded capture time about the true one, ms. */
  readonly jitterMs: number;
  readonly seed: number;
  readonly lengthS: number;
}

/** What the analysis gets of vehicles on the road: boxes around their corners as a detector would find them. */
export function film(
  camera: MastCamera,
  vehicles: readonly Vehicle[],
  { fps, lookMs, missRate, noise, jitterMs, seed, lengthS }: RoadSeeing,
): Observation[] {
  const random = randomFrom(seed);
  const frames: Observation[] = [];
  let nextLookMs = 0;
  for (let frame = 0; frame / fps <= lengthS; frame++) {
    const ms = (frame * 1000) / fps;
    const at = Math.round(
      START_AT + ms + Math.max(-400 / fps, Math.min(400 / fps, jitterMs * normal(random))),
    );
    const isLook = ms >= nextLookMs - 1e-6;
    if (isLook) nextLookMs += lookMs;
    const detections = isLook
      ? vehicles.flatMap((vehicle) => detected(camera, vehicle, ms / 1000, noise, missRate, random))
      : [];
    frames.push({
      at,
      frame,
      regions: [WHOLE],
      detections,
      aspect: camera.aspect,
      ...(isLook && { looked: WHOLE }),
    });
  }
  return frames;
}

function detected(
  camera: MastCamera,
  vehicle: Vehicle,
  s: number,
  noise: number,
  missRate: number,
  random: () => number,
): Detection[] {
  const isMissed = random() < missRate;
  const edges = [0, 1, 2, 3].map(() => noise * normal(random));
  const corners = cornersOf(vehicle, s)?.map((corner) => seenAt(camera, corner));
  if (!corners || isMissed || corners.some((corner) => corner === undefined)) return [];
  const xs = corners.map((corner) => corner![0]);
  const ys = corners.map((corner) => corner![1]);
  const [width, height] = [Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys)];
  const left = clamp(Math.min(...xs) + edges[0]! * width);
  const right = clamp(Math.max(...xs) + edges[1]! * width);
  const top = clamp(Math.min(...ys) + edges[2]! * height);
  const bottom = clamp(Math.max(...ys) + edges[3]! * height);
  if (right - left < 0.4 * width || bottom - top < 0.4 * height) return [];
  return [{ label: vehicle.label, score: 0.8, box: unitBox(left, top, right - left, bottom - top) }];
}

function cornersOf(vehicle: Vehicle, s: number): [number, number, number][] | undefined {
  const place = vehicle.at(s);
  if (!place) return undefined;
  const heading = (place.headingDeg * Math.PI) / 180;
  const corners: [number, number, number][] = [];
  for (const along of [-0.5, 0.5])
    for (const aside of [-0.5, 0.5])
      for (const z of [0, vehicle.heightM])
        corners.push([
          place.x + along * vehicle.lengthM * Math.sin(heading) + aside * vehicle.widthM * Math.cos(heading),
          place.y + along * vehicle.lengthM * Math.cos(heading) - aside * vehicle.widthM * Math.sin(heading),
          z,
        ]);
  return corners;
}

function clamp(value: number): number {
  return Math.max(0, Math.min(1, value));
}
