import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { nanodetG416 } from '../../models/nanodet-g-416/model.js';
import { createSampler } from '../../models/sample.js';
import { WHOLE } from '../../src/domain/geometry.js';
import type { Picture } from '../../src/domain/picture.js';
import { readPicture } from '../../src/io/pictures/read-picture.js';
import { needs, testData } from '../support/test-data.js';
import { runGraph } from '../support/tfjs-interpreter.js';

/**
 * The converted network against the original graph, run by an interpreter that shares no code with the conversion.
 * That takes the better part of a minute, so what it gave is kept in the .reference.json beside this file:
 * UPDATE_REFERENCE=1 npx jest test/models/nanodet-g-416.test.ts makes it anew from models/.cache.
 */
interface Reference {
  readonly [picture: string]: {
    readonly [output: string]: {
      readonly shape: number[];
      readonly mean: number;
      /** `index:value` pairs. */
      readonly values: string;
    };
  };
}

const MODELS = resolve(__dirname, '../../models');
const FIXTURE = join(__dirname, 'nanodet-g-416.reference.json');
const converted = join(MODELS, nanodetG416.file);
const STREET = testData('suspicious/arda_crowd.jpg');

describe.each([
  ['drawn', [converted], async () => drawn()],
  ['street', [converted, STREET], () => readPicture(STREET)],
])('nanodet-g-416 on the %s picture', (name, files, picture) => {
  needs(files, 'run scripts/fetch-models.sh; for real pictures set CAMQUEUE_TEST_DATA')(
    'after conversion',
    () => {
      it(
        'gives what the original graph gives',
        async () => {
          const input = new Float32Array(3 * 416 * 416);
          createSampler(nanodetG416)(await picture(), WHOLE, input, nanodetG416);
          if (process.env['UPDATE_REFERENCE'] === '1') writeReference(name, input);
          const reference = (JSON.parse(readFileSync(FIXTURE, 'utf8')) as Reference)[name]!;

          const session = await InferenceSession.create(converted, { intraOpNumThreads: 1 });
          const results = await session.run({ input_1: new Tensor('float32', input, [1, 3, 416, 416]) });

          expect([...session.outputNames].sort()).toEqual(Object.keys(reference).sort());
          for (const [output, expected] of Object.entries(reference)) {
            const { dims, data } = results[output] as { dims: readonly number[]; data: Float32Array };
            expect([output, ...dims]).toEqual([output, ...expected.shape]);
            // Both compute in float32, in another order. One wrong weight or padding among 34 convolutions gives 0.01 or more.
            expect(Math.abs(meanOf(data) - expected.mean)).toBeLessThan(1e-3);
            const pairs = expected.values
              .split(' ')
              .map((pair) => pair.split(':').map(Number) as [number, number]);
            const worst = Math.max(...pairs.map(([index, value]) => Math.abs(data[index]! - value)));
            expect([output, worst < 3e-3 ? 'equal' : worst]).toEqual([output, 'equal']);
          }
        },
        process.env['UPDATE_REFERENCE'] === '1' ? 600_000 : 30_000,
      );
    },
  );
});

function writeReference(name: string, input: Float32Array): void {
  const [json, weights] = ['nanodet.json', 'nanodet.bin'].map((file) => join(MODELS, '.cache', file)) as [
    string,
    string,
  ];
  const outputs = runGraph(json, weights, { shape: [1, 3, 416, 416], data: input });
  let known: Reference = {};
  try {
    known = JSON.parse(readFileSync(FIXTURE, 'utf8')) as Reference;
  } catch {
    // The first one.
  }
  const entries = [...outputs].map(
    ([output, { shape, data }]) =>
      [output, { shape, mean: meanOf(data), values: worthChecking(data) }] as const,
  );
  writeFileSync(
    FIXTURE,
    `${JSON.stringify({ ...known, [name]: Object.fromEntries(entries) }, undefined, 2)}\n`,
  );
}

/** The highest values, and some from everywhere. */
function worthChecking(data: Float32Array | Float64Array): string {
  const all = Array.from(data, (value, index): [number, number] => [index, value]);
  const spread = all.filter((_, i) => i % Math.ceil(data.length / 150) === 0);
  const highest = all.toSorted((a, b) => b[1] - a[1]).slice(0, 60);
  return [...highest, ...spread].map(([index, value]) => `${index}:${Number(value.toFixed(5))}`).join(' ');
}

function meanOf(data: Float32Array | Float64Array): number {
  let sum = 0;
  for (const value of data) sum += value;
  return sum / data.length;
}

/** Waves of several lengths, in all colours. */
function drawn(): Picture {
  const data = new Uint8Array(416 * 416 * 3).map(
    (_, i) => 128 + 70 * Math.sin(i / 15_611) + 40 * Math.sin(i / 611) + 17 * Math.sin(i / 7),
  );
  return { width: 416, height: 416, format: 'rgb24', data };
}
