import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError, PermanentError } from '../../src/errors.js';
import { createDetectors } from '../../src/io/onnx/detectors.js';
import { networksOf } from '../../src/io/onnx/networks.js';
import { createPlateReader } from '../../src/io/plates/plate-reader.js';
import { loadPlateNetworks } from '../../src/main/load-networks.js';

describe('what reads plates is loaded when a worker starts', () => {
  it('a network that is missing is said then, with the way to get it', async () => {
    const modelsDir = await mkdtemp(join(tmpdir(), 'camqueue-models-'));
    const detectors = createDetectors({ modelsDir, networks: networksOf([], modelsDir) });
    const reader = createPlateReader({ modelsDir, detectors, engine: 'ppocr' });
    const loading = loadPlateNetworks(reader);
    await expect(loading).rejects.toThrow(InputError);
    await expect(loading).rejects.toThrow(
      /^plates: network ppocr.*is missing; run scripts\/fetch-models\.sh/,
    );
    await reader.close();
    await rm(modelsDir, { recursive: true });
  });

  it('another failure stays what it is, and none is none', async () => {
    const failing = (error: Error) => loadPlateNetworks({ read: () => Promise.reject(error) });
    await expect(failing(new Error('no memory'))).rejects.not.toThrow(InputError);
    await expect(failing(new PermanentError('damaged'))).rejects.toThrow(InputError);
    await expect(loadPlateNetworks({ read: async () => [] })).resolves.toBeUndefined();
  });
});
