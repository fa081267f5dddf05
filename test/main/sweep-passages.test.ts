import { NO_FRAMES } from '../../src/domain/frame.js';
import type { Passage } from '../../src/domain/plates/passage.js';
import { newScene, type SceneState } from '../../src/domain/scene.js';
import { newTrack } from '../../src/domain/track.js';
import { unitBox } from '../../src/domain/geometry.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { sweepPassages } from '../../src/main/sweep-passages.js';
import { silentLog } from '../support/test-queue.js';

const NOW = 1_795_251_600_000;
const BORN = NOW - 300_000;
const left = { id: `gate-7-${BORN}`, cameraId: 'gate', trackId: 7, lastAt: BORN + 5000 } as Passage;

/** @param beatAt when the camera's sampler wrote last; @param trackId what is still followed */
async function sweep(
  beatAt: number | undefined,
  trackId: number,
  passages: Passage[] = [left],
  more: Partial<SceneState> = {},
) {
  const states = createMemoryCameraStates();
  if (beatAt !== undefined) await states.putSource('gate', { status: 'ok', since: BORN, pass: 1, beatAt });
  const { epoch } = await states.begin('gate');
  const track = newTrack({ label: 'car', score: 1, box: unitBox(0, 0, 1, 1) }, 2, BORN, 0);
  const scene = { ...newScene(), tracks: [{ ...track, id: trackId }], ...more };
  const cursor = { pass: 1, seq: 1, gated: 0, frame: 1, at: NOW };
  await states.commit('gate', epoch, { cursor, scene, counts: NO_FRAMES }, NO_FRAMES);
  const asked: [id: string, payload: unknown][] = [];
  const count = await sweepPassages({
    passages: { open: async ({ lastBefore }) => passages.filter(({ lastAt }) => lastAt < lastBefore) },
    states,
    finish: async (payload, id) => asked.push([id, payload]),
    log: silentLog,
    now: () => NOW,
  });
  expect(asked).toHaveLength(count);
  return asked;
}

it.each<[what: string, beatAt: number | undefined, trackId: number, finished: number]>([
  ['its vehicle is still followed', NOW - 1000, 7, 0],
  ['its vehicle is followed no more', NOW - 1000, 8, 1],
  ['nobody reads the camera any more', NOW - 3_600_000, 7, 1],
  ['nobody ever did', undefined, 7, 1],
])('an open passage: %s', async (_what, beatAt, trackId, finished) => {
  expect(await sweep(beatAt, trackId)).toHaveLength(finished);
});

it.each<[what: string, visit: object | undefined, finished: number]>([
  ['the visit goes on, and it was seen a moment ago', { movedAt: BORN + 20_000 }, 0],
  ['the visit goes on without it', { movedAt: NOW }, 1],
  ['the visit is over', { movedAt: BORN + 5000, over: true }, 1],
  ['there is no visit any more', undefined, 1],
])('an open passage of whole pictures: %s', async (_what, visit, finished) => {
  const seen = { id: `gate-visit-${BORN}-${BORN}-1`, cameraId: 'gate', lastAt: BORN + 5000 } as Passage;
  const whole = visit && { bornAt: BORN, looks: 1, used: 1, movedAt: BORN, ...visit };
  const asked = await sweep(NOW - 1000, 8, [seen], whole ? { visit: whole } : {});
  expect(asked).toHaveLength(finished);
  if (finished)
    expect(asked[0]![1]).toMatchObject({
      kind: 'visit-end',
      bornAt: BORN,
      at: BORN + 5000,
      why: 'left-open',
    });
});

it('is finished under an id that every replica gives it', async () => {
  const [job] = await sweep(undefined, 8);
  expect(job![0]).toMatch(/^gate-7-\d+-left-open-\d+$/);
  expect(job![1]).toMatchObject({ kind: 'finish', trackId: 7, bornAt: BORN, why: 'left-open' });
});

it('a young one is left alone', async () => {
  expect(await sweep(undefined, 8, [{ ...left, lastAt: NOW - 1000 }])).toEqual([]);
});
