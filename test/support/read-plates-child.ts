import { resolve } from 'node:path';
import { SHIPPED } from '../../models/shipped.js';
import { readPlates } from '../../src/domain/plates/read-plate.js';
import { createDetectors } from '../../src/io/onnx/detectors.js';
import { readPicture } from '../../src/io/pictures/read-picture.js';
import { createPlateReader } from '../../src/io/plates/plate-reader.js';
import { grammars } from './plate-sights.js';

/** Reads the plates of the pictures it is sent, one answer each: outside Jest's context pixel loops are several times as fast. */
const modelsDir = resolve(__dirname, '../../models');
const detectors = createDetectors({ modelsDir, networks: SHIPPED });
const reader = createPlateReader({ modelsDir, detectors, engine: 'ppocr' });

async function read(path: string): Promise<void> {
  const reads = readPlates(await reader.read(await readPicture(path)), grammars);
  process.send?.(reads.map(({ reading: { key, verdict } }) => ({ key, verdict })));
}

process.on('message', (path: string) => void read(path));
process.on('disconnect', () => process.exit());
