import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Camera } from '../../../../src/domain/camera.js';
import { unitBox, type UnitBox } from '../../../../src/domain/geometry.js';
import type { Picture } from '../../../../src/domain/picture.js';
import { renderStretch, type RenderOrder } from '../../../../src/io/clips/render/render.js';
import type { Detectors } from '../../../../src/ports.js';
import { difference, makeRecording, readLumas, RENDER_SIZE, renderOrder } from '../../../support/rendered.js';

const START_AT = Date.UTC(2026, 10, 22, 2);
const { width: WIDTH, height: HEIGHT } = RENDER_SIZE;
const NOBODY: Detectors = {
  get: async (network) => ({ network, labels: ['person'], detect: async () => [] }),
};

let folder: string;
/** A white square, 40 px, that walks 50 px a second to the right, over noise that stands still. */
let walk: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-looks-'));
  const ground = `color=gray:size=${WIDTH}x${HEIGHT}:rate=10,noise=all_seed=7:alls=60:allf=u,fps=10`;
  const square = `color=white:size=40x40:rate=10`;
  walk = await makeRecording(
    join(folder, 'walk.mp4'),
    `${ground}[g];${square}[s];[g][s]overlay=x='round(20+50*t)':y=100`,
    { seconds: 5 },
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function rendered(order: Partial<RenderOrder>, name = 'out.mp4'): Promise<Buffer[]> {
  const inputs = [{ path: walk, startAt: START_AT }];
  const path = join(folder, name);
  const whole = { inputs, from: START_AT + 1200, to: START_AT + 4200, detectors: async () => NOBODY };
  await renderStretch(renderOrder(folder, { ...whole, ...order }, { path }), {
    signal: new AbortController().signal,
    onProgress: () => undefined,
  });
  return (await readLumas(path)).lumas;
}

/** What a real detector does: it sees where the square is in the picture that it is given. */
const SQUARES: Detectors = {
  get: async (network) => ({
    ...{ network, labels: ['car', 'person'] },
    detect: async (picture) => squareIn(picture).map((box) => ({ label: 'car', score: 0.9, box })),
  }),
};

function squareIn({ data, width, height }: Picture): UnitBox[] {
  const isWhite = (x: number, y: number): boolean => data[y * width + x]! > 215;
  for (let x = 0; x < width - 20; x++) {
    if ([105, 115, 120, 125, 135].every((y) => [1, 5, 10].every((more) => isWhite(x + more, y))))
      return [unitBox(x / width, 100 / height, 40 / width, 40 / height)];
  }
  return [];
}

/** Detail of a region: how much neighbours in a row differ, on average. */
function detail(
  luma: Uint8Array,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): number {
  let sum = 0;
  for (let row = y; row < y + height; row++) {
    for (let i = row * WIDTH + x; i < row * WIDTH + x + width - 1; i++)
      sum += Math.abs(luma[i]! - luma[i + 1]!);
  }
  return sum / (height * (width - 1));
}

describe('faces', () => {
  const region = { x: 240, y: 20, width: 30, height: 30 };
  const face = unitBox(240 / WIDTH, 20 / HEIGHT, 30 / WIDTH, 30 / HEIGHT);

  it('are unrecognisable from a second before to a second after they are found, the rest is as before', async () => {
    // Pictures are looked at 5 times a second; found from 2.4 s to 2.8 s of the recording only.
    let at = 0;
    const faces = {
      find: async () => {
        at += 200;
        return at >= 2400 && at <= 2800 ? [{ score: 0.9, box: face }] : [];
      },
    };
    const [plain, blurred] = [
      await rendered({}, 'plain.mp4'),
      await rendered({ look: { blurFaces: true }, faces: async () => faces }),
    ];
    expect(blurred).toHaveLength(plain.length);
    for (const [i, luma] of blurred.entries()) {
      const takenMs = 1200 + 100 * i;
      const isCovered = takenMs >= 1400 && takenMs <= 3800;
      const left = detail(luma, region) / detail(plain[i]!, region);
      if (isCovered) expect([takenMs, left < 0.15]).toEqual([takenMs, true]);
      else if (takenMs < 1200 || takenMs > 4000) expect([takenMs, left > 0.8]).toEqual([takenMs, true]);
      expect(difference(luma, plain[i]!, { y: 80, height: 160 })).toBeLessThan(4);
    }
    expect(blurred.some((luma, i) => detail(luma, region) > 0.8 * detail(plain[i]!, region))).toBe(true);
  });

  it('found only after the stretch are covered in it', async () => {
    let at = 0;
    const faces = {
      find: async () => ((at += 200) === 4600 ? [{ score: 0.9, box: face }] : []),
    };
    const lumas = await rendered({ look: { blurFaces: true }, faces: async () => faces });
    expect(detail(lumas.at(-1)!, region)).toBeLessThan(0.15 * detail(lumas[0]!, region));
  });

  it('of people are covered though no face is found, and heads are told to the finder', async () => {
    const person = unitBox(230 / WIDTH, 20 / HEIGHT, 40 / WIDTH, 120 / HEIGHT);
    const detectors: Detectors = {
      get: async (network) => ({
        ...{ network, labels: ['person', 'car'] },
        detect: async (_, __, { classes }) =>
          classes.includes('person') ? [{ label: 'person', score: 0.8, box: person }] : [],
      }),
    };
    const hints: number[] = [];
    const find = async (_: Picture, options?: { people?: readonly UnitBox[] }) => {
      hints.push(options?.people?.length ?? 0);
      return [];
    };
    const camera = Camera.parse({ id: 'gate-1', source: 'x.mp4', detect: { classes: ['car'] } });
    const order = {
      camera,
      look: { blurFaces: true },
      detectors: async () => detectors,
      faces: async () => ({ find }),
    };
    const lumas = await rendered(order);
    const head = { x: 232, y: 22, width: 36, height: 22 };
    const legs = { x: 232, y: 100, width: 36, height: 36 };
    for (const luma of lumas) expect(detail(luma, head)).toBeLessThan(0.15 * detail(luma, legs));
    expect(Math.min(...hints)).toBeGreaterThan(0);
  });
});

describe('overlay', () => {
  const line = { id: 'door', from: [0.5, 0], to: [0.5, 1] };
  const camera = Camera.parse({
    id: 'gate-1',
    source: 'x.mp4',
    lines: [line],
    detect: { classes: ['car'], everyMs: 0 },
  });

  it('has boxes where things are in every picture, also between looks', async () => {
    const lumas = await rendered({ camera, look: { overlay: true }, detectors: async () => SQUARES });
    const plain = await rendered({}, 'plain.mp4');
    for (const [i, luma] of lumas.entries()) {
      // Its first picture is shown at 0.2 s.
      const left = 20 + 5 * (10 + i);
      // The line and its count are drawn where it passes them.
      if (left > 90 && left < 225) continue;
      // The box's edge is drawn on the square's, neither where it was a picture ago nor within it.
      const changed = (x: number, width: number): number =>
        difference(luma, plain[i]!, { x: left + x, y: 108, width, height: 24 });
      expect([i, changed(-4, 8) > 1.5 * changed(-12, 8) && changed(-4, 8) > 6]).toEqual([i, true]);
      expect(changed(10, 20)).toBeLessThan(6);
    }
  });

  it('goes on counting where the part before ended, and begins at 0 else', async () => {
    const [first, second] = [join(folder, 'first.json'), join(folder, 'second.json')];
    const order = { camera, look: { overlay: true }, detectors: async () => SQUARES };
    // The square's ground point passes the line 2.6 s after its recording's 0; twice it is recorded.
    const [from, to] = [START_AT + 1200, START_AT + 3600];
    const again = {
      ...order,
      ...{ inputs: [{ path: walk, startAt: START_AT + 10_000 }], from: from + 10_000, to: to + 10_000 },
    };
    await rendered({ ...order, from, to, memory: { after: first } });
    await rendered({ ...again, memory: { before: first, after: second } });
    const alone = join(folder, 'alone.json');
    await rendered({ ...again, memory: { after: alone } });
    const counts = [first, second, alone].map(async (path) => {
      const { scene } = JSON.parse(await readFile(path, 'utf8')) as {
        scene: { lines: Record<string, { in: number; out: number }> };
      };
      const { in: entered = 0, out = 0 } = scene.lines['door'] ?? {};
      return entered + out;
    });
    expect(await Promise.all(counts)).toEqual([1, 2, 1]);
  });
});
