/** The count of an area begins anew with a mark: somebody counted, the daily reset, or the sum carried on. */
export interface OccupancyMark {
  /** Of a reset `<area>+<at>`, of a carry `<area>~<at>`; of a correction a random id. */
  readonly id: string;
  readonly areaId: string;
  /** From then on, epoch ms. */
  readonly at: number;
  /** carry: nobody counted; crossings before it need not be kept any longer. */
  readonly kind: 'reset' | 'correction' | 'carry';
  /** How many are inside at `at`; of a carry it may be below 0. */
  readonly value: number;
  /** How many had been counted to be inside, and by how many crossings since the mark before: their difference is the drift. */
  readonly counted: number;
  readonly crossings: number;
  readonly by: string;
  readonly note?: string;
}
