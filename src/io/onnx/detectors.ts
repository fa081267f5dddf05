import { resolve } from 'node:path';
import type { Wanted } from '../../../models/decode/candidate.js';
import { KINDS } from '../../../models/decode/kinds.js';
import { suppress } from '../../../models/decode/suppress.js';
import { toDetections } from '../../../models/detections.js';
import type { NetworkSpec } from '../../../models/network.js';
import { createSampler, inputSizeFor, placement, type Sampler } from '../../../models/sample.js';
import type { Detection } from '../../domain/detection.js';
import { clipToPicture, type UnitBox } from '../../domain/geometry.js';
import type { Picture } from '../../domain/picture.js';
import { PermanentError } from '../../errors.js';
import type { Detector, Detectors, Metrics } from '../../ports.js';
import { checkPicture } from './check-picture.js';
import { loadNetwork, type LoadedNetwork } from './session.js';

/**
 * Object detection with ONNX Runtime on the CPU. A network is loaded when it is first asked for and stays; one that
 * could not be loaded is tried again next time, so putting the file in place needs no restart.
 * @param options.modelsDir relative network files are relative to this folder
 */
export function createDetectors(options: {
  modelsDir: string;
  networks: readonly NetworkSpec[];
  metrics?: Pick<Metrics, 'inference'>;
}): Detectors {
  const loading = new Map<string, Promise<Detector>>();
  return {
    get: async (name) => {
      const known = loading.get(name);
      if (known) return known;
      const spec = options.networks.find((network) => network.name === name);
      if (!spec) {
        const names = options.networks.map((network) => network.name).join(', ');
        throw new PermanentError(
          `network "${name}" is unknown; known: ${names}. Others are described under \`networks\` in the camera file`,
        );
      }
      const detector = loadNetwork(resolve(options.modelsDir, spec.file), spec).then((network) =>
        createDetector(spec, network, options.metrics),
      );
      loading.set(name, detector);
      detector.catch(() => loading.delete(name));
      return detector;
    },
  };
}

function createDetector(
  spec: NetworkSpec,
  network: LoadedNetwork,
  metrics?: Pick<Metrics, 'inference'>,
): Detector {
  const inputs = createInputs(spec);
  const { decoder } = KINDS[spec.decode];
  const wantedLabels = labelChooser(spec);
  const detect = async (
    picture: Picture,
    look: UnitBox,
    share: number,
    wanted: Wanted,
  ): Promise<Detection[]> => {
    const { input, sample } = inputs(share);
    const size = inputSizeFor(picture, look, input);
    sample(picture, look, network.input(size), size);
    const startedAt = performance.now();
    const outputs = await network.run(size);
    metrics?.inference(spec.name, performance.now() - startedAt);
    const kept = suppress(decoder.decode(outputs, { ...spec, ...size }, wanted), spec.labels);
    return toDetections(kept, placement(picture, look, input), look, spec.labels);
  };
  // Callers share one input tensor: each waits for the one before.
  let last: Promise<unknown> = Promise.resolve();
  return {
    network: spec.name,
    labels: spec.labels,
    detect: async (picture, look, { classes, minScore, inputShare = 1 }) => {
      checkPicture(picture);
      const labels = wantedLabels(classes);
      const region = clipToPicture(look);
      if (!region) return [];
      const mine = last.then(() => detect(picture, region, inputShare, { minScore, labels }));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** The network as one with a smaller input, a share of each side in its own steps; one of fixed size stays as it is. */
function createInputs(
  spec: NetworkSpec,
): (share: number) => { readonly input: NetworkSpec; readonly sample: Sampler } {
  const made = new Map<string, { input: NetworkSpec; sample: Sampler }>();
  return (share) => {
    const { sizeStep: step } = spec;
    const side = (length: number): number =>
      step === undefined
        ? length
        : Math.min(length, Math.max(step, Math.round((length * share) / step) * step));
    const input = { ...spec, width: side(spec.width), height: side(spec.height) };
    const key = `${input.width}x${input.height}`;
    const known = made.get(key) ?? { input, sample: createSampler(input) };
    made.set(key, known);
    return known;
  };
}

/** Turns class names into a mask over the network's labels; names are checked the first time they are asked for. */
function labelChooser(spec: NetworkSpec): (classes: readonly string[]) => Uint8Array {
  const masks = new Map<string, Uint8Array>();
  return (classes) => {
    const key = classes.join('\n');
    const known = masks.get(key);
    if (known) return known;
    const unknown = classes.filter((name) => !spec.labels.includes(name));
    if (unknown.length > 0) {
      throw new PermanentError(
        `network ${spec.name} has no class ${unknown.map((name) => `"${name}"`).join(', ')}; it knows: ${spec.labels.join(', ')}`,
      );
    }
    const mask = Uint8Array.from(spec.labels, (label) => (classes.includes(label) ? 1 : 0));
    masks.set(key, mask);
    return mask;
  };
}
