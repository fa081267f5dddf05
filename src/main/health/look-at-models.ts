import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { NetworkSpec } from '../../../models/network.js';
import { ppocrDetection, ppocrRecognition } from '../../../models/ppocr-v4/model.js';
import type { Camera } from '../../domain/camera.js';
import type { HealthFinding } from '../../ports.js';
import type { Probe } from './probes.js';

/** What reads plates: the text, and the vehicles in whole pictures. */
const PLATE_NETWORKS: readonly Spec[] = [
  { ...ppocrDetection, name: 'ppocr-v4-detection' },
  { ...ppocrRecognition, name: 'ppocr-v4-recognition' },
];
const VEHICLE_NETWORK = 'nanodet-g-416';

type Spec = Pick<NetworkSpec, 'name' | 'file' | 'sha256'> & { readonly source?: unknown };

/** The files of the networks that enabled cameras use: there, and what their card says. */
export function modelsProbe(options: {
  readonly cameras: () => readonly Camera[];
  readonly networks: readonly NetworkSpec[];
  readonly modelsDir: string;
}): Probe {
  const hashes = new Map<string, Promise<string>>();
  return {
    name: 'models',
    kinds: ['model'],
    look: async () => {
      const enabled = options.cameras().filter((camera) => camera.enabled);
      const names = new Set(enabled.map(({ detect }) => detect.network));
      const plates = enabled.some((camera) => camera.plates?.enabled) ? PLATE_NETWORKS : [];
      if (plates.length > 0) names.add(VEHICLE_NETWORK);
      return Promise.all([
        ...[...names].map(async (name) => {
          const spec = options.networks.find((network) => network.name === name);
          return spec ? lookAtOne(spec, options.modelsDir, hashes) : unknown(name);
        }),
        ...plates.map((spec) => lookAtOne(spec, options.modelsDir, hashes)),
      ]);
    },
  };
}

async function lookAtOne(
  spec: Spec,
  modelsDir: string,
  hashes: Map<string, Promise<string>>,
): Promise<HealthFinding> {
  const path = resolve(modelsDir, spec.file);
  const subject = `model/${spec.name}`;
  const fix = spec.source ? 'run scripts/fetch-models.sh' : 'see `networks` in the camera file';
  const found = await stat(path).catch((error: unknown) => (error as NodeJS.ErrnoException).code ?? 'ERR');
  if (typeof found === 'string') {
    const why = found === 'ENOENT' ? 'is missing' : `cannot be read (${found})`;
    return { subject, state: 'fail', detail: `${path} ${why}: ${fix}`, measures: {} };
  }
  const measures = { bytes: found.size };
  if (spec.sha256 !== undefined) {
    const sha256 = await hashOnce(path, `${path} ${found.size} ${found.mtimeMs}`, hashes);
    if (sha256 !== spec.sha256) {
      const detail = `${path} is not the file its card describes (SHA-256 ${sha256}): ${fix}`;
      return { subject, state: 'fail', detail, measures: { ...measures, sha256 } };
    }
  }
  return { subject, state: 'ok', detail: `${path} is as its card says`, measures };
}

/** A file is read again only when its size or time has changed. A slow disk may need longer than one look. */
function hashOnce(path: string, version: string, hashes: Map<string, Promise<string>>): Promise<string> {
  const known = hashes.get(version);
  if (known) return known;
  const hash = createHash('sha256');
  const hashing = pipeline(createReadStream(path), hash).then(() => hash.digest('hex'));
  hashes.set(version, hashing);
  hashing.catch(() => hashes.delete(version));
  return hashing;
}

function unknown(name: string): HealthFinding {
  const detail = `no network is called "${name}": see \`detect.network\` and \`networks\` in the camera file`;
  return { subject: `model/${name}`, state: 'fail', detail, measures: {} };
}
