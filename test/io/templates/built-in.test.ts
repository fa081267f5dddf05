import fc from 'fast-check';
import { Severity } from '../../../src/domain/alerting/config.js';
import type { MessageFacts } from '../../../src/domain/alerting/message.js';
import { OCCASIONS, sampleFacts } from '../../../src/domain/alerting/sample-facts.js';
import { smsSegments, withoutMarks } from '../../../src/domain/alerting/sms-text.js';
import { createTemplates } from '../../../src/io/templates/templates.js';

const site = { name: 'Bãi xe Trần Phú', timeZone: 'Asia/Ho_Chi_Minh' };
const links = {
  incident: 'https://cam.example.org/incidents/42',
  acknowledge: 'https://cam.example.org/a/1z.AbCdEfGhIjKlMnOp',
};
const now = Date.UTC(2026, 10, 21, 9, 25);
const sample = (occasion: MessageFacts['occasion'], more: Partial<MessageFacts> = {}): MessageFacts => ({
  ...sampleFacts({ occasion, site, links, now }),
  ...more,
});
const templates = createTemplates({});

it('tells in Vietnamese what, where, when, and how to acknowledge', async () => {
  const words = await templates.words(sample('opened'), 'vi');
  expect(words).toMatchObject({
    subject: '[Bãi xe Trần Phú] Khẩn cấp: Xâm nhập (yard) – Cổng chính #42',
    title: 'Khẩn cấp: Xâm nhập (yard)',
    body: 'Cổng chính (Bãi xe Trần Phú), 16:19 21/11. 3 cảnh báo',
    short:
      'Khẩn cấp: Xâm nhập (yard) - Cổng chính (Bãi xe Trần Phú), 16:19 21/11. Trả lời 42 để xác nhận, hoặc bấm https://cam.example.org/a/1z.AbCdEfGhIjKlMnOp',
  });
  expect(words.text).toBe(
    [
      'Khẩn cấp: Xâm nhập (yard)',
      '',
      'Camera:         Cổng chính (gate-1)',
      'Thời gian:      16:19:48, Thứ Bảy 21/11/2026 (GMT+7) → 16:24 21/11',
      'Số cảnh báo:    3',
      'Chi tiết:       what happened, in a sentence (Cổng chính)',
      'Địa điểm:       Bãi xe Trần Phú',
      'Sự cố:          #42',
      '',
      'Xác nhận đã nhận tin: https://cam.example.org/a/1z.AbCdEfGhIjKlMnOp',
      'Xem sự cố: https://cam.example.org/incidents/42',
      '',
      'Ảnh đính kèm.',
      '',
    ].join('\n'),
  );
  expect(words.problem).toBeUndefined();
});

it('tells in English', async () => {
  const words = await templates.words(sample('escalated', { plate: '30A-339.18' }), 'en');
  expect(words).toMatchObject({
    subject: '[Bãi xe Trần Phú] Critical, not acknowledged yet: Intrusion (yard) – Cổng chính #42',
    body: 'Cổng chính (Bãi xe Trần Phú), 16:19, 21 Nov. Plate 30A-339.18',
    short:
      'Critical, not acknowledged yet: Intrusion (yard) 30A-339.18 - Cổng chính (Bãi xe Trần Phú), 16:19, 21 Nov. Reply 42 to acknowledge, or open https://cam.example.org/a/1z.AbCdEfGhIjKlMnOp',
  });
  expect(words.text).toContain('When:         Sat 21 Nov 2026, 16:19:48 (GMT+7) → 16:24, 21 Nov\n');
  expect(words.text).toContain('Plate:        30A-339.18\n');
});

it.each<[MessageFacts['occasion'], string, string]>([
  ['opened', 'Khẩn cấp: Xâm nhập (yard)', 'Critical: Intrusion (yard)'],
  [
    'escalated',
    'Khẩn cấp, chưa ai xác nhận: Xâm nhập (yard)',
    'Critical, not acknowledged yet: Intrusion (yard)',
  ],
  ['raised', 'Nâng lên mức khẩn cấp: Xâm nhập (yard)', 'Now critical: Intrusion (yard)'],
  ['ended', 'Đã kết thúc: Xâm nhập (yard)', 'Over: Intrusion (yard)'],
  ['storm', 'Khẩn cấp: 42 cảnh báo từ 3 camera', 'Critical: 42 alerts on 3 cameras'],
  ['storm-over', 'Đã kết thúc: 42 cảnh báo từ 3 camera', 'Over: 42 alerts on 3 cameras'],
  ['gathered', 'Tin gộp: 5 sự cố chưa báo riêng', 'Held back until now: 5 incidents'],
  ['test', 'Tin thử: Kênh thông báo hoạt động tốt', 'Test: This channel works'],
])('%s: says why the message comes', async (occasion, vietnamese, english) => {
  expect((await templates.words(sample(occasion), 'vi')).title).toBe(vietnamese);
  expect((await templates.words(sample(occasion), 'en')).title).toBe(english);
});

