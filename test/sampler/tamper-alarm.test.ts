import type { FrameSources, SourceFrame } from '../../src/domain/frame-source.js';
import type { Tamper } from '../../src/sampler/options.js';
import { H264, makeClip } from '../io/ffmpeg/media.js';
import { drainWhile, makeRig, tempFolder, until } from './rig.js';

const [WIDTH, HEIGHT] = [96, 72];
const START = Date.UTC(2026, 10, 21);

function pictureOf(shade: (x: number, y: number) => number): SourceFrame['picture'] {
  const data = new Uint8Array((WIDTH * HEIGHT * 3) / 2).fill(128);
  for (let i = 0; i < WIDTH * HEIGHT; i++) data[i] = shade(i % WIDTH, Math.floor(i / WIDTH));
  return { width: WIDTH, height: HEIGHT, format: 'i420', data };
}

const scene = pictureOf((x, y) => 60 + 120 * (((x * x + 3 * y * y) >> 8) & 1));
const covered = pictureOf(() => 90);

/** A camera whose connections send these pictures, five a second, and then end; the last one stays silent. */
function sourcesOf(connections: readonly (readonly SourceFrame['picture'][])[]) {
  let opened = 0;
  let sent = 0;
  const open: FrameSources['open'] = (_, { signal }) => {
    const pictures = connections[Math.min(opened++, connections.length - 1)]!;
    const isLast = opened >= connections.length;
    const first = sent;
    let frame = 0;
    return {
      async next() {
        if (frame < pictures.length) {
          const at = { mediaMs: frame * 200, arrivedAt: START + (first + frame) * 200 };
          sent++;
          return { ...at, frame, picture: pictures[frame++]! };
        }
        if (isLast) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return undefined;
      },
      ending: () => ({}),
      close: () => Promise.resolve(),
      stats: () => ({ heardAt: Date.now(), decodeErrors: 0 }),
      setIdle: () => undefined,
    };
  };
  const none = (): never => {
    throw new Error('nobody asks for that');
  };
  return {
    sources: { open, inspect: none, probe: none, copy: none },
    isSent: (frames: number) => sent >= frames,
  };
}

const times = (count: number, picture: SourceFrame['picture']) => Array<typeof picture>(count).fill(picture);

async function watch(
  connections: SourceFrame['picture'][][],
  fields: object = {},
  fails = 0,
): Promise<Tamper[]> {
  const rig = makeRig();
  const { sources, isSent } = sourcesOf(connections);
  const stop = new AbortController();
  const told: Tamper[] = [];
  let failures = fails;
  const reconnect = { firstS: 0.1, maxS: 0.1 };
  const camera = rig.camera({ source: 'rtsp://camera/1', reconnect, frozenAfterS: 0, ...fields });
  const sampling = rig.sample([camera], {
    ...{ sources, signal: stop.signal },
    onTamper: (tamper) => {
      if (failures-- > 0) throw new Error('the store is away');
      told.push(tamper);
    },
  });
  const draining = drainWhile(rig, sampling);
  await until(() => isSent(connections.flat().length) && failures <= 0);
  stop.abort();
  await draining;
  return told;
}

it('tells what is done to a live camera and when it is over, with a picture of it, when the store is back', async () => {
  const told = await watch([[...times(40, scene), ...times(40, covered), ...times(10, scene)]], {}, 1);
  expect(told).toEqual([
    { cameraId: 'cam-1', kind: 'covered', phase: 'begin', at: START + 8000, picture: covered },
    { cameraId: 'cam-1', kind: 'covered', phase: 'end', at: START + 16_000, picture: scene },
  ]);
});

it('notices what was done while the camera was away', async () => {
  const told = await watch([times(40, scene), times(40, covered)]);
  expect(told).toMatchObject([{ kind: 'covered', phase: 'begin', at: START + 8000 }]);
});

it.each([
  ['it is switched off', { tamper: { enabled: false } }],
  ['it must stay longer', { tamper: { afterS: 60 } }],
  ['the picture is frozen', { frozenAfterS: 2 }],
])('tells nothing when %s', async (_, fields) => {
  expect(await watch([[...times(40, scene), ...times(40, covered)]], fields)).toEqual([]);
});

describe('a file', () => {
  const folder = tempFolder();
  afterAll(() => folder.remove());

  it.each([
    // It looks every 400 ms.
    ['realtime', [['blackout', 'begin', 3200]]],
    ['fast', []],
  ])('with pace %s', async (pace, expected) => {
    const clip = await makeClip(
      folder.path(`${pace}.mkv`),
      "testsrc=size=320x240:rate=10:duration=5,drawbox=color=black:t=fill:enable='gte(t,3)'",
      ...H264,
    );
    const rig = makeRig();
    const told: Tamper[] = [];
    const camera = rig.camera({ source: clip, pace, tamper: { afterS: 1 } });
    const sampling = rig.sample([camera], { fileStart: START, onTamper: (tamper) => void told.push(tamper) });
    await drainWhile(rig, sampling);
    expect(told.map(({ kind, phase, at }) => [kind, phase, at - START])).toEqual(expected);
  });
});
