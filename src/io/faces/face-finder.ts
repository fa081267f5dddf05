import { distinctFaces, type Face } from '../../domain/faces/distinct-faces.js';
import { faceLooks } from '../../domain/faces/looks.js';
import { InputError } from '../../errors.js';
import type { FaceFinder } from '../../ports/faces.js';
import type { Metrics } from '../../ports.js';
import { checkPicture } from '../onnx/check-picture.js';
import { loadFaceNetwork, type FaceNetwork } from './face-network.js';

/** Chosen for blurring: a face that stays visible costs more than a blurred patch. models/faceboxes/README.md has the figures. */
const MIN_SCORE = 0.3;

/**
 * Finds faces with FaceBoxes: the whole picture, and people's heads enlarged. The network is loaded when the first
 * picture comes; a file that could not be loaded is tried again next time.
 * @param options.modelsDir folder with the converted networks
 */
export function createFaceFinder(options: {
  readonly modelsDir: string;
  readonly metrics?: Pick<Metrics, 'inference'>;
}): FaceFinder {
  let loading: Promise<FaceNetwork> | undefined;
  const loaded = (): Promise<FaceNetwork> => {
    if (loading) return loading;
    const mine = loadFaceNetwork(options.modelsDir, options.metrics);
    loading = mine;
    mine.catch(() => (loading = undefined));
    return mine;
  };
  return {
    find: async (picture, { minScore = MIN_SCORE, people = [] } = {}) => {
      if (!(minScore > 0 && minScore < 1))
        throw new InputError(`minScore is ${minScore}: it must be above 0 and below 1`);
      checkPicture(picture);
      const network = await loaded();
      const found: Face[] = [];
      for (const look of faceLooks(picture, people)) found.push(...(await network(picture, look, minScore)));
      return distinctFaces(found);
    },
  };
}
