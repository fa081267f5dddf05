import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { registry } from '../../jobs/registry.js';
import { startConsumer, type Consumer } from '../../queues/consumer.js';
import { createMetrics } from '../../src/io/metrics.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { dayReport, SATURDAY } from '../support/flow-samples.js';
import { silentLog } from '../support/test-queue.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined)
  process.stderr.write('skipped: no chromium in /usr/bin (apt-get install chromium)\n');

describeInBrowser('the page of traffic', () => {
  let api: TestApi;
  let browser: Browser;
  let consumer: Consumer;
  let page: Page;
  const wrong: string[] = [];
  const now = Date.now();
  const crossing = (id: string, at: number) => ({
    ...{ type: 'crossing' as const, id, cameraId: 'gate-1', at, line: 'door', direction: 'in' as const },
    ...{ trackId: 1, class: 'car' },
  });

  beforeAll(async () => {
    api = await startTestApi();
    const { ports, gaps } = api.deps;
    for (const day of [-2, -1, 0])
      await ports.flowReports.put(dayReport({ from: SATURDAY + day * 86_400_000 - 28 * 86_400_000 }));
    await ports.events.add([crossing('a', now - 1000)]);
    consumer = await startConsumer({
      ...{ entry: registry['traffic-flow'], ports: { ...ports, gaps } as never },
      ...{ address: api.redis.address, prefix: api.metricsAt.prefix, producer: api.producer },
      ...{ log: silentLog, metrics: createMetrics({ process: 'w' }), graceMs: 1000 },
    });
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
    page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.on('console', (message) => void (message.type() === 'error' && wrong.push(message.text())));
    page.on('pageerror', (error) => wrong.push(error.message));
    const { user, password } = await api.login('operator');
    await page.goto(`${api.url}/flow`);
    await page.fill('input[name=user]', user);
    await page.fill('input[name=password]', password);
    await page.click('button');
  });
  afterAll(async () => {
    await browser?.close();
    await consumer?.close();
    await api?.stop();
  });
  const shoot = async (name: string): Promise<void> => {
    const shots = process.env['CAMQUEUE_SCREENSHOTS'];
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  };

  it('shows today as far as it is, and what came since when asked to compute again', async () => {
    await page.waitForSelector('#report[data-live] .figures li:first-child b >> text=1');
    await shoot('flow-today');
    await api.deps.ports.events.add([crossing('b', now - 500)]);
    await page.click('#compute');
    await page.waitForSelector('#report .figures li:first-child b >> text=2');
    expect(await page.locator('#problem').isVisible()).toBe(false);
  });

  it('goes to a day, to its week, and gives the table; all of it fits a phone and the page it is printed on', async () => {
    await page.fill('[name=date]', '2026-10-24');
    await page.click('#choose button');
    await page.waitForSelector('.flow h1 >> text=Thứ Bảy, 24 tháng 10, 2026');
    await shoot('flow-day');
    expect(await page.locator('.flow figure').count()).toBe(4);
    await page.selectOption('[name=view]', 'week');
    await page.waitForSelector('.flow .figures b >> text=13.356');
    await shoot('flow-week');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('.files >> text=CSV')]);
    expect((await readFile(await download.path(), 'utf8')).match(/^window,/gm)).toHaveLength(3);
    await page.setViewportSize({ width: 390, height: 800 });
    await shoot('flow-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.click('.files a >> nth=0');
    await page.waitForSelector('article.flow h1');
    await page.setViewportSize({ width: 703, height: 994 });
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    await shoot('flow-print');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  });

  it('nothing of it was refused', () => {
    expect(wrong).toEqual([]);
  });
});
