import { resolve } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { decodeFaces, mismatch } from '../../../models/faceboxes/decode.js';
import { faceboxes } from '../../../models/faceboxes/model.js';
import type { TensorView } from '../../../models/network.js';
import { createSampler, placement, type Sampler } from '../../../models/sample.js';
import type { Face } from '../../domain/faces/distinct-faces.js';
import type { FaceLook } from '../../domain/faces/looks.js';
import { clipToPicture, unitBox, type Size } from '../../domain/geometry.js';
import type { Picture } from '../../domain/picture.js';
import { PermanentError } from '../../errors.js';
import type { Metrics } from '../../ports.js';
import { openNetwork } from '../onnx/session.js';

/** Finds faces in one look; boxes in unit coordinates of the whole picture, overlapping ones not yet sorted out. */
export type FaceNetwork = (picture: Picture, look: FaceLook, minScore: number) => Promise<Face[]>;

/** Samplers keep working memory: those of a video's few sizes are kept. */
const MOST_SAMPLERS = 8;

/**
 * @param modelsDir folder with the converted networks
 * @throws PermanentError when the network is missing or damaged.
 */
export async function loadFaceNetwork(
  modelsDir: string,
  metrics?: Pick<Metrics, 'inference'>,
): Promise<FaceNetwork> {
  const path = resolve(modelsDir, faceboxes.file);
  const session = await openNetwork(path, faceboxes);
  const samplers = new Map<string, Sampler>();
  return async (picture, look, minScore) => {
    const size = inputSize(picture, look);
    const target = { ...size, input: faceboxes.input };
    const values = new Float32Array(3 * size.width * size.height);
    samplerFor(samplers, target)(picture, look.box, values, size);
    const startedAt = performance.now();
    const results = await session.run({
      [session.inputNames[0] ?? '']: new Tensor('float32', values, [1, 3, size.height, size.width]),
    });
    metrics?.inference(faceboxes.name, performance.now() - startedAt);
    const outputs = session.outputNames.map((name) => results[name] as unknown as TensorView);
    const expected = mismatch(outputs, size);
    if (expected !== undefined) {
      const found = outputs.map(({ dims }) => `[${dims.join(', ')}]`).join(', ');
      throw new PermanentError(`network ${faceboxes.name}: ${path} gives ${found}; expected ${expected}`);
    }
    const placed = placement(picture, look.box, target);
    const across = look.box.width / placed.width;
    const down = look.box.height / placed.height;
    return decodeFaces(outputs, minScore).flatMap(({ score, box }) => {
      if (Math.max(box.width, box.height) < look.minSidePx) return [];
      const clipped = clipToPicture(
        unitBox(
          look.box.x + box.x * across,
          look.box.y + box.y * down,
          box.width * across,
          box.height * down,
        ),
      );
      return clipped ? [{ score, box: clipped }] : [];
    });
  };
}

/** What the look fills, rounded up to what the network takes. */
function inputSize(picture: Size, { box, scale }: FaceLook): Size {
  const step = faceboxes.sizeStep;
  const side = (length: number): number => Math.max(1, Math.ceil((length * scale) / step - 1e-6)) * step;
  return { width: side(box.width * picture.width), height: side(box.height * picture.height) };
}

function samplerFor(known: Map<string, Sampler>, target: Parameters<typeof createSampler>[0]): Sampler {
  const key = `${target.width}x${target.height}`;
  const found = known.get(key) ?? createSampler(target);
  if (known.size >= MOST_SAMPLERS) known.clear();
  known.set(key, found);
  return found;
}
