import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { handle } from '../../jobs/calibration-check/handler.js';
import { calibrationCheck } from '../../jobs/calibration-check/job.js';
import type { Outcome } from '../../jobs/define.js';
import type { Picture } from '../../src/domain/picture.js';
import { createCameras, parseCameraFile } from '../../src/io/camera-file.js';
import { createMemoryFrameRing } from '../../src/io/memory/frame-ring.js';
import { createPictures } from '../../src/io/pictures.js';
import { createSnapshotStore } from '../../src/io/snapshots.js';
import { clipFrame, greyPicture, movedPicture, PLAZA } from '../support/clip-frames.js';
import { runJob, testContext } from '../support/job-context.js';

const AT = 1_795_251_600_000;
const DAY = 86_400_000;
const [first, later] = [clipFrame(3), clipFrame(40)];
const elsewhere: Picture = { ...later, data: Uint8Array.from(later.data).reverse() };

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'camqueue-calibration-'))));
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Ports over a camera file; what the check asks for, night after night. */
function world(cameras: readonly object[] = [{ id: 'gate', source: 'a.mp4', calibration: PLAZA }]) {
  const frames = createMemoryFrameRing({ ringBytes: 1e6 });
  const ports = {
    frames,
    snapshots: createSnapshotStore(folder),
    pictures: createPictures(),
    cameras: createCameras(parseCameraFile(JSON.stringify({ cameras }), 'cameras.yaml', {})),
  };
  let night = 0;
  const look = async (picture?: Picture, camera = 'gate') => {
    const at = AT + night++ * DAY;
    if (picture) await frames.putLatest(camera, { at: at - 1000, frame: 1, picture });
    const context = testContext(ports, { now: () => at });
    const outcome = await runJob(calibrationCheck, handle, { at }, context);
    const alerts = context.followUps.map(({ payload }) => payload as Record<string, unknown>);
    return { states: statesOf(outcome), alerts, at };
  };
  return { ports, look };
}

const statesOf = (outcome: Outcome): unknown[] =>
  outcome.outcome === 'done' ? (outcome.result as { cameras: unknown[] }).cameras : [outcome];

it('the first picture is the reference; a camera that moved is told once, and once when it is right again', async () => {
  const { look } = world();
  expect(await look(first)).toMatchObject({
    states: [{ state: 'reference', kind: 'light-colour' }],
    alerts: [],
  });
  expect(await look(later)).toMatchObject({ states: [{ cameraId: 'gate', state: 'same' }], alerts: [] });

  const moved = movedPicture(later, { x: 0.03 });
  const night = await look(moved);
  expect(night.states).toMatchObject([{ state: 'moved', shiftPercent: expect.closeTo(3, 0) as number }]);
  expect(night.alerts).toMatchObject([
    {
      ...{
        id: `gate-calibration-drift-${night.at}`,
        cameraId: 'gate',
        kind: 'calibration-drift',
        phase: 'begin',
      },
      ...{
        severity: 'warning',
        summary: expect.stringMatching(/^gate has moved by (2\.9|3|3\.1) % of its picture/) as string,
      },
    },
  ]);
  expect((await look(moved)).alerts).toEqual([]);
  const back = await look(later);
  expect(back.alerts).toMatchObject([{ kind: 'calibration-drift', phase: 'end', cameraId: 'gate' }]);
  expect((await look(later)).alerts).toEqual([]);
});

it('calibrated anew: a new reference, and the warning ends', async () => {
  const before = world();
  await before.look(first);
  await before.look(movedPicture(later, { x: 0.03 }));
  const points = PLAZA.points.map(({ at: [x, y], ground }) => ({ at: [x + 0.02, y], ground }));
  const after = world([
    {
      id: 'gate',
      source: 'a.mp4',
      calibration: { points: points.map((p, i) => (i === 2 ? { ...p, at: [0.99, 0.45] } : p)) },
    },
  ]);
  const { states, alerts } = await after.look(movedPicture(later, { x: 0.03 }));
  expect(states).toMatchObject([{ state: 'reference' }]);
  expect(alerts).toMatchObject([{ phase: 'end' }]);
  expect((await after.look(movedPicture(first, { x: 0.03 }))).states).toMatchObject([{ state: 'same' }]);
});

