import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { queueNames } from '../../jobs/registry.js';
import { NO_FRAMES } from '../../src/domain/frame.js';
import { newScene } from '../../src/domain/scene.js';
import { startTestApi, type TestApi } from '../support/api.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined)
  process.stderr.write('skipped: no chromium in /usr/bin (apt-get install chromium)\n');

describeInBrowser('in a real browser', () => {
  /** Kept when CAMQUEUE_SCREENSHOTS names a folder. */
  let shots: string;
  let api: TestApi;
  let browser: Browser;

  beforeAll(async () => {
    shots = process.env['CAMQUEUE_SCREENSHOTS'] ?? (await mkdtemp(join(tmpdir(), 'camqueue-shots-')));
    api = await startTestApi();
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: [
        ...['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
        '--host-resolver-rules=MAP cameras.test 127.0.0.1',
      ],
    });
    const { states, frames } = api.deps.ports;
    const picture = {
      width: 320,
      height: 180,
      format: 'rgb24' as const,
      data: new Uint8Array(320 * 180 * 3).fill(90),
    };
    await states.putSource('gate-1', {
      status: 'ok',
      since: Date.now(),
      pass: 1,
      lastFrameAt: Date.now(),
      // As if its sampler wrote on for the length of the test.
      beatAt: Date.now() + 600_000,
      fps: 5,
    });
    await frames.putLatest('gate-1', { at: Date.now(), frame: 1, picture });
    const { epoch } = await states.begin('gate-1');
    await states.commit('gate-1', epoch, { scene: newScene(), counts: NO_FRAMES }, NO_FRAMES);
    await api.producer.enqueue(api.deps.registry['motion']!.contract, { cameraId: 'gate-1' });
  });
  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    if (process.env['CAMQUEUE_SCREENSHOTS'] === undefined) await rm(shots, { recursive: true, force: true });
  });

  /** Logs a new person of the role in by the form. `refused` fills with what the page’s security policy forbade. */
  async function open(role: 'viewer' | 'operator', at: string): Promise<{ page: Page; refused: string[] }> {
    const { user, password } = await api.login(role);
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    const refused: string[] = [];
    page.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    page.on('pageerror', (error) => refused.push(error.message));
    await page.goto(api.url + at);
    await page.screenshot({ path: join(shots, 'login.png') });
    await page.fill('input[name=user]', user);
    await page.fill('input[name=password]', password);
    await page.click('button');
    return { page, refused };
  }
  /** Bull Board asks for a web font from outside; that it does not get it is wanted. */
  const real = (refused: string[]): string[] =>
    refused.filter((text) => !text.includes('fonts.googleapis.com'));

  it('a person logs in and sees the cameras, with a picture and a reason where there is none', async () => {
    const { page, refused } = await open('viewer', '/');
    await page.waitForSelector('article img:not([hidden])');
    await page.waitForSelector('#queues a');
    expect(await page.locator('article').count()).toBe(2);
    expect(await page.locator('article').first().innerText()).toMatch(/Main gate\s+ok/);
    expect(await page.locator('article').nth(1).innerText()).toContain('switched off in the camera file');
    expect(await page.locator('#queues').innerText()).toContain('1 waiting');
    await page.screenshot({ path: join(shots, 'cameras.png') });
    expect(refused).toEqual([]);
    await page.click('text=Log out');
    await page.waitForURL('**/login');
    await page.goto(`${api.url}/cameras`);
    expect(page.url()).toContain('/login?next=%2Fcameras');
    await page.context().close();
  });

  it('a person logs in from another machine over plain http, where browsers say less of where a form is from', async () => {
    const { user, password } = await api.login('viewer');
    const page = await (await browser.newContext()).newPage();
    await page.goto(`http://cameras.test:${new URL(api.url).port}/cameras`);
    await page.fill('input[name=user]', user);
    await page.fill('input[name=password]', password);
    await page.click('button');
    await page.waitForURL('**/cameras');
    await page.waitForSelector('article');
    await page.context().close();
  });

  it('an operator sees all queues on Bull Board and pauses one', async () => {
    const { page, refused } = await open('operator', '/admin/queues/');
    for (const name of queueNames) await page.waitForSelector(`a[href*="/queue/${name}"]`);
    await page.waitForSelector('text=Loading', { state: 'detached' });
    await page.screenshot({ path: join(shots, 'board.png') });
    await page.goto(`${api.url}/admin/queues/queue/motion?status=waiting`);
    await page.waitForSelector('text=gate-1');
    await page.screenshot({ path: join(shots, 'board-queue.png') });
    const status = await page.evaluate(
      `fetch('/admin/queues/api/queues/motion/pause', { method: 'PUT' }).then((answer) => answer.status)`,
    );
    expect(status).toBe(200);
    expect(await api.queues.queue('motion').isPaused()).toBe(true);
    expect(real(refused)).toEqual([]);
    await page.context().close();
    expect(readdirSync(shots).sort()).toEqual(
      expect.arrayContaining(['board.png', 'cameras.png', 'login.png']),
    );
  });
});
