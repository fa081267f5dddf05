import { record } from '../../jobs/motion/record.js';
import { createCameras, parseCameraFile } from '../../src/io/camera-file.js';
import type { RingEntry } from '../../src/domain/frame.js';
import type { Overlay } from '../../src/domain/overlay.js';
import { unitBox, type UnitBox } from '../../src/domain/geometry.js';
import { newScene, type SceneEvent } from '../../src/domain/scene.js';
import { COUNTED_CAMERAS } from '../support/counted-cameras.js';
import { testContext } from '../support/job-context.js';

const AT = 1_795_251_600_000;

/** Records events of one frame. @returns what was written, drawn and enqueued, in order */
async function recorded(cameraId: string, events: readonly SceneEvent[], yaml = COUNTED_CAMERAS) {
  const cameras = createCameras(parseCameraFile(yaml, 'test', {}));
  const steps: string[] = [];
  const drawn: { crop?: UnitBox; overlay?: Overlay }[] = [];
  const ctx = testContext(
    {
      cameras,
      events: {
        ...{ get: async () => undefined, list: async () => [], crossings: async () => [] },
        ...{ removeBefore: async () => 0, eachCrossing: async function* () {} },
        add: async (stored) => void steps.push(`stored ${stored.map(({ type }) => type).join(' ')}`),
      },
      snapshots: {
        put: async () => undefined,
        get: async () => undefined,
        removeBefore: async () => 0,
      },
      pictures: {
        inspect: async () => ({ format: 'jpeg', width: 1, height: 1 }),
        read: async () => ({ width: 1, height: 1, format: 'rgb24', data: new Uint8Array(3) }),
        jpeg: async (_, options = {}) => {
          drawn.push(options);
          return Buffer.from('jpeg');
        },
      },
    },
    { onEnqueue: (queue) => void steps.push(`rang ${queue}`) },
  );
  const camera = cameras.get(cameraId);
  const entry: RingEntry = {
    ...{ cameraId, pass: 1, seq: 1, gated: 0, kind: 'moved', frame: 1, at: AT, sampledAt: AT, regions: [] },
    picture: { width: 2, height: 2, format: 'i420', data: new Uint8Array(6) },
  };
  await record({ camera, config: { ...camera, timeZone: 'UTC' }, scene: newScene(), events, entry }, ctx);
  return { steps, drawn, followUps: ctx.followUps };
}
const over = (line: string, trackId: number): SceneEvent => ({
  ...{ type: 'crossing', at: AT, line, direction: 'in', trackId, class: 'car' },
  ...{
    box: unitBox(0.5, 0.4, 0.1, 0.2),
    trace: [
      [0.1, 0.3, AT - 2000],
      [0.55, 0.64, AT],
    ],
  },
});

test('the areas whose gates were crossed are counted again, each once, after the crossings are stored', async () => {
  const { steps, followUps } = await recorded('gate-1', [over('lane', 1), over('lane', 2)]);
  expect(steps).toEqual(['stored crossing crossing', 'rang occupancy']);
  expect(followUps.map(({ payload }) => payload)).toEqual([{ area: 'park' }]);
  expect((await recorded('hall', [over('door', 1)])).followUps.map(({ payload }) => payload)).toEqual([
    { area: 'hall' },
  ]);
});

test('nobody is rung for a line that is no gate, or for anything but a crossing', async () => {
  const yaml = `
areas: [ { id: park, gates: [ { camera: a, line: lane } ] } ]
cameras: [ { id: a, source: x, lines: [ { id: lane, from: [0, 0], to: [1, 1] }, { id: other, from: [0, 1], to: [1, 0] } ] } ]`;
  const { steps } = await recorded('a', [over('other', 1), { type: 'motion', phase: 'end', at: AT }], yaml);
  expect(steps).toEqual(['stored crossing motion']);
});

test('a crossing’s picture shows the whole way it came; too many in a zone show the whole scene', async () => {
  const threshold = { type: 'threshold', at: AT, zone: 'z', count: 4, limit: 3 } as const;
  const { drawn } = await recorded('gate-1', [
    over('lane', 1),
    { ...threshold, phase: 'begin' },
    { ...threshold, phase: 'end' },
  ]);
  expect(drawn).toHaveLength(2);
  const { x, y, width, height } = drawn[0]?.crop ?? unitBox(0, 0, 0, 0);
  expect([x, y]).toEqual([expect.closeTo(0.06), expect.closeTo(0.26)]);
  expect([x + width, y + height]).toEqual([expect.closeTo(0.65), expect.closeTo(0.68)]);
  expect(drawn[1]?.overlay).toBeDefined();
});