it('day and night have references of their own, and the night takes back nothing that the day showed', async () => {
  const { look } = world();
  await look(first);
  expect((await look(greyPicture(first, 0.35))).states).toMatchObject([
    { state: 'reference', kind: 'dark-grey' },
  ]);
  await look(movedPicture(later, { x: 0.03 }));
  expect(await look(greyPicture(later, 0.35))).toMatchObject({ states: [{ state: 'same' }], alerts: [] });
  const files = await readdir(join(folder, 'calibration', 'gate'));
  expect(files.filter((name) => name.endsWith('.jpg'))).toHaveLength(2);
});

it('a scene that is not found again may be fog; three times in a row it is not', async () => {
  const { look } = world();
  await look(first);
  const [one, two, three] = [await look(elsewhere), await look(elsewhere), await look(elsewhere)];
  expect([one, two].map(({ alerts }) => alerts)).toEqual([[], []]);
  expect(one.states).toMatchObject([
    { state: 'unlike', reason: 'the scene was not found again, 1 times in a row' },
  ]);
  expect(three.alerts).toMatchObject([
    { phase: 'begin', summary: expect.stringContaining('shows nothing of what it showed') as string },
  ]);
});

it('no picture, an old one, a dark one, a camera that is off: skipped, each with its reason', async () => {
  const calibrated = { source: 'a.mp4', calibration: PLAZA };
  const { ports, look } = world([
    { id: 'none', ...calibrated },
    { id: 'old', ...calibrated },
    { id: 'dark', ...calibrated },
    { id: 'off', ...calibrated, enabled: false },
    { id: 'plain', source: 'b.mp4' },
    { id: 'good', ...calibrated },
  ]);
  await ports.frames.putLatest('old', { at: AT - 2 * DAY, frame: 1, picture: first });
  await ports.frames.putLatest('dark', {
    at: AT,
    frame: 1,
    picture: { ...first, data: new Uint8Array(first.data.length) },
  });
  expect((await look(first, 'good')).states).toEqual([
    { cameraId: 'none', state: 'skipped', reason: 'it has given no picture yet' },
    {
      cameraId: 'old',
      state: 'skipped',
      reason: `its newest picture is of ${new Date(AT - 2 * DAY).toISOString()}`,
    },
    {
      cameraId: 'dark',
      state: 'skipped',
      reason: 'its newest picture shows too little to compare: dark, covered or in fog',
    },
    { cameraId: 'off', state: 'skipped', reason: 'it is switched off' },
    { cameraId: 'good', state: 'reference', kind: 'light-colour' },
  ]);
});

it('one camera that fails does not keep the others from being looked at; the job fails, naming it', async () => {
  const calibrated = { source: 'a.mp4', calibration: PLAZA };
  const { ports } = world([
    { id: 'bad', ...calibrated },
    { id: 'good', ...calibrated },
  ]);
  for (const id of ['bad', 'good']) await ports.frames.putLatest(id, { at: AT, frame: 1, picture: first });
  const frames = {
    ...ports.frames,
    latest: async (id: string) => {
      if (id === 'bad') throw new Error('the connection was lost');
      return ports.frames.latest(id);
    },
  };
  const context = testContext({ ...ports, frames });
  await expect(runJob(calibrationCheck, handle, { at: AT }, context)).rejects.toThrow(
    '1 of 2 cameras could not be checked: bad: the connection was lost',
  );
  expect(await readdir(join(folder, 'calibration'))).toEqual(['good']);
});

it('cut off before it was remembered, the same slot enqueues the same alert', async () => {
  const { ports, look } = world();
  await look(first);
  await ports.frames.putLatest('gate', { at: AT, frame: 2, picture: movedPicture(later, { y: 0.03 }) });
  const full = {
    ...ports,
    snapshots: { ...ports.snapshots, put: () => Promise.reject(new Error('disk full')) },
  };
  const cut = testContext(full);
  await expect(runJob(calibrationCheck, handle, { at: AT + 5 }, cut)).rejects.toThrow('disk full');
  const again = testContext(ports);
  await runJob(calibrationCheck, handle, { at: AT + 5 }, again);
  expect(again.followUps.map(({ id }) => id)).toEqual(cut.followUps.map(({ id }) => id));
  expect(again.followUps).toHaveLength(1);
});
