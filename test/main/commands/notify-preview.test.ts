import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { preview } from '../../../src/main/commands/notify-preview.js';

const now = (): number => Date.UTC(2026, 10, 21, 9, 25);
let data: string;
let printed: string[];
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'camqueue-preview-'));
  printed = [];
  jest.spyOn(console, 'log').mockImplementation((text: string) => void printed.push(text));
  jest.spyOn(process.stderr, 'write').mockImplementation((text) => printed.push(String(text).trimEnd()) > 0);
  delete process.env['TEMPLATES_DIR'];
});
afterEach(async () => {
  jest.restoreAllMocks();
  delete process.env['TEMPLATES_DIR'];
  await rm(data, { recursive: true, force: true });
});
const options = (): { data: string; cameras: string; kind: string } => ({
  ...{ data, cameras: join(data, 'cameras.yaml'), kind: 'intrusion' },
});

it('shows e-mail, push and SMS before there is a camera file', async () => {
  expect(await preview(options(), now)).toBe(0);
  const text = printed.join('\n');
  expect(text).toContain('E-MAIL\nSubject: [Camqueue] Khẩn cấp: Xâm nhập (yard) – Cổng chính #42\n');
  expect(text).toContain('\nPUSH\nKhẩn cấp: Xâm nhập (yard)\n');
  expect(text).toMatch(
    /\nSMS, 1 of at most 2 segments, \d+ characters\nKhan cap: Xam nhap \(yard\) - Cong chinh/,
  );
});

it('takes site, language and camera from the file, and writes HTML for a browser', async () => {
  const html = join(data, 'out.html');
  await writeFile(
    join(data, 'cameras.yaml'),
    'site: {name: Depot, language: en}\ncameras: [{id: gate-7, name: North gate, source: a.mp4}]',
  );
  expect(await preview({ ...options(), kind: 'tamper', severity: 'info', html, json: true }, now)).toBe(0);
  const [shown] = printed.map((line) => JSON.parse(line) as { words: { subject: string }; sms: object });
  expect(shown!.words.subject).toBe('[Depot] Information: Camera tampered with (yard) – North gate #42');
  expect(shown!.sms).toMatchObject({ segments: 1, text: expect.stringContaining('Reply 42') as string });
  expect(await readFile(html, 'utf8')).toMatch(
    /^<!doctype html>[^]*<img src="data:image[^]*Acknowledge<\/a>/,
  );
});

it('what goes wrong with the system is about no camera', async () => {
  await preview({ ...options(), kind: 'disk-low-a', channel: 'push', language: 'en' }, now);
  expect(printed).toEqual([
    'PUSH',
    'Critical: Disk nearly full (a)',
    expect.stringMatching(/^System \(Camqueue\)/),
  ]);
});

it('a template that cannot be used is said, with exit code 1', async () => {
  await mkdir(join(data, 'templates/vi'), { recursive: true });
  await writeFile(join(data, 'templates/vi/short.liquid'), 'x\n{{ plat }}');
  process.env['TEMPLATES_DIR'] = join(data, 'templates');
  expect(await preview({ ...options(), channel: 'sms' }, now)).toBe(1);
  expect(printed.at(-1)).toBe(
    'the built-in template is used: vi/short.liquid: line 2: undefined variable: plat',
  );
});

it.each([
  [{ kind: 'Bad Kind' }, /--kind "Bad Kind" must be lower-case words/],
  [{ html: '/nonexistent/x.html' }, /--html \/nonexistent\/x\.html cannot be written/],
])('%j is wrong usage', async (given, problem) => {
  await expect(preview({ ...options(), ...given }, now)).rejects.toThrow(problem);
});
