import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sampleFacts } from '../../../src/domain/alerting/sample-facts.js';
import { createTemplates } from '../../../src/io/templates/templates.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'camqueue-templates-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const now = Date.UTC(2026, 10, 21, 9, 25);
const facts = sampleFacts({
  ...{ occasion: 'opened', now, kind: 'plate-deny' },
  site: { name: 'Kho <A>', timeZone: 'Asia/Ho_Chi_Minh' },
  links: { incident: 'https://x/incidents/42' },
});

/** Written at that time by the file system's clock, epoch s. */
async function write(name: string, text: string, at = 1_000_000): Promise<void> {
  const path = join(dir, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  await utimes(path, at, at);
}

it('takes the place of the built-in one, part by part and language by language', async () => {
  await write(
    'vi/short.liquid',
    '\uFEFF{{ incident.severity | severity }}! {{ incident.kind | kind }} {{ plate }} {{ incident.firstAt | clock }} {{ camera.name | cut: 4 }}\n',
  );
  await write('vi/subject.liquid', '{{ site.name }}\r\nBcc: x@example.org');
  await write('vi/html.liquid', '<p title="{{ site.name }}">{{ incident.firstAt | time }}</p>');
  const templates = createTemplates({ dir });
  const words = await templates.words(facts, 'vi');
  expect(words).toMatchObject({
    short: 'Khẩn cấp! Xe trong danh sách cấm 30A-339.18 16:19 21/11 Cổn…',
    subject: 'Kho <A> Bcc: x@example.org',
    html: '<p title="Kho &lt;A&gt;">16:19:48, Thứ Bảy 21/11/2026 (GMT+7)</p>\n',
    title: 'Khẩn cấp: Xe trong danh sách cấm',
  });
  expect(words.problem).toBeUndefined();
  expect((await templates.words(facts, 'en')).short).toMatch(/^Critical: Vehicle on a deny list/);
});

it.each<[string, string, RegExp]>([
  ['unknown filter', 'a\n\n{{ plate | shout }}', /^vi\/short\.liquid: line 3: undefined filter: shout/],
  ['unknown name', 'a\n{{ incidnet.number }}', /^vi\/short\.liquid: line 2: undefined variable: incidnet/],
  ['tag left open', '{% if plate %}x', /^vi\/short\.liquid: line 1: tag .* not closed/],
  ['unknown tag', '{% shell %}', /^vi\/short\.liquid: line 1: tag "shell" not found/],
  ['no time', '{{ plate | time }}', /^vi\/short\.liquid: line 1: is no time/],
  ['another file', '{% render "../../../etc/passwd" %}', /^vi\/short\.liquid: line 1: ENOENT/],
  ['an include', '{% include "subject.liquid" %}', /^vi\/short\.liquid: line 1: ENOENT/],
  ['nothing', ' \n', /^vi\/short\.liquid: gives no text/],
  [
    'too much',
    '{% for i in (1..100000000) %}x{% endfor %}',
    /^vi\/short\.liquid: line 1: memory alloc limit/,
  ],
  [
    'no end',
    '{% for i in (1..90000) %}{% for j in (1..90000) %}{% assign x = i %}{% endfor %}{% endfor %}',
    /^vi\/short\.liquid: line 1: (template render|memory alloc) limit/,
  ],
  ['a book', 'x'.repeat(100_001), /^vi\/short\.liquid: parse length limit/],
])('one with %s: people are told all the same, and why', async (_, text, problem) => {
  await write('vi/short.liquid', text);
  await write('vi/title.liquid', 'Mine');
  const words = await createTemplates({ dir }).words(facts, 'vi');
  expect(words.short).toMatch(/^Khẩn cấp: Xe trong danh sách cấm 30A-339\.18/);
  expect(words.title).toBe('Mine');
  expect(words.problem).toMatch(problem);
});

it('one that fails with these facts only is replaced for these', async () => {
  await write('vi/title.liquid', '{% if incident.number == 7 %}{{ plate | time }}{% endif %}Mine');
  const templates = createTemplates({ dir });
  expect(await templates.words(facts, 'vi')).toMatchObject({ title: 'Mine' });
  const other = await templates.words({ ...facts, incident: { ...facts.incident, number: 7 } }, 'vi');
  expect(other.title).toMatch(/^Khẩn cấp/);
  expect(other.problem).toMatch(/^vi\/title\.liquid: line 1: is no time/);
});

it('no template reaches what is not among the facts', async () => {
  await write('vi/title.liquid', 'A{{ incident.constructor.name }}{{ site.__proto__ }}{{ "x".constructor }}');
  const { title, problem } = await createTemplates({ dir }).words(facts, 'vi');
  expect([title.startsWith('Khẩn cấp'), problem]).toEqual([
    true,
    expect.stringMatching(/undefined variable/),
  ]);
});

it('follows the files: one that changed, came, went; a file that is being written waits', async () => {
  let clock = 2_000_000_000;
  const templates = createTemplates({ dir, now: () => clock });
  const title = async (): Promise<string> => (await templates.words(facts, 'vi')).title;
  expect(await title()).toMatch(/^Khẩn cấp/);
  await write('vi/title.liquid', 'One');
  expect(await title()).toBe('One');
  await write('vi/title.liquid', 'Two, half wri', clock / 1000);
  expect(await title()).toBe('One');
  clock += 1000;
  expect(await title()).toBe('Two, half wri');
  await rm(join(dir, 'vi/title.liquid'));
  expect(await title()).toMatch(/^Khẩn cấp/);
});

it('a misspelt file, and a folder that is not there, are said', async () => {
  await write('vi/subjet.liquid', 'x');
  expect((await createTemplates({ dir }).words(facts, 'vi')).problem).toMatch(
    /^vi\/subjet\.liquid: is no part of a message; parts: subject, text/,
  );
  const gone = await createTemplates({ dir: join(dir, 'nope') }).words(facts, 'vi');
  expect(gone.problem).toMatch(/^TEMPLATES_DIR cannot be read: (Error: )?ENOENT/);
  expect(gone.title).toMatch(/^Khẩn cấp/);
});
