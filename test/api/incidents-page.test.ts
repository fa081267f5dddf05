import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import sharp from 'sharp';
import type { Incident } from '../../src/domain/alerting/incident.js';
import type { Role } from '../../src/ports.js';
import { startTestApi, type TestApi } from '../support/api.js';
import { linkOf, openIncident, tellOf } from '../support/api-incidents.js';
import { anAlert, PLAN, RULES } from '../support/incidents.js';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);
const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe;
if (CHROMIUM === undefined)
  process.stderr.write('skipped: no chromium in /usr/bin (apt-get install chromium)\n');

const EVIL = '<img src=x onerror=alert(1)>';

describeInBrowser('the incidents page', () => {
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

  async function open(role: Role, path = '/incidents'): Promise<Page> {
    const { user, password } = await api.login(role);
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 900 } })).newPage();
    page.on('console', (message) => {
      if (message.type() === 'error' && !/40[49]/.test(message.text())) refused.push(message.text());
    });
    page.on('pageerror', (error) => refused.push(error.message));
    await page.goto(api.url + path);
    await page.fill('input[name=user]', user);
    await page.fill('input[name=password]', password);
    await page.click('button');
    await page.waitForSelector('#rows li, #found:not(:empty)');
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
  const incident = (id: string, more: Parameters<typeof openIncident>[2] = {}): Promise<Incident> =>
    openIncident(api, id, { now: now - 20_000, at: now - 30_000, ...more });

  it('says that nothing has happened, and shows by itself what happens', async () => {
    const page = await open('viewer');
    await page.waitForSelector('#found >> text=Nothing has happened.');
    await shoot(page, 'incidents-nothing');
    const one = await incident('first', { summary: EVIL });
    await count(page, '#rows li', 1);
    expect(await page.locator('#rows li').innerText()).toMatch(
      /Intrusion\s+warning[^]*Main gate[^]*nobody told yet/,
    );
    // What is there is not drawn anew: a reader's place, and what is selected, stay.
    await page.evaluate(`document.querySelector('#rows li').marked = true`);
    await tellOf(api, one);
    await page.waitForSelector('#rows >> text=nobody has reacted');
    expect(await page.evaluate(`document.querySelector('#rows li').marked`)).toBe(true);
    expect(await page.title()).toMatch(/^\(1\) /);
    await page.click('.tabs >> text=Acknowledged');
    await page.waitForSelector('#found >> text=There is none.');
    await page.click('.tabs >> text=Unanswered');
    await count(page, '#rows li', 1);
    await page.focus('#rows a');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#about h2');
    expect(await page.locator('#detail').innerText()).toContain(EVIL);
    for (const id of ['acts', 'verdict', 'note', 'plan', 'channels'])
      expect(await page.locator(`#${id}`).isVisible()).toBe(false);
    await page.context().close();
  });

  it('an operator takes one on, writes a note and says that it was a false alarm, by the link of a message', async () => {
    const jpeg = await sharp({ create: { width: 640, height: 360, channels: 3, background: '#39506b' } })
      .jpeg()
      .toBuffer();
    await api.deps.ports.snapshots.put('gate-1/page.jpg', jpeg);
    const one = await incident('page', {
      severity: 'critical',
      snapshot: 'gate-1/page.jpg',
      subject: 'yard',
    });
    for (const n of [1, 2])
      await api.deps.ports.incidents.accept(
        { ...anAlert(`page-${n}`, 0), subject: 'yard', severity: 'critical', at: now - 30_000 + n * 1000 },
        RULES,
        PLAN,
        now - 15_000,
      );
    await tellOf(api, one, [
      { recipient: 'guard', channel: 'log', otherChannels: [] },
      { recipient: 'chief', channel: 'sms', otherChannels: [] },
    ]);
    const claim = await api.deps.ports.deliveries.claim(
      { recipient: 'guard', channel: 'log' },
      'job',
      { maxPerHour: 9, ratePerS: 99 },
      Date.now(),
    );
    if (claim.kind === 'send')
      await api.deps.ports.deliveries.settle(
        claim.deliveries,
        { state: 'sent', receipt: { detail: 'written' } },
        Date.now(),
      );
    const page = await open('operator', `/incidents/${one.number}`);
    await page.waitForSelector('#about h2 >> text=Intrusion');
    expect(new URL(page.url()).pathname).toBe(`/incidents/${one.number}`);
    await page.evaluate(`document.querySelector('#picture img').decode()`);
    const timeline = await page.locator('#timeline').innerText();
    expect(timeline).toMatch(/Alert người trong sân/);
    expect(timeline).toMatch(/log to guard sent/);
    expect(timeline).toMatch(/sms to chief pending/);
    expect(timeline).toMatch(/Planned tell everybody/);
    await shoot(page, 'incidents-detail');
    // What is being written is left alone while the page keeps itself fresh.
    await page.fill('#note input', 'đang kiểm');
    await page.click('#acknowledge');
    await page.waitForSelector('#said >> text=acknowledged: nobody else is called');
    expect(await page.locator('#note input').inputValue()).toBe('đang kiểm');
    expect(await page.locator('#acknowledge').isVisible()).toBe(false);
    await page.focus('#note input');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#timeline >> text=đang kiểm');
    await page.click('#verdict [name=false]');
    await page.waitForSelector('#problem >> text=Say what it was');
    await page.fill('#verdict input', 'a cat');
    await page.click('#verdict [name=false]');
    await page.waitForSelector('#said >> text=was a false alarm');
    expect(await page.locator('#about').innerText()).toMatch(/false alarm: a cat/);
    expect(await page.locator('#resolve').isVisible()).toBe(false);
    await page.click('#history summary');
    await page.waitForSelector('#history >> text=incident.acknowledged');
    await shoot(page, 'incidents-over');
    expect(await api.deps.ports.incidents.get(one.id)).toMatchObject({
      state: 'resolved',
      verdict: { isFalseAlarm: true, reason: 'a cat' },
    });
    await page.keyboard.press('Escape');
    await page.locator('#detail').waitFor({ state: 'hidden' });
    await page.goBack();
    await page.waitForSelector('#about h2');
    await page.click('#back');
    await page.locator('#detail').waitFor({ state: 'hidden' });
    expect(new URL(page.url()).pathname).toBe('/incidents');
    await page.context().close();
  });

  it('filters, folds a storm, and says what is not there', async () => {
    const rules = { ...RULES, storm: { incidents: 2, withinMs: 60_000 } };
    for (const n of [1, 2, 3, 4, 5])
      await api.deps.ports.incidents.accept(
        {
          ...anAlert(`storm-${n}`, 0),
          cameraId: n > 3 ? 'yard' : 'gate-1',
          kind: 'fall',
          subject: `z${n}`,
          at: now + n,
        },
        rules,
        PLAN,
        now + n,
      );
    const page = await open('operator', '/incidents/9999');
    await page.waitForSelector('#detail >> text=There is no incident #9999');
    await page.click('#back');
    const storm = page.locator('#rows > li', { hasText: 'Storm' });
    await storm.locator('button').click();
    await storm.locator('.gathered li').first().waitFor();
    expect(await storm.locator('.gathered').innerText()).toMatch(/Fall/);
    await shoot(page, 'incidents-storm');
    await page.click('.filter summary');
    await page.selectOption('#filter [name=camera]', 'yard');
    await page.keyboard.press('Tab');
    await page.fill('#filter [name=kind]', 'fall');
    await page.keyboard.press('Enter');
    await count(page, '#rows > li', 2);
    expect(await page.locator('#rows').innerText()).toMatch(/part of storm #/);
    await page.fill('#filter [name=kind]', 'weapon');
    await page.keyboard.press('Enter');
    await page.waitForSelector('#found >> text=Nothing fits this filter.');
    await page.click('#filter >> text=Clear');
    await page.waitForSelector('#rows > li >> text=Storm');
    await page.context().close();
  });

  it('an admin begins and ends a maintenance, and tests a channel', async () => {
    const page = await open('admin');
    await page.click('#plan summary');
    await page.selectOption('#maintain [name=camera]', { label: 'Main gate' });
    await page.fill('#maintain [name=reason]', 'lau ống kính');
    await page.click('#maintain button');
    await page.waitForSelector('#maintenance >> text=Maintenance of Main gate until');
    await page.click('#channels summary');
    await page.waitForSelector('#channel-list >> text=email is not set up in this test');
    await shoot(page, 'incidents-admin');
    await page.selectOption('#test [name=channel]', 'log');
    await page.click('#test button');
    await page.waitForSelector('#said >> text=Test message sent to guard by log');
    await page.click('#maintenance button');
    await page.locator('#maintenance').waitFor({ state: 'hidden' });
    await page.context().close();
  });

  it('fits a phone, and so does the page behind the link of a message, which works without a login', async () => {
    const one = await incident('phone', { severity: 'critical', subject: 'north' });
    const [delivery] = await tellOf(api, one);
    if (!delivery) throw new Error('nobody was told');
    const page = await open('operator');
    await page.setViewportSize({ width: 390, height: 800 });
    await shoot(page, 'incidents-phone');
    await page.click(`#rows a[href="/incidents/${one.number}"]`);
    await page.waitForSelector('#about h2');
    expect(await page.locator('#list').isVisible()).toBe(false);
    await shoot(page, 'incidents-phone-detail');
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    const guest = await (
      await browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'vi-VN' })
    ).newPage();
    guest.on('console', (message) => message.type() === 'error' && refused.push(message.text()));
    await guest.goto(api.url + linkOf(api, delivery));
    await shoot(guest, 'acknowledge');
    await guest.click('text=Xác nhận đã nhận tin');
    await guest.waitForSelector('text=Lan đã xác nhận');
    await shoot(guest, 'acknowledge-done');
    expect(await guest.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
    await page.waitForSelector('#about >> text=acknowledged by');
    expect((await api.deps.ports.incidents.get(one.id))?.acknowledged?.by).toBe('recipient:guard by link');
    await page.context().close();
    await guest.context().close();
  });

  it('nothing it did was refused by the policy of the page', () => {
    expect(refused.filter((text) => !/40[049]|422/.test(text))).toEqual([]);
  });
});
