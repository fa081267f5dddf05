import fc from 'fast-check';
import { createSigner } from '../../src/io/signer.js';

const secret = 'f'.repeat(64);
const signer = createSigner(secret);

it('makes the same mark in every process, another for each purpose, text and secret', () => {
  const mark = signer.sign('acknowledge', '7.a');
  expect(mark).toMatch(/^[A-Za-z0-9_-]{43}$/);
  expect(createSigner(secret).sign('acknowledge', '7.a')).toBe(mark);
  const others = [
    signer.sign('other', '7.a'),
    signer.sign('acknowledge', '7.b'),
    createSigner('e'.repeat(64)).sign('acknowledge', '7.a'),
  ];
  expect(new Set([mark, ...others]).size).toBe(4);
  expect(others.map((other) => signer.verify('acknowledge', '7.a', other))).toEqual([false, false, false]);
});

it.each<[string, (mark: string) => string, boolean]>([
  ['whole', (mark) => mark, true],
  ['cut to 16', (mark) => mark.slice(0, 16), true],
  ['cut to 15', (mark) => mark.slice(0, 15), false],
  ['empty', () => '', false],
  ['its end', (mark) => mark.slice(-16), false],
  ['longer', (mark) => `${mark}A`, false],
  ['one character changed', (mark) => `${mark[0] === 'A' ? 'B' : 'A'}${mark.slice(1)}`, false],
  ['letters of several bytes', () => 'ư'.repeat(16), false],
  ['as many bytes', () => 'ư'.repeat(8), false],
])('a mark that is %s', (_, change, expected) => {
  expect(signer.verify('acknowledge', '7.a', change(signer.sign('acknowledge', '7.a')))).toBe(expected);
});

it('never takes the mark of another text, and never throws', () => {
  fc.assert(
    fc.property(fc.string(), fc.string({ unit: 'binary' }), (text, other) => {
      expect(signer.verify('p', text, signer.sign('p', text))).toBe(true);
      expect(signer.verify('p', text, other)).toBe(false);
      if (other !== text) expect(signer.verify('p', other, signer.sign('p', text))).toBe(false);
    }),
  );
});
