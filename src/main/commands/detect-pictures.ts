import { createDetectors } from '../../io/onnx/detectors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { readPicture } from '../../io/pictures/read-picture.js';
import { writePicture } from '../../io/pictures.js';
import type { DetectOptions } from '../cli.js';
import { loadConfig } from '../installation.js';
import { detect } from './detect.js';

/** `camqueue detect <picture…>`: needs the networks only, no Redis, database or camera file. */
export async function detectPictures(files: readonly string[], options: DetectOptions): Promise<number> {
  const { MODELS_DIR } = loadConfig();
  return detect([...files], options, {
    detectors: createDetectors({ modelsDir: MODELS_DIR, networks: networksOf([], MODELS_DIR) }),
    pictures: { read: readPicture, write: writePicture },
    print: (line) => console.log(line),
    printError: (line) => void process.stderr.write(`${line}\n`),
  });
}
