import { resolve } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { CLASSES, lineText } from '../../../models/ppocr-v4/characters.js';
import {
  DETECTION_INPUT,
  DETECTION_STEP,
  textRegions,
  type TextRegion,
} from '../../../models/ppocr-v4/detection.js';
import { ppocrDetection, ppocrRecognition } from '../../../models/ppocr-v4/model.js';
import { LINE_HEIGHT, writeLine } from '../../../models/ppocr-v4/recognition.js';
import { createSampler } from '../../../models/sample.js';
import type { UnitBox } from '../../domain/geometry.js';
import type { Picture } from '../../domain/picture.js';
import { mapQuad } from '../../domain/plates/quad.js';
import type { LineText } from '../../domain/plates/text-line.js';
import { PermanentError } from '../../errors.js';
import type { Metrics } from '../../ports.js';
import { openNetwork } from '../onnx/session.js';

/** Finds and reads lines of text. */
export interface TextNetwork {
  /**
   * @param look part of the picture
   * @param scale pixels of the network's input per pixel of the picture
   * @returns best first, quads in pixels of the whole picture
   */
  detect(picture: Picture, look: UnitBox, scale: number, minScore: number): Promise<TextRegion[]>;
  /** @param rgb a straightened line, `LINE_HEIGHT` high */
  read(rgb: Uint8Array, width: number): Promise<LineText>;
}

/** @throws PermanentError when a network is missing or damaged. */
export async function loadTextNetwork(
  modelsDir: string,
  metrics?: Pick<Metrics, 'inference'>,
): Promise<TextNetwork> {
  const detection = await openNetwork(resolve(modelsDir, ppocrDetection.file), ppocrDetection);
  const recognition = await openNetwork(resolve(modelsDir, ppocrRecognition.file), ppocrRecognition);
  const timed = async (name: string, session: InferenceSession, values: Float32Array, dims: number[]) => {
    const startedAt = performance.now();
    const outputs = await session.run({ x: new Tensor('float32', values, dims) });
    metrics?.inference(name, performance.now() - startedAt);
    const output = outputs[session.outputNames[0]!];
    if (!(output?.data instanceof Float32Array))
      throw new PermanentError(`network ${name}: no numbers came out`);
    return { data: output.data, dims: output.dims };
  };
  return {
    detect: async (picture, look, scale, minScore) => {
      const side = (length: number): number =>
        Math.max(1, Math.round((length * scale) / DETECTION_STEP)) * DETECTION_STEP;
      const size = { width: side(look.width * picture.width), height: side(look.height * picture.height) };
      const values = new Float32Array(3 * size.width * size.height);
      createSampler({ ...size, input: DETECTION_INPUT })(picture, look, values, size);
      const dims = [1, 3, size.height, size.width];
      const { data } = await timed('ppocr-v4-detection', detection, values, dims);
      const across = (look.width * picture.width) / size.width;
      const down = (look.height * picture.height) / size.height;
      return textRegions(data, size, minScore).map(({ quad, score }) => ({
        quad: mapQuad(quad, ({ x, y }) => ({
          x: look.x * picture.width + x * across,
          y: look.y * picture.height + y * down,
        })),
        score,
      }));
    },
    read: async (rgb, width) => {
      const values = writeLine(rgb, width);
      const { data, dims } = await timed('ppocr-v4-recognition', recognition, values, [
        1,
        3,
        LINE_HEIGHT,
        width,
      ]);
      if (dims[2] !== CLASSES) {
        throw new PermanentError(
          `network ${ppocrRecognition.name}: knows ${dims[2]} characters, expected ${CLASSES}`,
        );
      }
      return lineText(data, dims[1]!);
    },
  };
}
