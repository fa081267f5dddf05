import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium, type Browser, type Page } from 'playwright-core';
import { NO_FRAMES } from '../../src/domain/frame.js';
import { unitBox } from '../../src/domain/geometry.js';
import { newScene } from '../../src/domain/scene.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { greyFrame, startLiveWorker, type LiveWorker } from '../support/live.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;

describeInBrowser('the live page', () => {
  let api: TestApi;
  let worker: LiveWorker;
  let browser: Browser;
  /** Kept when CAMQUEUE_SCREENSHOTS names a folder. */
  const shots = process.env['CAMQUEUE_SCREENSHOTS'];
  const shoot = async (page: Page, name: string): Promise<void> => {
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`) });
  };
  let at = 1_800_000_000_000;
  const status = (is: 'ok' | 'no_signal'): Promise<void> =>
    api.deps.ports.states.putSource('gate-1', {
      ...{ status: is, since: Date.now(), pass: 1, lastFrameAt: at, beatAt: Date.now() + 600_000 },
      ...(is === 'no_signal' && { reason: 'no frame for 5 s' }),
    });

  beforeAll(async () => {
    api = await startTestApi();
    worker = await startLiveWorker(api);
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    const { states, frames } = api.deps.ports;
    await status('ok');
    await frames.putLatest('gate-1', { at, frame: 1, picture: greyFrame(at, 90, SIZE).picture });
    const { epoch } = await states.begin('gate-1');
    await states.commit('gate-1', epoch, { scene: newScene(), counts: NO_FRAMES }, NO_FRAMES);
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.close();
    await api?.stop();
  });

  const SIZE = { width: 640, height: 360 };
  async function analyse(): Promise<void> {
    at += 200;
    const box = unitBox(0.2, 0.3, 0.1, 0.4);
    await api.deps.ports.live.put('gate-1', {
      ...greyFrame(at, 60 + ((at / 100) % 100), SIZE),
      overlay: {
        title: 'Main gate  2027-01-15 15:00:00',
        boxes: [{ box, label: 'person #7', kind: 'track' }],
        lines: [{ from: { x: 0, y: 0.5 }, to: { x: 1, y: 0.5 }, label: 'door in 3 out 1' }],
        polygons: [],
      },
    });
  }

  async function open(
    path: string,
    options: { width: number; height: number; dark?: boolean },
  ): Promise<{ page: Page; refused: string[] }> {
    const { width, height, dark = false } = options;
    const context = await browser.newContext({
      viewport: { width, height },
      colorScheme: dark ? 'dark' : 'light',
    });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    page.on('pageerror', (error) => refused.push(error.message));
    const { cookie } = await api.login('viewer');
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: api.url }]);
    await page.goto(api.url + path);
    return { page, refused };
  }
  const stateIs = (page: Page, wanted: string): Promise<unknown> =>
    page.waitForSelector(`#state:has-text("${wanted}")`);

  it('all cameras, one of them as a stream; what the camera does shows, and that no new picture comes', async () => {
    const { page, refused } = await open('/live', { width: 1280, height: 800 });
    await page.waitForSelector('.view img:not([hidden])');
    expect(await page.locator('.view').count()).toBe(2);
    await shoot(page, 'live-all');
    await page.click('.view >> text=Main gate');
    await stateIs(page, 'live');
    const first = await page.getAttribute('#picture', 'src');
    await analyse();
    while ((await page.getAttribute('#picture', 'src')) === first) await delay(50);
    await shoot(page, 'live-one');
    expect(await page.textContent('#name')).toBe('Main gate');

    await status('no_signal');
    await stateIs(page, 'camera away: no signal');
    expect(await page.textContent('#about')).toContain('no frame for 5 s');
    await shoot(page, 'live-away');
    await status('ok');

    await stateIs(page, 'stalled');
    while (!(await page.textContent('#state'))?.startsWith('live')) {
      await analyse();
      await delay(100);
    }
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('on a phone, in the dark, nothing is cut off', async () => {
    const { page, refused } = await open('/live/gate-1', { width: 390, height: 780, dark: true });
    await analyse();
    await stateIs(page, 'live');
    await shoot(page, 'live-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('a camera that is switched off says so', async () => {
    const { page } = await open('/live/yard', { width: 800, height: 600 });
    await page.waitForSelector('#problem:has-text("switched off")');
    await stateIs(page, 'camera away: disabled');
    await shoot(page, 'live-off');
    await page.context().close();
  });
});
