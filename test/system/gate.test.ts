import { execFileSync } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { cli, needFreshBuild, newFolder } from '../support/system.js';
import { needs, testData } from '../support/test-data.js';

/** Two motorcycles before one car-park camera, and what their plates say. The detector sees no vehicle in either. */
const FIRST = { picture: testData('plates/xla_xemay393.jpg'), text: '59-N1 000.18' };
const SECOND = { picture: testData('plates/xla_xemay847.jpg'), text: '59-V2 455.06' };
const MODELS = resolve(__dirname, '../../models');

interface Line {
  readonly type: string;
  readonly text?: string;
  readonly verdict?: string;
  readonly status?: string;
}

needs(
  [
    FIRST.picture,
    SECOND.picture,
    join(MODELS, 'nanodet-g-416/nanodet-g-416.onnx'),
    join(MODELS, 'ppocr-v4/recognition.onnx'),
  ],
  'run scripts/fetch-models.sh; for real pictures set CAMQUEUE_TEST_DATA',
)('plates at a gate', () => {
  const folder = newFolder();
  const clip = join(folder, 'gate.mp4');
  const firstOnly = join(folder, 'first.mp4');
  beforeAll(() => {
    needFreshBuild();
    drivesUp(clip);
    execFileSync('ffmpeg', ['-v', 'error', '-i', clip, '-frames:v', '40', '-c', 'copy', firstOnly]);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const replay = async (plates: object, video = clip): Promise<Line[]> => {
    const cameras = join(folder, 'cameras.json');
    writeFileSync(cameras, JSON.stringify({ cameras: [{ id: 'gate', source: 'x.mp4', fps: 5, plates }] }));
    const ended = await cli([
      'replay',
      video,
      '--camera',
      cameras,
      '--start',
      '2026-11-21T08:00:00Z',
      '--json',
    ]);
    expect([ended.code, ended.stderr]).toEqual([0, '']);
    return ended.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Line);
  };

  it.each(['gate', 'auto'])(
    'view %s: two vehicles, one right after the other: two passages, both right',
    async (view) => {
      const lines = await replay({ view });
      const found = lines.filter(({ type }) => type === 'passage');
      expect(found.map(({ text, verdict }) => [text, verdict])).toEqual([
        [FIRST.text, 'accepted'],
        [SECOND.text, 'accepted'],
      ]);
      expect(lines.filter(({ type }) => type === 'plate')).toHaveLength(2);
    },
  );

  it('view street: the vehicles are not recognised, nothing is read', async () => {
    const types = (await replay({ view: 'street' }, firstOnly)).map(({ type }) => type);
    expect(types).toContain('summary');
    expect(types).not.toContain('passage');
  });
});

/** Each comes nearer for three seconds and stands for one; nothing is between them. */
function drivesUp(clip: string): void {
  const nearer = (input: number): string =>
    `[${input}:v]scale=1888:-2,zoompan=z='min(1+0.006*on,1.18)':x='(iw-iw/zoom)*on/40':y='(ih-ih/zoom)/2':d=40:s=1280x820:fps=10,setsar=1[v${input}]`;
  const inputs = [FIRST, SECOND].flatMap(({ picture }) => ['-i', picture]);
  const filter = `${nearer(0)};${nearer(1)};[v0][v1]concat=n=2:v=1[out]`;
  execFileSync('ffmpeg', [
    ...['-v', 'error', ...inputs, '-filter_complex', filter, '-map', '[out]'],
    ...['-c:v', 'libx264', '-preset', 'veryfast', '-crf', '26', '-pix_fmt', 'yuv420p', clip],
  ]);
}
