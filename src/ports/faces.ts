import type { UnitBox } from '../domain/geometry.js';
import type { Picture } from '../domain/picture.js';

/** Finds faces; it knows nobody. */
export interface FaceFinder {
  /**
   * @param options.minScore 0..1, default the network's own
   * @param options.people where people are, unit coordinates: looked at closely as well, so that small faces are found
   * @returns best first, boxes in unit coordinates of the whole picture
   * @throws PermanentError when the network is missing or damaged.
   */
  find(
    picture: Picture,
    options?: { minScore?: number; people?: readonly UnitBox[] },
  ): Promise<{ readonly score: number; readonly box: UnitBox }[]>;
}
