import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Camera } from '../../src/domain/camera.js';
import type { Size } from '../../src/domain/geometry.js';
import { createMotionGate, type MotionLook } from '../../src/domain/motion-gate.js';
import { grayFrames } from '../support/gray-frames.js';

const settings = Camera.parse({ id: 'c', source: 'x.mp4' }).motion;
const FPS = 5;

async function watch(input: string[], size: Size, fps = FPS): Promise<MotionLook[]> {
  const gate = createMotionGate({ ...size, settings, masks: [] });
  const looks: MotionLook[] = [];
  for await (const luma of grayFrames(input, size, fps))
    looks.push(gate.look(luma, (looks.length * 1000) / fps));
  return looks;
}
/** One letter a look: m(oved), h(eartbeat), . for gated. */
const story = (looks: readonly MotionLook[]): string =>
  looks.map(({ verdict }) => (verdict === 'gated' ? '.' : verdict[0])).join('');
const shareOf = (letter: string, text: string): number =>
  text.split(letter).length / Math.max(1, text.length);

describe('compressed video made with ffmpeg', () => {
  const folder = mkdtempSync(join(tmpdir(), 'motion-gate-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const size = { width: 640, height: 360 };
  let made = 0;

  /** Colour bars under a filter, H.264 at a low bit rate, 10 frames a second. */
  function make(seconds: number, filter: string): string[] {
    const file = join(folder, `${made++}.mkv`);
    const graph = `smptebars=s=${size.width}x${size.height}:r=10,format=yuv420p${filter}`;
    const encode = ['-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '250k', '-g', '40', '-threads', '1'];
    execFileSync('ffmpeg', ['-v', 'error', '-f', 'lavfi', '-i', graph, '-t', `${seconds}`, ...encode, file]);
    return ['-i', file];
  }

  it.each([
    ['sensor noise', ',noise=alls=20:allf=t'],
    ['a flash', ",eq=brightness='if(between(t,8,8.3),0.5,0)':eval=frame,noise=alls=8:allf=t"],
    ['light that fades by half in twenty seconds', ",eq=brightness='-0.01*t':eval=frame,noise=alls=8:allf=t"],
  ])('%s passes as heartbeats only', async (_, filter) => {
    const text = story(await watch(make(20, filter), size));
    expect(text).toHaveLength(100);
    expect(text).not.toContain('m');
    expect(shareOf('.', text)).toBeGreaterThanOrEqual(0.9);
  });

  it('a box that walks across passes, the scene before and after it does not', async () => {
    const walk =
      ",noise=alls=10:allf=t[a];color=c=0x404040:s=24x60:r=10[b];[a][b]overlay=x='80*(t-5)':y=200:shortest=1";
    const looks = await watch(make(20, walk), size);
    const text = story(looks);
    // Its middle is inside from t = 5 to t = 13.
    expect(text.slice(0, 23)).not.toContain('m');
    expect(text.slice(27, 65)).toBe('m'.repeat(38));
    expect(text.slice(68)).not.toContain('m');
    looks.slice(27, 63).forEach(({ regions }, i) => {
      const x = (80 * ((i + 27) / FPS - 5) + 12) / size.width;
      expect(
        regions.some(
          (box) => box.x <= x && x <= box.x + box.width && box.y <= 0.64 && box.y + box.height >= 0.64,
        ),
      ).toBe(true);
    });
  });
});

const data = process.env['CAMQUEUE_TEST_DATA'] ?? resolve(__dirname, '../../../shared/data');
const VTEST = '/usr/share/doc/opencv-doc/examples/data/vtest.avi';

/** Runs where the footage is; says why not where it is absent. */
function withClip(name: string, file: string, test: (input: string[]) => Promise<void>): void {
  if (existsSync(file)) it(name, () => test(['-i', file]));
  else it.skip(`${name} (no ${file}; set CAMQUEUE_TEST_DATA)`, () => undefined);
}

describe('real footage', () => {
  withClip('a square with people walking all the time: every frame passes', VTEST, async (input) => {
    const text = story(await watch(['-t', '15', ...input], { width: 768, height: 576 }));
    expect(text.slice(2)).toBe('m'.repeat(text.length - 2));
  });

  // Crossings of the lines in the data's truth.json, in frames of the source.
  const crossed: [string, Size, number, number[]][] = [
    [
      'traffic/mgupta_cars_trucks.mp4',
      { width: 1024, height: 576 },
      24,
      [35, 70, 73, 88, 126, 185, 190, 203, 234, 250],
    ],
    [
      'traffic/ahmetozlu_input_video.mp4',
      { width: 640, height: 352 },
      24,
      [22, 78, 130, 185, 243, 425, 480, 718],
    ],
    [
      'traffic/sanskar_traffic1.mp4',
      { width: 640, height: 480 },
      8,
      [8, 42, 60, 62, 76, 80, 92, 94, 110, 121, 124],
    ],
    ['people/vqpy_pedestrian_10s.mp4', { width: 854, height: 480 }, 24, [30, 78, 195]],
  ];
  for (const [file, size, sourceFps, crossings] of crossed) {
    withClip(`${file}: what crosses a line is passed`, join(data, file), async (input) => {
      const text = story(await watch(input, size));
      for (const frame of crossings) {
        const at = Math.round((frame / sourceFps) * FPS);
        // Two of three: some of the sources repeat a frame now and then, and a repeated frame did not move.
        const around = text.slice(Math.max(1, at - 1), at + 2);
        expect({ frame, around, passed: around.split('m').length > 2 }).toEqual({
          frame,
          around,
          passed: true,
        });
      }
    });
  }

  withClip(
    'a room that people enter one by one: empty it is gated, people coming and going pass',
    join(data, 'people/intel_one-by-one-person.mp4'),
    async (input) => {
      const text = story(await watch(['-t', '44', ...input], { width: 768, height: 432 }));
      // By eye: empty until 5.6 s; the first person walks in until 9 s, leaves at 24.8 s, the next comes at 30 s.
      expect(text.slice(0, 28)).toBe(`h${'.'.repeat(24)}h..`);
      expect(text.slice(31, 46)).toBe('m'.repeat(15));
      expect(text.slice(0, 220)).toMatch(/m{4,}\.{10,}/);
    },
  );
});
