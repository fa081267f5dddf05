import { createDetectors } from '../../io/onnx/detectors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { createPlateReader } from '../../io/plates/plate-reader.js';
import { readPicture } from '../../io/pictures/read-picture.js';
import { writePicture } from '../../io/pictures.js';
import { loadGrammars } from '../../io/plate-grammars.js';
import { GRAMMARS_DIR, loadConfig } from '../installation.js';
import { readFiles, type PlatesOptions } from './plates.js';

/** `camqueue plates <picture…>`: needs the networks only, no Redis, database or camera file. */
export async function platesOfPictures(files: readonly string[], options: PlatesOptions): Promise<number> {
  const { MODELS_DIR, OCR_ENGINE, PLATE_GRAMMARS } = loadConfig();
  const detectors = createDetectors({ modelsDir: MODELS_DIR, networks: networksOf([], MODELS_DIR) });
  const plates = createPlateReader({ modelsDir: MODELS_DIR, detectors, engine: OCR_ENGINE });
  const deps = {
    plates,
    grammars: loadGrammars({ shippedDir: GRAMMARS_DIR, ownDir: PLATE_GRAMMARS }),
    pictures: { read: readPicture, write: writePicture },
    print: (line: string) => console.log(line),
    printError: (line: string) => void process.stderr.write(`${line}\n`),
  };
  try {
    return await readFiles(files, options, deps);
  } finally {
    await plates.close();
  }
}
