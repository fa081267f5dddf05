import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { Gaps, SourceState } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined)
  process.stderr.write('skipped: no chromium in /usr/bin (apt-get install chromium)\n');

const IDS = ['gate-1', 'dead', 'stuck', 'yard'];
const FILE = `cameras: [ ${IDS.map((id) => `{ id: ${id}, source: "rtsp://u:hunter2@10.0.0.5/${id}", record: { mode: always }${id === 'yard' ? ', enabled: false' : ''} }`).join(', ')} ]`;

describeInBrowser('the camera page', () => {
  let api: TestApi;
  let browser: Browser;
  let page: Page;
  const refused: string[] = [];

  beforeAll(async () => {
    api = await startTestApi();
    const { states, frames } = api.deps.ports;
    const now = Date.now();
    const state = (more: Partial<SourceState>): SourceState => ({
      ...{ status: 'ok', since: now - 3_600_000, pass: 3, beatAt: now + 600_000, sampler: 's-1' },
      ...more,
    });
    await states.putSource('gate-1', state({ lastFrameAt: now, fps: 5, isIdle: true }));
    await states.putSource(
      'dead',
      state({ status: 'retrying', retries: 2, nextTryAt: now + 120_000, reason: 'refuses connections' }),
    );
    await states.putSource(
      'stuck',
      state({
        status: 'frozen',
        lastFrameAt: now - 9000,
        reason: 'not a pixel has changed for 9 s',
        degraded: 2,
      }),
    );
    const data = new Uint8Array(320 * 180 * 3).map((_, i) => ((i % 960) / 5) | 0);
    for (const id of ['gate-1', 'stuck'])
      await frames.putLatest(id, {
        at: now,
        frame: 1,
        picture: { width: 320, height: 180, format: 'rgb24', data },
      });
    const gaps = api.deps.gaps as Gaps;
    await gaps.begin({
      cameraId: 'gate-1',
      track: 'analysis',
      from: now - 8e7,
      to: now - 7.8e7,
      cause: 'network',
    });
    await gaps.begin({ cameraId: 'dead', track: 'analysis', from: now - 4e7, cause: 'camera' });
    await gaps.begin({
      cameraId: 'stuck',
      track: 'analysis',
      from: now - 2e7,
      to: now - 1e7,
      cause: 'process',
    });
    await writeFile(api.cameraFile, FILE);
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    const { user, password } = await api.login('viewer');
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    page.on('pageerror', (error) => refused.push(error.message));
    await page.goto(`${api.url}/cameras`);
    await page.fill('input[name=user]', user);
    await page.fill('input[name=password]', password);
    await page.click('button');
    await page.waitForSelector('article >> text=stuck');
  });
  afterAll(async () => {
    await browser?.close();
    await api?.stop();
  });

  const card = async (id: string): Promise<string> =>
    page.locator('article', { has: page.locator(`h2 span:text-is("${id}")`) }).innerText();

  it('says how each camera is, why, and when it is tried again', async () => {
    expect(await card('gate-1')).toMatch(/ok[^]*records always[^]*idle: nothing moves/);
    expect(await card('dead')).toMatch(/retrying\s+refuses connections · try 3, next in \d+ (s|min)/);
    expect(await card('stuck')).toMatch(/frozen[^]*not a pixel has changed[^]*reduced, step 2 of 3/);
    expect(await card('yard')).toMatch(/disabled[^]*switched off/);
    expect(await page.locator('#summary').innerText()).toBe('4 cameras · 1 ok · 2 in trouble');
    expect(await page.content()).not.toContain('hunter2');
  });

  it('shows a strip of the last day for each camera, and greys a picture that is not live', async () => {
    await page.waitForFunction(
      `[...document.querySelectorAll('img.strip')].filter((strip) => strip.naturalWidth > 0).length === ${IDS.length}`,
    );
    expect(await page.locator('.picture.stale').count()).toBe(3);
    const shots = process.env['CAMQUEUE_SCREENSHOTS'];
    if (shots !== undefined)
      await page.screenshot({ path: join(shots, 'cameras-trouble.png'), fullPage: true });
  });

  it('follows the camera file, says what is wrong with it, and nothing the page did was refused', async () => {
    await writeFile(api.cameraFile, 'cameras: [ { id: gate-1, source: x }, { id: new, source: x } ]');
    await page.waitForSelector('article >> text=new');
    expect(await page.locator('article').count()).toBe(2);
    await writeFile(api.cameraFile, 'cameras: [ { id: gate-1, source: x, fps: 0 } ]');
    await page.waitForSelector('#catalogue:not([hidden])');
    expect(await page.locator('#catalogue').innerText()).toContain('camera gate-1: fps is 0');
    expect(await page.locator('article').count()).toBe(2);
    expect(refused).toEqual([]);
  });
});
