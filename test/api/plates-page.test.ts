import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import sharp from 'sharp';
import type { Role } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { passage } from '../support/passages.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined)
  process.stderr.write('skipped: no chromium in /usr/bin (apt-get install chromium)\n');

const EVIL = '<img src=x onerror=alert(1)>';

describeInBrowser('the plates page', () => {
  let api: TestApi;
  let browser: Browser;
  let folder: string;
  const refused: string[] = [];
  const asked: string[] = [];
  const now = Date.now();

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'camqueue-plates-page-'));
    api = await startTestApi();
    const { passages, plateLists, snapshots } = api.deps.ports;
    const stamp = { createdAt: now, createdBy: 'person:lan' };
    await plateLists.putList({ id: 'stolen', kind: 'deny', name: 'Xe mất cắp', alertUnknown: false });
    await plateLists.putList({ id: 'residents', kind: 'allow', name: 'Cư dân toà A', alertUnknown: true });
    await plateLists.addEntries([
      { list: 'residents', pattern: '30A-339.18', key: '30A33918', owner: 'Nguyễn Thị Đào', ...stamp },
      { list: 'residents', pattern: '29-B1*', key: '29B1*', reason: EVIL, ...stamp },
    ]);
    const crop = await sharp({ create: { width: 240, height: 60, channels: 3, background: '#dfe6ee' } })
      .jpeg()
      .toBuffer();
    await snapshots.put('plates/crop.jpg', crop);
    const pictures = { crop: 'plates/crop.jpg', scene: 'plates/crop.jpg' };
    const put = async (
      id: string,
      ageS: number,
      text: string,
      more: Partial<Parameters<typeof passage>[0]> & { p?: number } = {},
    ): Promise<void> => {
      const { p = 0.99, ...given } = more;
      const one = passage({
        id,
        at: now - ageS * 1000,
        key: text.replace(/[^A-Z0-9]/g, ''),
        ...pictures,
        ...given,
      });
      const unsure = one.reading.verdict === 'needs-review';
      const alternatives = unsure ? [{ text: '51F-123.46', key: '51F12346', p: 0.3 }] : [];
      const reason = unsure ? { reason: 'the last character is doubtful' } : {};
      await passages.put({ ...one, reading: { ...one.reading, text, p, alternatives, ...reason } });
    };
    const on = (list: string, kind: 'deny' | 'allow', match: 'exact' | 'possible' = 'exact') => ({
      hits: [{ list, kind, entryId: 1, match, p: 1 }],
    });
    await put('a', 5, '30A-339.18', on('residents', 'allow'));
    await put('b', 65, '29-B1 256.62', { ...on('stolen', 'deny', 'possible'), vehicle: 'motorcycle' });
    await put('c', 125, '51F-123.45', { verdict: 'needs-review', p: 0.62, cameraId: 'yard' });
    await put('d', 300, '80-NG-123-45', on('stolen', 'deny'));
    await put('e', 4000, '99E-222.22', { verdict: 'needs-review', p: 0.55 });
    await put('f', 90_000, EVIL, { verdict: 'rejected', p: 0.1, crop: 'plates/gone.jpg' });
    browser = await chromium.launch({
      executablePath: CHROMIUM ?? '',
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    });
  });
  afterAll(async () => {
    await browser?.close();
    await api?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function open(role: Role): Promise<Page> {
    const { user, password } = await api.login(role);
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.on('console', (message) => {
      // A picture that is no longer kept is answered with 404: the browser says so.
      if (message.type() === 'error' && !/404/.test(message.text())) refused.push(message.text());
    });
    page.on('pageerror', (error) => refused.push(error.message));
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`${api.url}/cameras`);
    await page.fill('input[name=user]', user);
    await page.fill('input[name=password]', password);
    await page.click('button');
    await page.click('nav >> text=Plates');
    await page.waitForSelector('#results li, #found:not(:empty)');
    return page;
  }
  const shoot = async (page: Page, name: string): Promise<void> => {
    const shots = process.env['CAMQUEUE_SCREENSHOTS'];
    if (shots !== undefined) await page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  };
  /** Waits until there are so many; the policy of the page forbids what playwright's own waiting does. */
  const count = async (page: Page, selector: string, wanted: number): Promise<void> => {
    const found = page.locator(selector);
    if (wanted > 0) await found.nth(wanted - 1).waitFor();
    await found.nth(wanted).waitFor({ state: 'detached' });
  };
  const plates = (page: Page): Promise<string[]> => page.locator('#results .plate').allInnerTexts();

  it('shows what went past, what it is on, and finds with the keyboard alone', async () => {
    const page = await open('viewer');
    await page.evaluate(`document.querySelector('#results img').decode()`);
    await shoot(page, 'plates');
    expect(await plates(page)).toEqual([
      ...['30A-339.18', '29-B1 256.62', '51F-123.45', '80-NG-123-45', '99E-222.22', EVIL],
    ]);
    expect(await page.locator('#results li').first().innerText()).toMatch(
      /Hà Nội[^]*accepted\s+99 % sure, 3 looks\s+Cư dân toà A\s+Main gate · car/,
    );
    expect(await page.locator('.hit.deny.possible').innerText()).toBe('maybe Xe mất cắp');
    await page.focus('input[name=text]');
    await page.keyboard.type('*b1?256*');
    await page.keyboard.press('Enter');
    await count(page, '#results li', 0);
    await page.fill('input[name=text]', '*b1 256*');
    await page.keyboard.press('Enter');
    await count(page, '#results li', 1);
    expect(await plates(page)).toEqual(['29-B1 256.62']);
    await page.fill('input[name=text]', '30A33');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#found >> text=for example *30A33*');
    await shoot(page, 'plates-nothing');
    await page.fill('input[name=text]', '30A/1');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#problem >> text=holds "/"');
    await page.click('text=Clear');
    await count(page, '#results li', 6);
    // New ones come by themselves.
    await api.deps.ports.passages.put(passage({ id: 'new', at: Date.now(), key: '30B00001' }));
    await page.waitForSelector('#results >> text=30B00001');
    await page.click('text=Needs review');
    await page.waitForSelector('#queue li');
    expect(await page.locator('#queue form').count()).toBe(0);
    await page.context().close();
  });

  it('an operator corrects one and confirms another; what is being written is left alone', async () => {
    const page = await open('operator');
    await page.click('text=Needs review');
    await page.waitForSelector('#queue form');
    await shoot(page, 'plates-review');
    expect(await page.locator('#review-count').innerText()).toBe('2');
    const field = page.locator('#queue li', { hasText: 'yard' }).locator('input');
    await field.fill('80-NG');
    await api.deps.ports.passages.put(
      passage({ id: 'x', at: now - 1, key: '11A11111', verdict: 'needs-review' }),
    );
    await count(page, '#queue li', 3);
    expect(await field.inputValue()).toBe('80-NG');
    await page.click('#queue li:has-text("yard") >> text=51F-123.46');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#said >> text=51F-123.46 saved');
    expect((await api.deps.ports.passages.get('c'))?.review).toMatchObject({ key: '51F12346' });
    for (const left of [1, 0]) {
      await page.locator('#queue form button.main').first().click();
      await count(page, '#queue li', left);
    }
    await page.waitForSelector('#nothing-to-review:not([hidden])');
    expect((await api.deps.ports.passages.get('e'))?.review).toMatchObject({ text: '99E-222.22' });
    await page.context().close();
  });

  it('an admin keeps lists: makes one, adds, imports, exports, removes', async () => {
    const page = await open('admin');
    await page.click('.tabs >> text=Lists');
    await page.click('#list-names >> text=Cư dân toà A');
    await page.waitForSelector('#entries >> text=Nguyễn Thị Đào');
    expect(await page.locator('#entries').innerText()).toContain(EVIL);
    await shoot(page, 'plates-lists');
    await page.fill('#new-list [name=id]', 'guests');
    await page.fill('#new-list [name=name]', 'Khách');
    await page.click('text=Make list');
    await page.waitForSelector('#list-title >> text=Khách (guests)');
    await page.waitForSelector('#no-entries:not([hidden])');
    await page.fill('#add [name=pattern]', '30A-1*');
    await page.fill('#add [name=validTo]', '2027-01-31');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#entries >> text=30A-1*');
    const file = join(folder, 'guests.csv');
    await writeFile(file, 'plate,note\n51F-1,Ơn\n?,bad\n');
    await page.setInputFiles('#import', file);
    await page.waitForSelector('#bad-rows >> text=line 3, plate "?" needs at least 2');
    await shoot(page, 'plates-import');
    await page.check('#partial');
    await page.setInputFiles('#import', file);
    await page.waitForSelector('#entries >> text=51F-1');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('text=Export CSV')]);
    expect(download.suggestedFilename()).toBe('guests.csv');
    expect(await readFile(await download.path(), 'utf8')).toMatch(
      /30A-1\*,,2027-01-31T17:00[^]*51F-1,,,,,Ơn/,
    );
    await page.click('[aria-label="Remove 51F-1"]');
    await page.waitForSelector('#said >> text=51F-1 removed');
    page.on('dialog', (dialog) => void dialog.accept());
    await page.click('text=Remove list');
    await page.waitForSelector('#said >> text=List guests removed');
    await count(page, '#list-names li', 2);
    await page.setViewportSize({ width: 420, height: 800 });
    await page.click('.tabs >> text=Passages');
    await page.waitForSelector('#results li');
    await shoot(page, 'plates-phone');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.context().close();
  });

  it('nothing it did was refused, no address held a plate, and viewers see that there is nothing', () => {
    expect(refused.filter((text) => !/40[09]|422|Bad Request/.test(text))).toEqual([]);
    expect(asked.filter((url) => /30A|b1|51F|99E|256/i.test(decodeURIComponent(url)))).toEqual([]);
  });
});
