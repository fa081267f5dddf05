import { resolve } from 'node:path';
import { COCO } from '../../../models/coco.js';
import { KINDS } from '../../../models/decode/kinds.js';
import type { NetworkSpec } from '../../../models/network.js';
import { SHIPPED } from '../../../models/shipped.js';
import type { Network } from '../../domain/camera.js';
import { InputError } from '../../errors.js';

/**
 * All networks a camera may name: the ones we ship and the camera file's own.
 * @param own entries under `networks` of the camera file
 * @param folder of the camera file; relative `file`s are relative to it
 * @throws InputError when a name is used twice.
 */
export function networksOf(own: readonly Network[], folder: string): NetworkSpec[] {
  const specs = [...SHIPPED];
  own.forEach((network, i) => {
    if (specs.some(({ name }) => name === network.name)) {
      throw new InputError(`networks[${i}].name: "${network.name}" is taken; choose another name`);
    }
    specs.push({
      name: network.name,
      file: resolve(folder, network.file),
      ...(network.sha256 === undefined ? {} : { sha256: network.sha256 }),
      decode: network.decode,
      width: network.width,
      height: network.height,
      input: KINDS[network.decode].input,
      labels: network.labels ?? COCO,
    });
  });
  return specs;
}
