import { keptProgress, progressOf } from '../../queues/progress.js';

it.each<[number, number | undefined, object]>([
  [0, undefined, { progress: 0 }],
  [0.4217, 65_400, { progress: 42.2, left: '1 min 5 s', leftMs: 65_400 }],
  [1.5, -3, { progress: 100, left: '0 s', leftMs: 0 }],
  [-1, NaN, { progress: 0 }],
])('%d with %s left is stored as Bull Board draws it', (fraction, leftMs, stored) => {
  expect(keptProgress(fraction, leftMs)).toEqual(stored);
});

it.each<[unknown, object]>([
  [
    { progress: 42.5, left: '8 s', leftMs: 8000 },
    { progress: 0.425, leftMs: 8000 },
  ],
  [0.5, { progress: 0.5 }],
  ['half', { progress: 0 }],
  [{}, { progress: 0 }],
  [false, { progress: 0 }],
])('%j is read as %j', (stored, progress) => {
  expect(progressOf(stored)).toEqual(progress);
});
