import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Grammar } from '../../domain/plates/grammar.js';
import { createDetectors } from '../../io/onnx/detectors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { loadGrammars } from '../../io/plate-grammars.js';
import type { OcrEngine } from '../../io/plates/engines.js';
import { createPlateReader } from '../../io/plates/plate-reader.js';
import type { Detectors, PlateReader } from '../../ports.js';
import { GRAMMARS_DIR, ROOT } from '../installation.js';

/** Pictures of CAMQUEUE_TEST_DATA, or of the data folder beside the installation. */
export const PLATE_DATA = resolve(process.env['CAMQUEUE_TEST_DATA'] ?? join(ROOT, '../shared/data'));
export const MODELS = resolve(process.env['MODELS_DIR'] || join(ROOT, 'models'));

/** Whether there are pictures whose plates are known. */
export function hasPlatePictures(): boolean {
  return existsSync(join(PLATE_DATA, 'truth.json'));
}

/** Says once more why a part gives fewer figures than it could. @param instead what is done without them */
export function sayNoPictures(part: string, instead: string): void {
  process.stderr.write(
    `camqueue: ${part}: ${PLATE_DATA} has no truth.json: ${instead}. ` +
      'Set CAMQUEUE_TEST_DATA to a folder with pictures of plates and their texts.\n',
  );
}

export interface PlateNetworks {
  readonly detectors: Detectors;
  readonly grammars: readonly Grammar[];
  reader(engine: OcrEngine): PlateReader & { close(): Promise<void> };
}

/** What reads plates, as a worker has it; networks are loaded when they are first used. */
export function plateNetworks(): PlateNetworks {
  const detectors = createDetectors({ modelsDir: MODELS, networks: networksOf([], MODELS) });
  return {
    detectors,
    grammars: loadGrammars({ shippedDir: GRAMMARS_DIR }),
    reader: (engine) => createPlateReader({ modelsDir: MODELS, detectors, engine }),
  };
}
