import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import sharp from 'sharp';
import { viewOfCrossing } from '../../src/domain/crossing-view.js';
import { toPixels, unitBox } from '../../src/domain/geometry.js';
import type { Role } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { COUNTED_CAMERAS, crossing, useCameras } from '../support/counted-cameras.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined)
  process.stderr.write('skipped: no chromium in /usr/bin (apt-get install chromium)\n');

const EVIL = '<img src=x onerror=alert(1)>';
const SIZE = { width: 640, height: 360 };

describeInBrowser('the counting page', () => {
  let api: TestApi;
  let browser: Browser;
  const refused: string[] = [];
  const now = Date.now();

  beforeAll(async () => {
    api = await startTestApi();
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await api?.stop();
  });

  async function open(role: Role): Promise<Page> {
    const { user, password } = await api.login(role);
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.on('console', (message) => {
      if (message.type() === 'error') refused.push(message.text());
    });
    page.on('pageerror', (error) => refused.push(error.message));
    await page.goto(`${api.url}/cameras`);
    await page.fill('input[name=user]', user);
    await page.fill('input[name=password]', password);
    await page.click('button');
    await page.click('nav >> text=Counting');
    await page.waitForSelector('#lines table, #no-lines:not([hidden])');
    return page;
  }
  const shoot = async (page: Page, name: string): Promise<void> => {
    const shots = process.env['CAMQUEUE_SCREENSHOTS'];
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  };

  async function fill(): Promise<void> {
    await useCameras(api, COUNTED_CAMERAS);
    const { events, snapshots, occupancy } = api.deps.ports;
    const mark = { areaId: 'park', kind: 'correction' as const, by: 'person:lan' };
    const day = 86_400_000;
    await occupancy.addMark({ ...mark, id: 'm1', at: now - 2 * day, value: 80, counted: 0, crossings: 0 });
    await occupancy.addMark({ ...mark, id: 'm2', at: now - 60_000, value: 98, counted: 104, crossings: 400 });
    const street = Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><rect width="640" height="360" fill="#56606b"/><rect x="320" y="158" width="77" height="72" rx="8" fill="#b33"/></svg>`,
    );
    const rows = [
      crossing({
        cameraId: 'gate-1',
        line: 'lane',
        at: now - 5000,
        trackId: 31,
        name: 'vào bãi',
        speedKmh: 17.6,
        speedErrorKmh: 1.2,
      }),
      crossing({ cameraId: 'gate-2', line: 'ramp', at: now - 4000, trackId: 7, direction: 'out' }),
      crossing({ cameraId: 'gate-1', line: 'lane', at: now - 3000, trackId: 32, name: 'vào bãi' }),
      crossing({
        cameraId: 'hall',
        line: 'door',
        at: now - 2000,
        trackId: 5,
        class: 'person',
        direction: 'out',
      }),
      crossing({ cameraId: 'gate-1', line: 'lane', at: now - 1000, trackId: 33, class: EVIL }),
    ];
    for (const row of rows) {
      const snapshot = `events/${row.id}.jpg`;
      const { x, y, width, height } = toPixels(
        viewOfCrossing({ ...row, box: row.box ?? unitBox(0, 0, 1, 1) }),
        SIZE,
      );
      const part = {
        left: Math.round(x),
        top: Math.round(y),
        width: Math.round(width),
        height: Math.round(height),
      };
      await snapshots.put(snapshot, await sharp(street).extract(part).jpeg().toBuffer());
      await events.add([row.trackId === 7 ? row : { ...row, snapshot }]);
    }
  }

  it('says that there is nothing to count yet, then shows the day, areas and every count with its proof', async () => {
    const page = await open('operator');
    await page.click('.tabs >> text=Each count');
    await page.waitForSelector('#found >> text=Nothing has crossed a line yet.');
    await shoot(page, 'counting-empty');
    await page.click('.tabs >> text=Today');
    await fill();
    await page.waitForSelector('.area[data-id=park] .badge');
    expect(await page.locator('.area[data-id=park]').innerText()).toMatch(
      /Tầng hầm B1\s+more than 100\s+101\s+of 120 inside\s+± 1\s+19 free · 3 in, 0 out since[^]*Wrong by 3 a day[^]*Set to 98 by lan \(counted 104\)/,
    );
    expect(await page.locator('.area[data-id=hall]').innerText()).toContain('1 more went out than came in');
    const table = page.locator('#lines table', { hasText: 'Cổng chính' });
    expect(await table.locator('tbody').innerText()).toMatch(
      /lane\s+3\s+vào bãi\s+0\s+ra khỏi bãi[^]*car 2 \/ 0/,
    );
    expect(await page.locator('#lines').innerText()).toContain(EVIL);
    await shoot(page, 'counting');

    await page.click('.area[data-id=park] summary');
    await page.fill('.area[data-id=park] [name=inside]', '90');
    await page.fill('.area[data-id=park] [name=note]', 'đếm tay');
    await shoot(page, 'counting-correct');
    const asked: string[] = [];
    page.on('dialog', (dialog) => {
      asked.push(dialog.message());
      void dialog.accept();
    });
    await page.keyboard.press('Enter');
    await page.waitForSelector('#said >> text=Tầng hầm B1: 90 inside.');
    expect(asked).toEqual(['Set Tầng hầm B1 from 101 to 90 inside? Who did it is kept.']);
    expect(await page.locator('.area[data-id=park] .inside b').innerText()).toBe('90');
    expect(await page.locator('.area[data-id=park]').innerText()).toMatch(/\(counted 101\): đếm tay/);

    await page.click('.tabs >> text=Each count');
    await page.locator('#results .crossing').nth(4).waitFor();
    await page.evaluate(
      `Promise.all([...document.querySelectorAll('#results img')].map((image) => image.decode()))`,
    );
    await shoot(page, 'counting-crossings');
    expect(await page.locator('#results .crossing').last().innerText()).toMatch(
      /car #31\s+→ vào bãi\s+Cổng chính · lane · 18 ± 1 km\/h/,
    );
    await page.selectOption('#search [name=camera]', 'gate-2');
    await page.click('text=Search');
    await page.waitForSelector('#found >> text=1 crossing, newest first');
    await page.setViewportSize({ width: 420, height: 800 });
    await page.click('text=Clear');
    await page.locator('#results .crossing').nth(4).waitFor();
    await shoot(page, 'counting-phone-crossings');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.click('.tabs >> text=Today');
    await page.waitForSelector('#lines table');
    await shoot(page, 'counting-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(refused).toEqual([]);
    await page.context().close();
  });

  it('lets viewers look and nothing else', async () => {
    const page = await open('viewer');
    await page.waitForSelector('.area[data-id=park]');
    expect(await page.locator('.area form').count()).toBe(0);
    await page.context().close();
  });
});
