import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { clipMakerOf, orderOf } from '../../support/clips.js';
import { FIRST_AT, makeRecordings } from '../../support/recordings.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined)
  process.stderr.write('skipped: no chromium in /usr/bin (apt-get install chromium)\n');

describeInBrowser('a clip in a real browser', () => {
  let dataDir: string;
  let browser: Browser;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'camqueue-clip-'));
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--autoplay-policy=no-user-gesture-required'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  /** Plays it to its end, then looks at each picture by seeking to it. @returns the numbers that the pictures show */
  async function lookAt(
    file: string,
    times: readonly number[],
  ): Promise<{ played: number; numbers: number[] }> {
    const page = await browser.newPage();
    const url = `data:video/mp4;base64,${(await readFile(file)).toString('base64')}`;
    // As text: the browser knows nothing of the functions here.
    return page.evaluate(
      `(async ({ url, times }) => {
        const video = document.createElement('video');
        video.muted = true;
        video.playbackRate = 4;
        video.src = url;
        const until = (event) => new Promise((done, failed) => {
          video.addEventListener(event, done, { once: true });
          video.addEventListener('error', () => failed(new Error(video.error.message)), { once: true });
        });
        const ended = until('ended');
        await video.play();
        await ended;
        const played = video.currentTime;
        const canvas = new OffscreenCanvas(4, 4).getContext('2d', { willReadFrequently: true });
        const numbers = [];
        for (const time of times) {
          const sought = new Promise((done) => video.requestVideoFrameCallback(done));
          video.currentTime = time;
          await sought;
          // The middle of each of the 4x4 blocks.
          canvas.imageSmoothingEnabled = false;
          canvas.drawImage(video, 0, 0, 4, 4);
          const { data } = canvas.getImageData(0, 0, 4, 4);
          const bits = Array.from({ length: 14 }, (_, i) => (data[4 * (i + 1)] > 128 ? 1 << i : 0));
          numbers.push(bits.reduce((sum, bit) => sum + bit, 0));
        }
        return { played, numbers };
      })(${JSON.stringify({ url, times })})`,
    );
  }

  it.each([
    ['of one encoder, cut within its groups', {}, {}],
    ['with B-frames', { bFrames: 2 }, { bFrames: 2 }],
    ['whose camera was set up anew', {}, { encoder: ['-refs', '4', '-x264-params', 'cabac=0'] }],
  ])('plays over every seam: %s', async (_, first, second) => {
    const folder = await mkdtemp(join(dataDir, 'case-'));
    const recordings = await makeRecordings(folder, [
      { seconds: 2, gop: 10, ...first },
      { seconds: 2, gop: 10, ...second },
    ]);
    const order = orderOf(recordings, [550, 3_450]);
    const made = await clipMakerOf(recordings, folder).make(order, { signal: AbortSignal.timeout(30_000) });
    const taken = (await recordings.pictures())
      .filter(({ at }) => at >= FIRST_AT + 550 && at < FIRST_AT + 3_450)
      .sort((a, b) => a.at - b.at);
    await recordings.close();
    expect(made.how).toBe('copy');
    const times = taken.map(({ at }) => (at - taken[0]!.at) / 1000 + 0.05);
    const { played, numbers } = await lookAt(made.path, times);
    expect(played).toBeCloseTo(made.durationMs / 1000, 1);
    expect(numbers).toEqual(taken.map(({ number }) => number));
  });
});
