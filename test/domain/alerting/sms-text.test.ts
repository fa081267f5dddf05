import * as fc from 'fast-check';
import { fitSms, isGsm7, smsSegments, withoutMarks } from '../../../src/domain/alerting/sms-text.js';

const LINK = 'https://cameras.example.org/a/42.abcdefghijklmnopqrstuv';
const LONG =
  '[Bãi xe Trần Phú] NGHIÊM TRỌNG #42: Có người đột nhập trong sân sau giờ làm việc, camera Cổng chính, ' +
  `lúc 18:42 ngày 21/11. Trả lời 42 để nhận, hoặc ${LINK}`;

it.each([
  ['nothing', '', 1],
  ['160 letters', 'a'.repeat(160), 1],
  ['161 letters', 'a'.repeat(161), 2],
  ['306 letters', 'a'.repeat(306), 2],
  ['307 letters', 'a'.repeat(307), 3],
  ['80 euros: each is two', '€'.repeat(80), 1],
  ['81 euros', '€'.repeat(81), 2],
  ['a euro that does not fit the end of a part', `${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
  ['70 letters with marks', 'ộ'.repeat(70), 1],
  ['71 letters with marks', 'ộ'.repeat(71), 2],
  ['134 letters with marks', 'ộ'.repeat(134), 2],
  ['135 letters with marks', 'ộ'.repeat(135), 3],
  ['35 emoji: each is two units', '🚨'.repeat(35), 1],
  ['36 emoji', '🚨'.repeat(36), 2],
  ['66 emoji: none is split, so 33 a part', '🚨'.repeat(66), 2],
  ['67 emoji', '🚨'.repeat(67), 3],
  ['one letter outside the alphabet', `${'a'.repeat(70)}ạ`, 2],
  ['à, è, ù, é are in the alphabet', 'àèùé'.repeat(40), 1],
  ['ã is not', `${'a'.repeat(70)}ã`, 2],
])('counts %s', (_name, text, segments) => {
  expect(smsSegments(text)).toBe(segments);
});

it.each([
  ['Đường Nguyễn Thị Minh Khai', 'Duong Nguyen Thi Minh Khai'],
  ['Xin chào ngưỡng cửa, quý khách ở tầng kỹ thuật', 'Xin chao nguong cua, quy khach o tang ky thuat'],
  ['ĂÂĐÊÔƠƯ ăâđêôơư', 'AADEOOU aadeoou'],
  ['ẳẵặẩẫậểễệổỗộởỡợửữự', 'aaaaaaeeeoooooouuu'],
  ['“Cổng” – số 3…', '"Cong" - so 3...'],
  ['Müller, Nuñez, Ångström', 'Müller, Nuñez, Ångström'],
  ['警报 🚨', '警报 🚨'],
])('takes the marks from %s', (given, bare) => {
  expect(withoutMarks(given)).toBe(bare);
  expect(withoutMarks(given.normalize('NFD'))).toBe(bare);
});

it.each([
  ['auto', 'Có người', 'Có người'],
  ['always', 'Có người', 'Co nguoi'],
  ['never', LONG, LONG],
  ['auto', LONG, withoutMarks(LONG)],
  // Nothing is saved: the emoji needs the long alphabet anyway.
  ['auto', `🚨 ${'Có người. '.repeat(8)}`.trim(), `🚨 ${'Có người. '.repeat(8)}`.trim()],
] as const)('leaves marks out %s when it says so', (plain, text, sent) => {
  expect(fitSms(text, [LINK], { maxSegments: 10, plain }).text).toBe(sent);
});

it('shortens what happened, and keeps how to answer', () => {
  expect(fitSms(LONG, [LINK, '42'], { maxSegments: 1, plain: 'auto' })).toEqual({
    text: `[Bai xe Tran Phu] NGHIEM TRONG #42: Co nguoi dot nhap trong san sau gio... Tra loi 42 de nhan, hoac ${LINK}`,
    segments: 1,
  });
  expect(fitSms(LONG, [LINK, '42'], { maxSegments: 2, plain: 'never' })).toEqual({
    text: `[Bãi xe Trần Phú] NGHIÊM TRỌNG #42: Có người đột… Trả lời 42 để nhận, hoặc ${LINK}`,
    segments: 2,
  });
});

it('keeps the link and the code where there is room for nothing else', () => {
  expect(fitSms(LONG, [LINK, '42'], { maxSegments: 1, plain: 'never' }).text).toBe(`${LINK} 42`);
});

it('leaves a link out rather than cut it', () => {
  const far = `https://cameras.example.org/${'x'.repeat(200)}`;
  const text = `Có người trong sân. Xem ${far}`;
  const { text: sent, segments } = fitSms(text, [far], { maxSegments: 1, plain: 'never' });
  expect(segments).toBe(1);
  expect(sent).not.toMatch(/https?:/);
  expect(sent).toContain('Có người');
});

it('keeps the lines of a template', () => {
  const text = `${'Có người trong sân. '.repeat(20)}\nTrả lời OK42\n${LINK}`;
  const { text: sent } = fitSms(text, [LINK, 'OK42'], { maxSegments: 2, plain: 'always' });
  expect(sent).toMatch(/^Co nguoi .*\.\.\.\nTra loi OK42\nhttps:\S+$/);
});

it('holds for any text: within the limit, links whole or absent, no half characters', () => {
  const words = fc.array(
    fc.constantFrom(
      'Cổng',
      'chính',
      'a',
      '🚨',
      'người.',
      '€',
      '\n',
      '👨‍👩‍👧',
      'x'.repeat(40),
      'ướt',
      '#42',
      '42',
    ),
    { maxLength: 60 },
  );
  fc.assert(
    fc.property(
      words,
      words,
      fc.integer({ min: 1, max: 4 }),
      fc.constantFrom('auto' as const, 'always' as const, 'never' as const),
      fc.boolean(),
      (before, after, maxSegments, plain, hasLink) => {
        const text = [...before, ...(hasLink ? [LINK] : []), ...after].join(' ');
        const { text: sent, segments } = fitSms(text, [LINK, '42'], { maxSegments, plain });
        expect(segments).toBe(smsSegments(sent));
        expect(segments).toBeLessThanOrEqual(maxSegments);
        // One segment holds the link in either alphabet: it must be there.
        expect(sent.includes(LINK)).toBe(hasLink);
        expect(sent.split('https:')).toHaveLength(hasLink ? 2 : 1);
        expect(Buffer.from(sent).toString()).toBe(sent);
        if (plain === 'never' && smsSegments(text.trim()) <= maxSegments) expect(sent).toBe(text.trim());
      },
    ),
    { numRuns: 300 },
  );
});

it('knows the alphabet', () => {
  expect(isGsm7('Hello {world} [~] \\ ^ | € @£$¥ ΔΦΓΛΩΠΨΣΘΞ')).toBe(true);
  expect(isGsm7('`')).toBe(false);
  expect(isGsm7('“')).toBe(false);
});
