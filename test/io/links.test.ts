import fc from 'fast-check';
import { acknowledgeText, readAcknowledgeToken } from '../../src/domain/alerting/acknowledge-token.js';
import { createLinks } from '../../src/io/links.js';
import { createSigner } from '../../src/io/signer.js';

const signer = createSigner('f'.repeat(64));

it.each(['https://cam.example.org', 'https://cam.example.org/', 'https://cam.example.org//'])(
  'links begin with %s and hold no address of a person',
  (publicUrl) => {
    const links = createLinks(publicUrl, signer);
    expect(links.incident(42)).toBe('https://cam.example.org/incidents/42');
    expect(links.acknowledge({ number: 71, incidentId: 'i-1' })).toMatch(
      /^https:\/\/cam\.example\.org\/a\/1z\.[A-Za-z0-9_-]{16}$/,
    );
  },
);

it('an installation may be below a path, or reached from nowhere', () => {
  expect(createLinks('https://example.org/cameras', signer).incident(1)).toBe(
    'https://example.org/cameras/incidents/1',
  );
  const none = createLinks(undefined, signer);
  expect([none.incident(1), none.acknowledge({ number: 1, incidentId: 'i' })]).toEqual([
    undefined,
    undefined,
  ]);
});

it('a picture has an address only where pictures are published, each part of it encoded', () => {
  const links = createLinks('https://cam.example.org', signer, 'https://files.example.org/snapshots/');
  expect(links.snapshot('events/gate-1/7.jpg')).toBe(
    'https://files.example.org/snapshots/events/gate-1/7.jpg',
  );
  expect(links.snapshot('a b/#1?.jpg')).toBe('https://files.example.org/snapshots/a%20b/%231%3F.jpg');
  expect(createLinks('https://cam.example.org', signer).snapshot('a.jpg')).toBeUndefined();
});

it('what a link ends with is read back, and its mark is genuine for that delivery only', () => {
  const links = createLinks('https://x', signer);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2 ** 40 }),
      fc.string({ minLength: 1, unit: 'grapheme-ascii' }),
      (number, incidentId) => {
        const token = readAcknowledgeToken(
          links.acknowledge({ number, incidentId })!.slice('https://x/a/'.length),
        );
        expect(token?.number).toBe(number);
        const genuine = (of: { number: number; incidentId: string }) =>
          signer.verify('acknowledge', acknowledgeText(of), token!.mark);
        expect(genuine({ number, incidentId })).toBe(true);
        expect(genuine({ number: number + 1, incidentId })).toBe(false);
        expect(genuine({ number, incidentId: `${incidentId}x` })).toBe(false);
      },
    ),
  );
});

it.each([
  '',
  '.',
  '1z',
  '1z.',
  '1z.short',
  `.${'A'.repeat(16)}`,
  `0.${'A'.repeat(16)}`,
  `01.${'A'.repeat(16)}`,
  `1Z.${'A'.repeat(16)}`,
  `1z.${'A'.repeat(17)}`,
  `1z.${'ư'.repeat(16)}`,
  `zzzzzzzzzzzz.${'A'.repeat(16)}`,
  `1z.${'A'.repeat(16)}\n`,
  `-1.${'A'.repeat(16)}`,
])('%j is no token', (token) => {
  expect(readAcknowledgeToken(token)).toBeUndefined();
});
