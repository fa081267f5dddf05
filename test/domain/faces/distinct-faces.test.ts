import { distinctFaces } from '../../../src/domain/faces/distinct-faces.js';
import { unitBox } from '../../../src/domain/geometry.js';

const face = (score: number, x: number, y: number, width: number, height: number) => ({
  score,
  box: unitBox(x, y, width, height),
});

it.each([
  ['two looks saw the same face', [face(0.5, 0.1, 0.1, 0.1, 0.1), face(0.9, 0.11, 0.11, 0.1, 0.1)], [0.9]],
  [
    'a look cut a face off: its part lies within',
    [face(0.9, 0.1, 0.1, 0.2, 0.2), face(0.6, 0.15, 0.2, 0.1, 0.1)],
    [0.9],
  ],
  [
    'a patch around a face that was seen better',
    [face(0.4, 0, 0, 0.5, 0.5), face(0.9, 0.2, 0.2, 0.1, 0.1)],
    [0.9],
  ],
  ['two faces side by side', [face(0.4, 0.1, 0.1, 0.1, 0.1), face(0.9, 0.18, 0.1, 0.1, 0.1)], [0.9, 0.4]],
  ['one half behind another', [face(0.8, 0.1, 0.1, 0.1, 0.1), face(0.9, 0.15, 0.08, 0.1, 0.1)], [0.9, 0.8]],
  ['none', [], []],
])('%s', (_, faces, scores) => {
  expect(distinctFaces(faces).map(({ score }) => score)).toEqual(scores);
});
