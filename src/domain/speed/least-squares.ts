/** A dense matrix by rows. */
export type Rows = readonly (readonly number[])[];

/** Pivots smaller than this share of their diagonal make a system that says nothing about one of its unknowns. */
const LEAST_PIVOT = 1e-12;

/**
 * Cholesky factor of a symmetric positive definite matrix: lower triangular L with L·Lᵀ = `matrix` (Golub and Van Loan,
 * "Matrix Computations", 4th ed., algorithm 4.2.1).
 * @returns `undefined`: not positive definite, within rounding
 */
export function cholesky(matrix: Rows): Rows | undefined {
  const factor: number[][] = matrix.map((row) => row.map(() => 0));
  for (const [i, row] of factor.entries()) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i]![j]!;
      for (let k = 0; k < j; k++) sum -= row[k]! * factor[j]![k]!;
      if (j < i) row[j] = sum / factor[j]![j]!;
      else if (!(sum > LEAST_PIVOT * Math.abs(matrix[i]![i]!))) return undefined;
      else row[i] = Math.sqrt(sum);
    }
  }
  return factor;
}

/** Solves L·Lᵀ·x = `right`. */
export function solve(factor: Rows, right: readonly number[]): number[] {
  const half: number[] = [];
  for (let i = 0; i < right.length; i++) {
    let sum = right[i]!;
    for (let k = 0; k < i; k++) sum -= factor[i]![k]! * half[k]!;
    half.push(sum / factor[i]![i]!);
  }
  return solveUpper(factor, half);
}

/** Solves Lᵀ·x = `right`. */
export function solveUpper(factor: Rows, right: readonly number[]): number[] {
  const x = [...right];
  for (let i = x.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < x.length; k++) x[i]! -= factor[k]![i]! * x[k]!;
    x[i]! /= factor[i]![i]!;
  }
  return x;
}

/** The normal equations of least squares, gathered equation by equation: `coefficients`·x = `value`. */
export class NormalEquations {
  readonly matrix: number[][];
  readonly right: number[];

  constructor(unknowns: number) {
    this.matrix = Array.from({ length: unknowns }, () => new Array<number>(unknowns).fill(0));
    this.right = new Array<number>(unknowns).fill(0);
  }

  /** @param weight of this equation: its variance's reciprocal, in any unit */
  add(coefficients: readonly number[], value: number, weight = 1): void {
    for (const [i, row] of this.matrix.entries()) {
      const scaled = weight * coefficients[i]!;
      if (scaled === 0) continue;
      for (let j = 0; j < row.length; j++) row[j]! += scaled * coefficients[j]!;
      this.right[i]! += scaled * value;
    }
  }
}
