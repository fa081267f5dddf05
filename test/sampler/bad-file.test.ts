import { readFileSync, writeFileSync } from 'node:fs';
import { H264, makeClip } from '../io/ffmpeg/media.js';
import { drainWhile, makeRig, tempFolder } from './rig.js';

const folder = tempFolder();
let clip: string;

beforeAll(async () => {
  clip = await makeClip(folder.path('clip.mkv'), 'testsrc=size=320x240:rate=25:duration=6', ...H264);
  await makeClip(folder.path('clip.mp4'), 'testsrc=size=320x240:rate=25:duration=4', ...H264);
});
afterAll(() => folder.remove());

describe('a bad file', () => {
  const write = (name: string, bytes: string | Uint8Array) => {
    writeFileSync(folder.path(name), bytes);
    return folder.path(name);
  };
  it.each([
    ['missing', () => folder.path('nowhere.mp4'), 'does not exist; check the path in source'],
    ['empty', () => write('empty.mp4', ''), 'is empty (0 bytes); copy or record it again'],
    [
      'a text',
      () => write('text.mp4', 'hello\n'.repeat(1000)),
      'is no video that ffmpeg can read (ffmpeg: moov atom not found); check that it plays',
    ],
    [
      'a playlist',
      () => write('list.mp4', `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\n${clip}\n#EXT-X-ENDLIST\n`),
      'is no video that ffmpeg can read',
    ],
    [
      'a concat list',
      () => write('list.ffconcat', `ffconcat version 1.0\nfile clip.mkv\n`),
      'is no video that ffmpeg can read',
    ],
    ['a folder', () => folder.path('.'), 'is a folder; name one video file'],
    [
      'random bytes',
      () =>
        write(
          'random.mp4',
          Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 251),
        ),
      'is no video that ffmpeg can read',
    ],
    ['a trick protocol', () => 'lavfi://testsrc', 'source has the protocol "lavfi"; use one of rtsp'],
    [
      'half an mp4 without its index',
      () => write('half.mp4', readFileSync(clip.replace('.mkv', '.mp4')).subarray(0, 20_000)),
      'is no video that ffmpeg can read (ffmpeg: ',
    ],
  ])('%s: says so once, and what to do', async (_, source, message) => {
    const rig = makeRig();
    await rig.sample([rig.camera({ source: source() })]);
    const state = await rig.statusOf();
    expect(state?.status).toBe('connection_failed');
    expect(state?.reason).toContain(message);
    expect(rig.told.map(({ status }) => status)).toEqual(['connection_failed']);
  });

  it('with sound only has no video', async () => {
    const sound = await makeClip(folder.path('sound.mp4'), 'sine=duration=1');
    const rig = makeRig();
    await rig.sample([rig.camera({ source: sound })]);
    expect((await rig.statusOf())?.reason).toBe(
      `${sound} holds no video, only sound or data; choose another file`,
    );
  });

  it('of absurd size is refused before it is read', async () => {
    const huge = await makeClip(
      folder.path('huge.mkv'),
      'color=size=16400x64:rate=1:duration=1',
      '-c:v',
      'ffv1',
    );
    const rig = makeRig();
    await rig.sample([rig.camera({ source: huge })]);
    expect((await rig.statusOf())?.reason).toContain(
      'is 16400x64 pixels, more than 8192x8192; scale it down first',
    );
  });

  it('that breaks in the middle is analysed up to there and says after which frame', async () => {
    const fast = await makeClip(
      folder.path('fast.mp4'),
      'testsrc=size=320x240:rate=25:duration=4',
      ...H264,
      '-movflags',
      '+faststart',
    );
    const bytes = readFileSync(fast);
    const half = write('broken.mp4', bytes.subarray(0, bytes.length / 2));
    const rig = makeRig();
    await drainWhile(rig, rig.sample([rig.camera({ source: half })]));
    const state = await rig.statusOf();
    expect(state).toMatchObject({ status: 'finished', progress: 1 });
    expect(state?.reason).toMatch(/^finished, but the file is damaged after frame \d+ \(ffmpeg: .+\)$/);
    expect(rig.read.length).toBeGreaterThan(4);
    expect(rig.read.at(-1)?.kind).toBe('end');
  });

  it('does not disturb the cameras beside it', async () => {
    const rig = makeRig();
    const cameras = [
      rig.camera({ id: 'bad', source: folder.path('nowhere.mp4') }),
      rig.camera({ id: 'good', source: clip }),
      rig.camera({ id: 'off', source: clip, enabled: false }),
    ];
    await drainWhile(rig, rig.sample(cameras), ['bad', 'good', 'off']);
    expect((await rig.statusOf('bad'))?.status).toBe('connection_failed');
    expect((await rig.statusOf('good'))?.status).toBe('finished');
    expect((await rig.statusOf('off'))?.status).toBe('disabled');
    expect(await rig.countsOf('good')).toMatchObject({ captured: 30, analysed: 30 });
  });
});