it.each([
  ['camera-down', 'Mất tín hiệu camera', 'Camera gives no picture'],
  ['tamper', 'Camera bị can thiệp', 'Camera tampered with'],
  ['disk-low-node-1', 'Ổ đĩa sắp đầy (node-1)', 'Disk nearly full (node-1)'],
  ['recovered-disk-data', 'Đã khắc phục (disk-data)', 'Well again (disk-data)'],
  ['fire-door-open', 'Fire door open', 'Fire door open'],
  ['constructor', 'Constructor', 'Constructor'],
  ['plate-deny', 'Xe trong danh sách cấm', 'Vehicle on a deny list'],
])('kind %s in words', async (kind, vietnamese, english) => {
  // The subject of a plate's alert is a mark that says nothing to people.
  const { subject: _, ...facts } = sample('opened');
  const about = {
    ...facts,
    incident: { ...facts.incident, kind },
    ...(kind === 'plate-deny' && { subject: 'x1' }),
  };
  expect((await templates.words(about, 'vi')).title).toBe(`Khẩn cấp: ${vietnamese}`);
  expect((await templates.words(about, 'en')).title).toBe(`Critical: ${english}`);
});

it('what kind and camera do not say, the summary does; also in an SMS', async () => {
  const { camera: _c, subject: _s, ...facts } = sample('opened');
  const incident = { ...facts.incident, kind: 'disk-low-a', summary: 'the disk has 3 MB free' };
  const words = await templates.words({ ...facts, incident }, 'vi');
  expect(words.short).toContain(
    '- Hệ thống (Bãi xe Trần Phú), 16:19 21/11. the disk has 3 MB free. Trả lời 42',
  );
  expect(words.body).toContain('the disk has 3 MB free');
  expect(words.text).not.toMatch(/Camera:|Không có ảnh/);
});

it('the end is told with who acknowledged, how it ended and what it was; nothing is left to press', async () => {
  const { incident, ...facts } = sample('ended');
  const told = { ...facts, incident: { ...incident, endedBy: 'Minh', isFalseAlarm: true } };
  const { text, short, html } = await templates.words(told, 'vi');
  expect(text).toMatch(/Người xác nhận: Lan\nKết thúc: {7}do Minh đóng\nKết luận: {7}báo động giả\n/);
  expect(short).toMatch(/^Báo động giả: .* Sự cố #42: https:\/\/cam\.example\.org\/incidents\/42$/);
  expect(`${text}${short}${html}`).not.toMatch(/\/a\/|Trả lời/);
});

it('times are in the recipient’s zone, with its offset where that is not the site’s', async () => {
  const recipient = { id: 'hq', timeZone: 'Europe/Berlin' };
  const words = await templates.words(sample('opened', { recipient }), 'en');
  expect(words.short).toContain('10:19, 21 Nov (GMT+1)');
  expect(words.text).toContain('Sat 21 Nov 2026, 10:19:48 (GMT+1)');
});

it('a message without links, code and picture offers none of them', async () => {
  const { replyCode: _, ...facts } = sample('opened', { links: {}, hasPicture: false });
  const words = await templates.words(facts, 'en');
  expect(words.short).toMatch(/21 Nov\. Incident #42\.$/);
  expect(words.text).toMatch(/Incident: {5}#42\n\nThere is no picture\.\n$/);
  expect(words.html).not.toMatch(/<a |<img/);
});

it('without marks an SMS of any occasion fits into two segments', async () => {
  for (const occasion of OCCASIONS) {
    const { short } = await templates.words(sample(occasion), 'vi');
    expect(smsSegments(withoutMarks(short))).toBeLessThanOrEqual(2);
  }
});

it('whatever the facts hold: lines stay lines, HTML stays whole, push stays short', async () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 300 }),
    fc.constantFrom(
      '<script>alert(1)</script>',
      '"><img src=x>',
      'a\r\nBcc: x@y',
      '{{ site.name }}',
      '{% raw %}',
      'đ'.repeat(300),
    ),
  );
  const anything = fc.record({
    name: nasty,
    summary: nasty,
    subject: nasty,
    plate: nasty,
    kind: fc.stringMatching(/^[a-z][a-z0-9-]{0,62}$/),
  });
  const occasions = fc.constantFrom(...OCCASIONS);
  await fc.assert(
    fc.asyncProperty(
      anything,
      occasions,
      fc.constantFrom(...Severity.options),
      fc.constantFrom('vi' as const, 'en' as const),
      async ({ name, summary, subject, plate, kind }, occasion, severity, language) => {
        const facts = sample(occasion);
        const words = await templates.words(
          {
            ...facts,
            ...{ site: { ...site, name }, recipient: { id: 'g', name }, subject, plate },
            incident: { ...facts.incident, summary, kind, severity },
            ...(facts.camera && { camera: { id: 'c', name } }),
          },
          language,
        );
        expect(words.problem).toBeUndefined();
        for (const line of [words.subject, words.title, words.body, words.short])
          expect(line).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        expect(words.body.length).toBeLessThan(150);
        // What is in angle brackets is ours.
        expect(
          words.html
            .match(/<[a-z!/][^>]*>/gi)!
            .join('')
            .replace(/"[^"]*"/g, ''),
        ).not.toMatch(/script|src=x|Bcc/);
        expect(words.html.replace(/<[a-z!/][^>]*>/gi, '')).not.toMatch(/[<>"]/);
      },
    ),
    { numRuns: 60 },
  );
});
