import { isPoorViewOf } from '../../../src/domain/plates/same-passage.js';
import { fuse } from '../../../src/domain/plates/read-plate.js';
import { isFullyRead, passageOfSight } from '../../../src/domain/plates/whose-plate.js';
import type { PlateReading } from '../../../src/domain/plates/reading.js';
import { grammars, sightOf } from '../../support/plate-sights.js';

const AT = 1_795_251_600_000;
const reading = (text: string, p = 0.97): PlateReading =>
  fuse(
    [{ sight: sightOf(text, p < 0.9 ? { p, sharpness: 0.3, charHeightPx: 16 } : { p }), at: AT }],
    grammars,
  )!;
const passage = (text: string, p = 0.97, lastAt = AT) => ({
  ...{ cameraId: 'gate', firstAt: AT, lastAt, reading: reading(text, p), state: 'final' as const },
});

describe('the passage of a sight', () => {
  it.each<[what: string, known: string, knownP: number, seen: string, seenP: number, same: boolean]>([
    ['the same', '59-V1/074.73', 0.97, '59-V1/074.73', 0.97, true],
    ['both sure, a digit apart', '59-V1/074.73', 0.97, '59-V1/074.74', 0.97, false],
    ['both sure, look-alikes', '59-V1/074.71', 0.97, '59-V1/074.77', 0.97, false],
    ['seen badly, a digit apart', '59-V1/074.73', 0.97, '59-V1/074.75', 0.6, true],
    ['seen badly, look-alikes', '59-V1/074.73', 0.97, '59-V1/074.78', 0.6, true],
    ['known badly, a digit apart', '59-V1/074.73', 0.6, '59-V1/074.75', 0.97, true],
    ['both badly, two apart', '59-V1/074.73', 0.6, '59-V1/034.75', 0.6, true],
    ['seen badly, two apart', '59-V1/074.73', 0.97, '59-V1/094.76', 0.6, false],
    ['another one', '59-V1/074.73', 0.6, '51G-394.66', 0.6, false],
  ])('%s', (_what, known, knownP, seen, seenP, same) => {
    const one = passage(known, knownP);
    expect(passageOfSight(reading(seen, seenP), AT + 100, [one], 60_000)).toBe(same ? one : undefined);
  });

  it.each([
    [60_000, true],
    [60_001, false],
    [-60_000, true],
    [-60_001, false],
  ])('%d ms after it, within a window of 60 s: %s', (afterMs, same) => {
    const one = passage('59-V1/074.73');
    expect(passageOfSight(one.reading, AT + afterMs, [one], 60_000)).toBe(same ? one : undefined);
  });

  it('is the nearest in text, then the newest', () => {
    const near = passage('59-V1/074.75', 0.6);
    const [older, newer] = [passage('59-V1/074.73'), passage('59-V1/074.73', 0.97, AT + 50)];
    for (const known of [
      [near, older, newer],
      [newer, older, near],
    ])
      expect(passageOfSight(older.reading, AT + 100, known, 60_000)).toBe(newer);
  });

  it('is by what a person said of it, if one did', () => {
    const said = { text: '51G-394.66', key: '51G39466', by: 'lan', at: AT };
    const one = { ...passage('59-V1/074.73'), review: said };
    expect(passageOfSight(reading('51G-394.66'), AT, [one], 60_000)).toBe(one);
    expect(passageOfSight(reading('59-V1/074.73'), AT, [one], 60_000)).toBeUndefined();
  });
});

it.each<[what: string, poor: string, afterMs: number, same: boolean]>([
  ['cut off in front', '074.73', 1000, true],
  ['a piece of another one', '394.66', 1000, false],
  ['two characters wrong', '59-V1/024.75', 1000, true],
  ['long after', '074.73', 60_000, false],
])('a poor view of a sure plate: %s', (_what, poor, afterMs, same) => {
  const sure = passage('59-V1/074.73');
  const unsure = { ...passage(poor, 0.6), firstAt: AT + afterMs, lastAt: AT + afterMs };
  expect(isPoorViewOf(unsure, sure, 5000)).toBe(same);
  expect(isPoorViewOf(sure, unsure, 5000)).toBe(false);
});

it('what is sure, said by a person, or does not become sure, needs no more sights', () => {
  const [sure, unsure] = [passage('59-V1/074.73'), passage('59-V1/074.73', 0.6)];
  const review = { text: 'x', key: 'X', by: 'lan', at: AT };
  expect(isFullyRead(sure, 1)).toBe(true);
  expect(isFullyRead({ ...sure, state: 'open' }, 1)).toBe(false);
  expect(isFullyRead(unsure, 1)).toBe(false);
  expect(isFullyRead(unsure, 100)).toBe(true);
  expect(isFullyRead({ ...unsure, review }, 1)).toBe(true);
});
