import { createFaceFinder } from '../../io/faces/face-finder.js';
import { createDetectors } from '../../io/onnx/detectors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { readPicture } from '../../io/pictures/read-picture.js';
import { writePicture } from '../../io/pictures.js';
import { loadConfig } from '../installation.js';
import { findFaces, type FacesOptions } from './faces.js';

/** `camqueue faces <picture…>`: needs the networks only, no Redis, database or camera file. */
export async function facesOfPictures(files: readonly string[], options: FacesOptions): Promise<number> {
  const { MODELS_DIR } = loadConfig();
  return findFaces(files, options, {
    detectors: createDetectors({ modelsDir: MODELS_DIR, networks: networksOf([], MODELS_DIR) }),
    faces: createFaceFinder({ modelsDir: MODELS_DIR }),
    pictures: { read: readPicture, write: writePicture },
    print: (line) => console.log(line),
    printError: (line) => void process.stderr.write(`${line}\n`),
  });
}
