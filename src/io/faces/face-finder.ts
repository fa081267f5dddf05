import type { FaceFinder } from '../../ports/faces.js';

/** @param options.modelsDir folder with the converted networks */
export function createFaceFinder(_options: { readonly modelsDir: string }): FaceFinder {
  throw new Error('not built yet');
}
