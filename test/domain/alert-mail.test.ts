import fc from 'fast-check';
import { alertMail, type AlertMailFacts } from '../../src/domain/alert-mail.js';

const facts: AlertMailFacts = {
  siteName: 'Bãi xe Trần Phú',
  timeZone: 'Asia/Ho_Chi_Minh',
  cameraName: 'Cổng chính',
  cameraId: 'gate-1',
  kind: 'zone-intrusion',
  severity: 'warning',
  at: Date.UTC(2026, 10, 21, 17, 5, 9),
  summary: 'Có người trong sân',
  alertId: 'a-7',
  pictureName: 'snapshot.jpg',
};

it('says what, where and when, in the site’s own time', () => {
  const { subject, text } = alertMail(facts);
  expect(subject).toBe('[Bãi xe Trần Phú] Warning: Có người trong sân – Cổng chính');
  expect(text).toBe(
    [
      'Warning: Có người trong sân',
      '',
      'Camera:  Cổng chính (gate-1)',
      'What:    zone intrusion',
      'When:    Sun 22 Nov 2026, 00:05:09 (GMT+7, Asia/Ho_Chi_Minh)',
      'Site:    Bãi xe Trần Phú',
      'Alert:   a-7',
      '',
      'The picture is attached.',
      '',
    ].join('\n'),
  );
});

it.each([
  ['Europe/Berlin', Date.UTC(2026, 6, 1, 10, 0, 0), 'Wed 1 Jul 2026, 12:00:00 (GMT+2, Europe/Berlin)'],
  ['Europe/Berlin', Date.UTC(2026, 11, 1, 23, 0, 0), 'Wed 2 Dec 2026, 00:00:00 (GMT+1, Europe/Berlin)'],
  ['UTC', Date.UTC(2026, 0, 1), 'Thu 1 Jan 2026, 00:00:00 (GMT+0, UTC)'],
])('tells time in %s', (timeZone, at, wanted) => {
  expect(alertMail({ ...facts, timeZone, at }).text).toContain(wanted);
});

it('says that there is no picture when there is none', () => {
  const without = Object.fromEntries(Object.entries(facts).filter(([name]) => name !== 'pictureName'));
  const { text, html } = alertMail(without as unknown as AlertMailFacts);
  expect(text).toContain('There is no picture.');
  expect(html).not.toContain('<img');
});

it('says when it is about the system and no camera, and misses no picture then', () => {
  const { pictureName: _, ...without } = facts;
  const about = {
    ...without,
    cameraId: 'system',
    cameraName: 'system',
    kind: 'disk-low-data',
    summary: 'full',
  };
  const { subject, text } = alertMail(about);
  expect(subject).toBe('[Bãi xe Trần Phú] Warning: full – system');
  expect(text).toContain('About:   the system, no camera\nWhat:    disk low data\n');
  expect(text).not.toMatch(/Camera|picture/);
});

it('lets no text become markup, a header or a second line', () => {
  const nasty = fc.string({
    unit: fc.constantFrom('<', '>', '"', "'", '&', '\r', '\n', '\u2028', '\u202e', '\0', 'a', 'ễ', ' '),
  });
  fc.assert(
    fc.property(nasty, nasty, nasty, (summary, cameraName, siteName) => {
      const { subject, text, html } = alertMail({ ...facts, summary, cameraName, siteName });
      expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\u2028\u2029]/u);
      expect(text.split('\n')).toHaveLength(10);
      const tags = html.match(/<[^>]*>/g);
      const plain = alertMail({ ...facts, summary: 'a', cameraName: 'a', siteName: 'a' }).html.match(
        /<[^>]*>/g,
      );
      expect(tags?.map(attributes)).toEqual(plain?.map(attributes));
    }),
  );
});

/** A tag with its attributes' names, without their values. */
function attributes(tag: string): string {
  return tag.replace(/"[^"]*"/g, '""');
}
