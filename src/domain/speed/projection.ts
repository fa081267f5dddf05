/**
 * A plane mapped to a plane by a 3×3 matrix, by rows: (x, y, 1) → (x', y', w'), the point being (x' / w', y' / w').
 */
export type Matrix3 = readonly [number, number, number, number, number, number, number, number, number];

export interface Flat {
  readonly x: number;
  readonly y: number;
}

/** The point before its division by `w`. */
export function project(m: Matrix3, { x, y }: Flat): Flat & { readonly w: number } {
  const w = m[6] * x + m[7] * y + m[8];
  return { x: (m[0] * x + m[1] * y + m[2]) / w, y: (m[3] * x + m[4] * y + m[5]) / w, w };
}

/** How the image moves when the point does: [∂x'/∂x, ∂x'/∂y, ∂y'/∂x, ∂y'/∂y]. */
export function jacobian(m: Matrix3, point: Flat): readonly [number, number, number, number] {
  const { x, y, w } = project(m, point);
  return [(m[0] - x * m[6]) / w, (m[1] - x * m[7]) / w, (m[3] - y * m[6]) / w, (m[4] - y * m[7]) / w];
}

/** `a` after `b`. */
export function product(a: Matrix3, b: Matrix3): Matrix3 {
  const at = (row: number, column: number): number =>
    a[3 * row]! * b[column]! + a[3 * row + 1]! * b[3 + column]! + a[3 * row + 2]! * b[6 + column]!;
  return [at(0, 0), at(0, 1), at(0, 2), at(1, 0), at(1, 1), at(1, 2), at(2, 0), at(2, 1), at(2, 2)];
}

/** The way back, up to scale: the adjugate. */
export function inverse([a, b, c, d, e, f, g, h, i]: Matrix3): Matrix3 {
  return [
    e * i - f * h,
    c * h - b * i,
    b * f - c * e,
    f * g - d * i,
    a * i - c * g,
    c * d - a * f,
    d * h - e * g,
    b * g - a * h,
    a * e - b * d,
  ];
}

/** Scaled so that `w` is 1 at that point: positive on its side of the horizon. */
export function normalisedAt(m: Matrix3, point: Flat): Matrix3 {
  const w = m[6] * point.x + m[7] * point.y + m[8];
  return m.map((value) => value / w) as unknown as Matrix3;
}

export function middleOf(points: readonly Flat[]): Flat {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return { x: mean(points.map(({ x }) => x)), y: mean(points.map(({ y }) => y)) };
}
