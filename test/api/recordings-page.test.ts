import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { Role } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { openIncident } from '../support/api-incidents.js';
import { useCameras } from '../support/counted-cameras.js';
import {
  DAY,
  EIGHT,
  EVIL,
  HOUR,
  MIDNIGHT,
  RECORDED_CAMERAS,
  recordDay,
  startExportWorker,
} from '../support/recorded-day.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined)
  process.stderr.write('skipped: no chromium in /usr/bin (apt-get install chromium)\n');

jest.setTimeout(120_000);

describeInBrowser('the recordings page', () => {
  let api: TestApi;
  let browser: Browser;
  let folder: string;
  let worker: Awaited<ReturnType<typeof startExportWorker>>;
  const refused: string[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'camqueue-recordings-page-'));
    api = await startTestApi();
    await useCameras(api, RECORDED_CAMERAS);
    worker = await startExportWorker(api, folder);
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    await recordDay(api, folder);
  });
  beforeEach(() => {
    refused.length = 0;
  });
  afterAll(async () => {
    await browser?.close();
    await worker?.close();
    await api?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(role: Role, options: BrowserContextOptions = {}): Promise<Page> {
    const { user, password } = await api.login(role);
    const context = await browser.newContext({
      ...{ viewport: { width: 1280, height: 900 }, locale: 'en-GB', timezoneId: 'America/New_York' },
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    page.on('console', (message) => {
      // A stretch with a gap in it is refused, and the browser writes that down too.
      const isRefusal = /status of 400/.test(message.text());
      if (message.type() === 'error' && !isRefusal) refused.push(message.text());
    });
    page.on('pageerror', (error) => refused.push(error.message));
    await page.goto(`${api.url}/cameras`);
    await page.fill('input[name=user]', user);
    await page.fill('input[name=password]', password);
    await page.click('button');
    await page.click('nav >> text=Recordings');
    await page.waitForSelector('#choose option', { state: 'attached' });
    return page;
  }
  const shoot = async (page: Page, name: string): Promise<void> => {
    const shots = process.env['CAMQUEUE_SCREENSHOTS'];
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  };
  const type = async (page: Page, field: 'from' | 'to', time: string): Promise<void> => {
    await page.fill(`#stretch [name=${field}]`, `${DAY}T${time}`);
    await page.dispatchEvent(`#stretch [name=${field}]`, 'change');
  };
  const isNarrow = (page: Page): Promise<unknown> =>
    page.evaluate('document.documentElement.scrollWidth <= innerWidth');

  it('shows a day with its gaps, lets people choose a stretch, play, export, fetch and hold it', async () => {
    const page = await open('operator');
    expect(await page.locator('#choose [name=camera] option').allInnerTexts()).toEqual(['Cổng chính', EVIL]);
    await page.fill('#choose [name=day]', DAY);
    await page.waitForSelector('#strip .network');
    expect(await page.locator('#gaps summary').innerText()).toMatch(/^\d+ gaps, /);
    await page.click('#gaps summary');
    expect(await page.locator('#gaps').innerText()).toMatch(
      /08:00:08 – 08:00:28\s*the network was down: connection timed out/,
    );
    await page.click('#gaps summary');

    // With the mouse, over half an hour before nine.
    const box = (await page.locator('#strip').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const x = (hour: number): number => box.x + (hour / 24) * box.width;
    await page.mouse.move(x(8), box.y + 10);
    await page.mouse.down();
    await page.mouse.move(x(9), box.y + 12, { steps: 4 });
    await page.mouse.up();
    expect(await page.inputValue('#stretch [name=from]')).toMatch(`${DAY}T0`);
    expect(await page.locator('#length').innerText()).toMatch(
      /^(1 h|59 min|1 h \d+ (s|min)|59 min \d+ s) of Cổng chính$/,
    );

    // To the second, by typing; the site's clock counts, not the browser's.
    await type(page, 'from', '08:00:01');
    await type(page, 'to', '08:00:30');
    await page.waitForSelector('#length >> text=29 s of Cổng chính');
    expect(new URL(page.url()).pathname).toBe('/recordings/gate-1');
    expect(new URL(page.url()).searchParams.get('from')).toBe(new Date(EIGHT + 1000).toISOString());
    for (let closer = 0; closer < 3; closer++) await page.click('#closer');
    await page.waitForSelector('#strip .network');
    await shoot(page, 'recordings-stretch');

    await plays(page);

    // It has a gap in it: that is said before anything is made.
    await page.waitForSelector('#export .problem:not([hidden])');
    expect(await page.locator('#export .problem').innerText()).toMatch(/08:00:08/);
    await page.check('#export [name=partial]');
    await page.waitForSelector(
      '#estimate >> text=/About .* recorded · pictures are copied.* · 1 gap \\(20 s\\)/',
    );
    await page.fill('#export [name=reason]', 'vụ trộm xe');
    await shoot(page, 'recordings-watch');
    await page.click('#export button');
    await page.waitForSelector('.export .state.done', { timeout: 30_000 });
    await page.evaluate(
      `Promise.all([...document.querySelectorAll('.export img')].map((image) => image.decode()))`,
    );
    const [row] = await api.deps.ports.exports.list({ limit: 1 });
    expect(row?.request).toMatchObject({
      from: EIGHT + 1000,
      to: EIGHT + 30_000,
      partial: true,
      reason: 'vụ trộm xe',
    });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.click('.export >> text=Download'),
    ]);
    const bytes = await readFile(await download.path());
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(row?.result?.sha256);
    expect(download.suggestedFilename()).toMatch(/\.mp4$/);

    await page.click('.export >> text=Link');
    await page.click('.export >> text=Make the link');
    await page.waitForSelector('.made input');
    const link = await page.inputValue('.made input');
    expect(link).toMatch(/^https:\/\/cameras\.example\.org\/watch\/d\//);
    await shoot(page, 'recordings-exports');
    expect((await fetch(api.url + link.slice(link.indexOf('/d/')), { method: 'HEAD' })).status).toBe(200);

    await page.click('.tabs >> text=Watch');
    await page.fill('#hold [name=reason]', EVIL);
    await page.click('#hold button');
    await page.waitForSelector('#said >> text=This stretch is held');
    await page.waitForSelector('#strip .held');
    await page.click('.tabs >> text=Holds');
    await page.waitForSelector('li.held');
    expect(await page.locator('li.held').innerText()).toContain(EVIL);
    expect(await page.locator('li.held >> text=Release').count()).toBe(0);
    await shoot(page, 'recordings-holds');

    await page.click('.tabs >> text=Storage');
    await page.waitForSelector('#usage tr');
    expect(await page.locator('#usage').innerText()).toMatch(/Cổng chính\s+4\.\d GB \(8\)\s+900 MB \(1\)/);
    expect(await page.locator('#reports tbody').innerText()).toMatch(
      /moved and deleted · this-node\s+900 MB \(1\)/,
    );
    await page.click('text=What would happen');
    await page.waitForSelector('#run-said >> text=It waits for a worker of the queue archive');
    await shoot(page, 'recordings-storage');
    expect(refused).toEqual([]);
    await page.context().close();
  });

  /** Over the gap, to the end of the stretch; the time below is that of the pictures. */
  async function plays(page: Page): Promise<void> {
    const can = await page.evaluate(
      `document.createElement('video').canPlayType('video/mp4; codecs="avc1.42c00d"')`,
    );
    if (can === '') {
      process.stderr.write('not played: this Chromium has no H.264\n');
      await page.click('#play-stretch');
      await page.waitForSelector('#play-problem >> text=/This browser cannot play avc1.*export it/');
      return;
    }
    await page.selectOption('#speed', '4');
    await page.click('#play-stretch');
    await page.waitForSelector('#clock >> text=/08:00:0[1-8]/');
    await page.waitForSelector(
      '#play-said >> text=/Nothing was recorded from 08:00:0[78] to 08:00:28 .the network was down: connection timed out.: passed over/',
    );
    await page.waitForSelector('#clock >> text=/08:00:(28|29|30)/');
    await page.waitForSelector('#play-said >> text=The end of the stretch.');
    const shown = 'document.querySelector("#screen video:not([hidden])")';
    expect(await page.evaluate(`[${shown}.videoWidth, ${shown}.paused]`)).toEqual([320, true]);
    // Ten seconds back would be in the gap: it is the end of what is before it.
    await page.focus('#strip');
    await page.keyboard.press('ArrowLeft');
    await page.waitForSelector('#clock >> text=08:00:07');
    await page.evaluate(
      `new Promise((resolve) => { const look = () => (${shown}.readyState >= 2 && !${shown}.seeking ? resolve() : setTimeout(look, 20)); look(); })`,
    );
    expect(await page.evaluate(`${shown}.currentTime`)).toBeCloseTo(3, 1);
  }

  it('shows the clip of an incident when it is asked for', async () => {
    const incident = await openIncident(api, 'clip', { cameraId: 'gate-1', at: EIGHT + 14_000 });
    const page = await open('operator');
    await page.goto(`${api.url}/incidents/${incident.number}`);
    await page.click('#ask-clip');
    await page.waitForSelector('#clip video:not([hidden])', { timeout: 30_000 });
    const [row] = await api.deps.ports.exports.list({ incident: incident.number, limit: 2 });
    expect(row?.request).toMatchObject({ from: EIGHT + 4000, to: EIGHT + 24_000, partial: true });
    expect(await page.locator('#clip video').getAttribute('src')).toBe(`/api/v1/exports/${row?.id}/clip`);
    await shoot(page, 'recordings-incident');
    await page.click('#see-recording');
    await page.waitForSelector('#length >> text=20 s of Cổng chính');
    expect(await page.inputValue('#stretch [name=from]')).toBe(`${DAY}T08:00:04`);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('says where a recording is that cannot be played here, and where nothing was recorded', async () => {
    const page = await open('viewer');
    const at = (from: number): string =>
      `/recordings/gate-1?from=${new Date(from).toISOString()}&to=${new Date(from + 60_000).toISOString()}`;
    await page.goto(api.url + at(MIDNIGHT + 7 * HOUR + 1));
    await page.waitForSelector('#strip .covered');
    expect(await page.locator('#export').isVisible()).toBe(false);
    expect(await page.locator('#hold').isVisible()).toBe(false);
    await page.click('#play-stretch');
    await page.waitForSelector('#play-problem >> text=This recording is on the machine beta');
    // A click outside the stretch is bound to nothing: what can be played next is.
    const { x, y, width } = (await page.locator('#strip').boundingBox()) ?? { x: 0, y: 0, width: 0 };
    await page.mouse.click(x + (6.5 / 24) * width, y + 9);
    await page.waitForSelector('#play-said >> text=/1 recording was passed over: .*on the machine beta/');
    await page.waitForSelector('#clock >> text=08:00:0');
    await page.goto(api.url + at(MIDNIGHT + 23 * HOUR));
    await page.waitForSelector('#strip .covered');
    await page.click('#play-stretch');
    await page.waitForSelector('#play-said >> text=Nothing was recorded after');
    await page.selectOption('#choose [name=camera]', 'yard');
    await page.waitForSelector('#strip-said >> text=record: { mode: always }');
    await page.click('.tabs >> text=Exports');
    await page.waitForSelector('.export');
    expect(await page.locator('.export button').count()).toBe(0);
    expect(await page.locator('.export').last().locator('a.button').allInnerTexts()).toEqual([
      'Download',
      'Manifest',
    ]);
    await page.click('.tabs >> text=Storage');
    await page.waitForSelector('#usage tr');
    expect(await page.locator('#run').isVisible()).toBe(false);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('is usable on a phone in the dark; admins release holds', async () => {
    const page = await open('admin', {
      viewport: { width: 390, height: 800 },
      colorScheme: 'dark',
      hasTouch: true,
    });
    await page.fill('#choose [name=day]', DAY);
    await page.waitForSelector('#strip .network');
    await type(page, 'from', '08:00:01');
    await type(page, 'to', '08:00:06');
    await page.waitForSelector('#estimate >> text=About');
    expect(await isNarrow(page)).toBe(true);
    await shoot(page, 'recordings-phone-dark');
    for (const name of ['Exports', 'Holds', 'Storage']) {
      await page.click(`.tabs >> text=${name}`);
      await page.waitForSelector(`#${name.toLowerCase()} :is(.export, li.held, #usage tr)`);
      expect(await isNarrow(page)).toBe(true);
      await shoot(page, `recordings-phone-dark-${name.toLowerCase()}`);
    }
    await page.click('.tabs >> text=Holds');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.click('li.held >> text=Release');
    await page.waitForSelector('#no-holds:not([hidden])');
    expect((await api.deps.ports.holds.list({ active: true, limit: 9 })).length).toBe(0);
    expect(refused).toEqual([]);
    await page.context().close();
  });
});
