import type { z } from 'zod';

/**
 * Frames of reference. `Unit…` is a fraction 0..1 of the picture, origin top left, y down: what the camera
 * file, tracks and events use. `Pixel…` counts pixels of one picture. Converting takes a picture size, so one
 * cannot pass for the other by accident.
 */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface Size {
  readonly width: number;
  readonly height: number;
}
export type UnitBox = Box & z.$brand<'unit'>;
export type PixelBox = Box & z.$brand<'pixel'>;
/** A point in unit coordinates. */
export interface UnitPoint {
  readonly x: number;
  readonly y: number;
}

export const WHOLE = unitBox(0, 0, 1, 1);

export function unitBox(x: number, y: number, width: number, height: number): UnitBox {
  return { x, y, width, height } as UnitBox;
}

export function pixelBox(x: number, y: number, width: number, height: number): PixelBox {
  return { x, y, width, height } as PixelBox;
}

export function toPixels(box: UnitBox, size: Size): PixelBox {
  return pixelBox(box.x * size.width, box.y * size.height, box.width * size.width, box.height * size.height);
}

export function toUnit(box: PixelBox, size: Size): UnitBox {
  return unitBox(box.x / size.width, box.y / size.height, box.width / size.width, box.height / size.height);
}

/** Intersection over union, 0..1. Both boxes in the same frame of reference. */
export function iou<B extends Box>(a: B, b: B): number {
  const shared = intersectionArea(a, b);
  return shared === 0 ? 0 : shared / (a.width * a.height + b.width * b.height - shared);
}

/** Area shared by two boxes of the same frame of reference. */
export function intersectionArea<B extends Box>(a: B, b: B): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

/** Where an upright thing touches the ground: the middle of the box's lower edge. */
export function groundPointOf(box: UnitBox): UnitPoint {
  return { x: box.x + box.width / 2, y: box.y + box.height };
}

/** The box clipped to the picture; `undefined` when nothing of it is inside. */
export function clipToPicture(box: UnitBox): UnitBox | undefined {
  const x = Math.max(0, box.x);
  const y = Math.max(0, box.y);
  const width = Math.min(1, box.x + box.width) - x;
  const height = Math.min(1, box.y + box.height) - y;
  return width > 0 && height > 0 ? unitBox(x, y, width, height) : undefined;
}
