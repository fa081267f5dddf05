import { handle } from '../../jobs/traffic-flow/handler.js';
import { trafficFlow } from '../../jobs/traffic-flow/job.js';
import type { CameraEvent } from '../../src/domain/events.js';
import { NO_FRAMES } from '../../src/domain/frame.js';
import { newScene } from '../../src/domain/scene.js';
import { PermanentError } from '../../src/errors.js';
import { createCameras, parseCameraFile } from '../../src/io/camera-file.js';
import { createMemoryCameraStates } from '../../src/io/memory/camera-states.js';
import { createEventStore } from '../../src/io/sql/event-store.js';
import { createFlowReports } from '../../src/io/sql/flow-reports.js';
import { createGapStore } from '../../src/io/sql/gap-store.js';
import type { Ports } from '../../src/ports.js';
import { onBothDatabases, type TestDatabases } from '../support/databases.js';
import { runJob, testContext } from '../support/job-context.js';

const HOUR = 3_600_000;
const time = (text: string): number => Date.parse(text);
/** A day of 25 hours in Berlin. */
const MIDNIGHT = time('2026-10-24T22:00Z');
const NOW = time('2026-10-26T12:00Z');

let cameraNumber = 0;

onBothDatabases('traffic-flow', (databases: TestDatabases) => {
  async function bench(options: { timeZone?: string; camera?: string } = {}) {
    const database = await databases.shared();
    // Cameras of their own: the tests share a database.
    const [id, other] = [`gate-${++cameraNumber}`, `gate-${++cameraNumber}`];
    const file = parseCameraFile(
      `
site: { timeZone: ${options.timeZone ?? 'Europe/Berlin'} }
recipients: [{ id: chief, email: chief@example.com }, { id: guard, phone: '+84901234567' }]
reports: [{ every: hour, to: [chief] }]
cameras:
  - { id: ${id}, source: a.mp4, lines: [{ id: door, from: [0, 0.5], to: [1, 0.5] }] ${options.camera ?? ''} }
  - { id: ${other}, source: b.mp4, lines: [{ id: door, from: [0, 0.5], to: [1, 0.5] }] }
  - { id: yard, source: c.mp4 }
`,
      'cameras.yaml',
      {},
    );
    const ports = {
      cameras: createCameras(file),
      events: createEventStore(database),
      flowReports: createFlowReports(database),
      gaps: createGapStore(database),
      states: createMemoryCameraStates(),
    };
    /** The camera was read in that hour. */
    const wasRead = async (cameraId: string, at: number): Promise<void> => {
      const { epoch } = await ports.states.begin(cameraId);
      const counts = { ...NO_FRAMES, captured: 10, gated: 10 };
      const cursor = { pass: 1, seq: 10, gated: 10, frame: 10, at };
      await ports.states.commit(cameraId, epoch, { cursor, scene: newScene(), counts }, counts);
    };
    await wasRead(id, MIDNIGHT - 2 * HOUR);
    await ports.states.putSource(id, {
      ...{ status: 'ok', since: MIDNIGHT - 2 * HOUR, pass: 1, beatAt: NOW + 24 * HOUR },
    });
    const run = (
      payload: Parameters<typeof runJob<typeof trafficFlow, FlowPorts>>[2],
      at = NOW,
      with_ = ports,
    ) => {
      const context = testContext(with_, { now: () => at });
      const outcome = runJob(trafficFlow, handle, payload, context);
      return { context, outcome };
    };
    const list = (from: number, to: number, granularity: 'hour' | 'day' = 'hour') =>
      ports.flowReports.list({ cameraId: id, granularity, from, to, limit: 100 });
    return { id, other, ports, run, list, wasRead };
  }
  type FlowPorts = 'cameras' | 'events' | 'flowReports' | 'states' | 'gaps';

  const crossing = (cameraId: string, at: number, trackId: number): CameraEvent => ({
    ...{ type: 'crossing', id: `${cameraId}-${at}-door-${trackId}`, cameraId, at, trackId },
    ...{ class: 'car', line: 'door', direction: 'in', speedKmh: 40 },
  });
  const minute = (cameraId: string, at: number, level: 'free' | 'standstill'): CameraEvent => ({
    ...{ type: 'flow', id: `${cameraId}-${at}-flow`, cameraId, at, level },
    ...{
      watchedMs: 60_000,
      presentMs: { car: 120_000 },
      standingMs: 0,
      lengths: 1,
      metres: 0,
      measuredMs: 0,
    },
  });

  test('a day of 25 hours: its hours add up to it, each with what it counted', async () => {
    const { id, ports, run, list } = await bench();
    const hours = Array.from({ length: 25 }, (_, i) => MIDNIGHT + i * HOUR);
    // One more in each hour; and one on each side of the day.
    await ports.events.add([
      ...hours.flatMap((at, i) =>
        Array.from({ length: i + 1 }, (_, n) => crossing(id, at + n * 1000, n + 1)),
      ),
      crossing(id, MIDNIGHT - 1, 99),
      crossing(id, MIDNIGHT + 25 * HOUR, 99),
      ...[3, 4].map((n) => minute(id, hours[2]! + n * 60_000, 'standstill')),
    ]);
    const asked = { cameraId: id, from: MIDNIGHT, to: MIDNIGHT + 25 * HOUR };
    const hourly = run({ ...asked, granularity: 'hour' });
    expect(await hourly.outcome).toEqual({
      outcome: 'done',
      result: { cameras: 1, windows: 25, computed: 25, unchanged: 0 },
    });
    expect(hourly.context.progressed.at(-1)).toBe(1);
    expect((await list(MIDNIGHT, NOW)).map(({ crossings }) => crossings)).toEqual(hours.map((_, i) => i + 1));
    await run({ ...asked, granularity: 'day' }).outcome;
    const [day, ...more] = await list(MIDNIGHT, NOW, 'day');
    expect(more).toEqual([]);
    expect(day).toMatchObject({
      from: MIDNIGHT,
      to: MIDNIGHT + 25 * HOUR,
      crossings: 325,
      byClass: { car: 325 },
    });
    expect(day!.series.map((part) => part.in)).toEqual(hours.map((_, i) => i + 1));
    expect(day!.speed).toMatchObject({ known: 325, mean: 40, p85: 40 });
    expect(day!.congestion).toEqual({
      worst: 'standstill',
      minutes: { free: 1498, dense: 0, congested: 0, standstill: 2 },
    });
    expect(day).toMatchObject({ watched: 1, notes: ['not-calibrated', 'not-judged'] });
  });

  test('a day in Vietnam begins at 17:00 UTC', async () => {
    const { id, ports, run, list } = await bench({ timeZone: 'Asia/Ho_Chi_Minh' });
    const begin = time('2026-10-23T17:00Z');
    await ports.events.add([
      crossing(id, begin - 1, 1),
      crossing(id, begin, 2),
      crossing(id, begin + 24 * HOUR, 3),
    ]);
    await run({ cameraId: id, from: begin, to: begin + 1, granularity: 'day' }).outcome;
    expect(await list(begin - 48 * HOUR, NOW, 'day')).toMatchObject([
      { from: begin, to: begin + 24 * HOUR, crossings: 1 },
    ]);
  });

  test('what came late is computed again, what did not change stays as it was', async () => {
    const { id, ports, run, list } = await bench();
    const asked = { cameraId: id, from: MIDNIGHT, to: MIDNIGHT + 3 * HOUR, granularity: 'hour' as const };
    await ports.events.add([crossing(id, MIDNIGHT + 1000, 1), crossing(id, MIDNIGHT + HOUR, 2)]);
    await run(asked).outcome;
    const before = await list(MIDNIGHT, NOW);
    // The same again, an hour later: nothing is written.
    const again = run({ ...asked, onlyLate: false }, NOW + HOUR);
    expect(await again.outcome).toMatchObject({ result: { computed: 0, unchanged: 3 } });
    expect(await list(MIDNIGHT, NOW)).toEqual(before);

    await ports.events.add([crossing(id, MIDNIGHT + 2000, 7)]);
    const late = run({ ...asked, onlyLate: true }, NOW + 2 * HOUR);
    expect(await late.outcome).toMatchObject({ result: { computed: 1, unchanged: 2 } });
    const [first, ...others] = await list(MIDNIGHT, NOW);
    expect(first).toMatchObject({ crossings: 2, computedAt: NOW + 2 * HOUR });
    expect(others).toEqual(before.slice(1));
  });

  test('a report whose events have been removed is not emptied', async () => {
    const { id, ports, run, list } = await bench();
    const asked = { cameraId: id, from: MIDNIGHT, to: MIDNIGHT + HOUR, granularity: 'hour' as const };
    await ports.events.add([crossing(id, MIDNIGHT, 1)]);
    await run(asked).outcome;
    await ports.events.removeBefore(MIDNIGHT + 1, new AbortController().signal);
    expect(await run(asked).outcome).toMatchObject({ result: { computed: 0, unchanged: 1 } });
    expect(await list(MIDNIGHT, NOW)).toMatchObject([{ crossings: 1 }]);
  });

  test('an hour that is not over is unfinished, and completed by the next run', async () => {
    const { id, ports, run, list } = await bench();
    const asked = { cameraId: id, from: MIDNIGHT, to: MIDNIGHT + 1, granularity: 'hour' as const };
    await run(asked, MIDNIGHT + HOUR / 2).outcome;
    expect(await list(MIDNIGHT, NOW)).toMatchObject([
      { watched: 0.5, notes: ['not-calibrated', 'not-judged', 'unfinished'] },
    ]);
    await ports.gaps.begin({
      ...{
        cameraId: id,
        track: 'analysis',
        from: MIDNIGHT + HOUR / 2,
        to: MIDNIGHT + 0.75 * HOUR,
        cause: 'camera',
      },
    });
    await run({ ...asked, onlyLate: true }).outcome;
    expect(await list(MIDNIGHT, NOW)).toMatchObject([
      { watched: 0.75, notes: ['not-calibrated', 'not-judged', 'not-watched'] },
    ]);
  });

  test('the same hour of the weeks before', async () => {
    const { id, ports, run, list } = await bench({ camera: ', flow: {}' });
    const week = 7 * 24 * HOUR;
    // The clocks went back in between: the hour from 8 is at another UTC hour.
    const [then, eight] = [time('2026-10-19T06:00Z'), time('2026-10-26T07:00Z')];
    await ports.events.add([
      crossing(id, then + 5, 1),
      crossing(id, eight + 5, 2),
      crossing(id, then - week, 3),
    ]);
    for (const from of [then - week, then, eight])
      await run({ cameraId: id, from, to: from + 1, granularity: 'hour' }).outcome;
    const [report] = await list(eight, eight + 1);
    expect(report!.before).toEqual([
      { from: then, crossings: 1, meanKmh: 40 },
      { from: then - week, crossings: 1, meanKmh: 40 },
    ]);
  });

  test('each recipient gets each report once, however often the job runs', async () => {
    const { id, run } = await bench();
    const asked = {
      ...{ cameraId: id, from: MIDNIGHT, to: MIDNIGHT + 2 * HOUR, granularity: 'hour' as const },
      email: ['chief', 'chief'],
    };
    const first = run(asked);
    await first.outcome;
    // Killed before it was done: it runs again, later.
    const second = run(asked, NOW + 60_000);
    await second.outcome;
    expect(first.context.followUps.map(({ queue, payload }) => [queue, payload])).toEqual(
      [0, 1].map((n) => [
        'report',
        {
          ...{ cameraId: id, granularity: 'hour', from: MIDNIGHT + n * HOUR },
          ...{ recipient: 'chief', computedAt: NOW },
        },
      ]),
    );
    expect(second.context.followUps.map((job) => job.id)).toEqual(
      first.context.followUps.map((job) => job.id),
    );
  });

  test('one camera that fails stops no other, and the job fails', async () => {
    const { id, other, ports, run } = await bench();
    const events: Ports['events'] = {
      ...ports.events,
      eachCrossing: (filter) => {
        if (filter.cameraIds?.includes(id)) throw new Error('the disk is gone');
        return ports.events.eachCrossing(filter);
      },
    };
    const asked = { from: MIDNIGHT, to: MIDNIGHT + HOUR, granularity: 'hour' as const };
    const { outcome, context } = run(asked, NOW, { ...ports, events });
    await expect(outcome).rejects.toThrow(`1 of 2 cameras failed: ${id}: the disk is gone`);
    await expect(outcome).rejects.not.toBeInstanceOf(PermanentError);
    expect(await ports.flowReports.get(other, 'hour', MIDNIGHT)).toBeDefined();
    expect(context.progressed.at(-1)).toBe(1);
    // Another try has nothing to do for the other camera.
    expect(await run(asked).outcome).toMatchObject({ result: { cameras: 2, computed: 1, unchanged: 1 } });
  });

  test('where the cameras’ states are lost, what was counted says how long somebody looked', async () => {
    const { other, ports, run } = await bench();
    await ports.events.add([
      crossing(other, MIDNIGHT + HOUR / 4, 1),
      crossing(other, MIDNIGHT + HOUR / 2, 2),
    ]);
    await run({ cameraId: other, from: MIDNIGHT, to: MIDNIGHT + 1, granularity: 'hour' }).outcome;
    expect(await ports.flowReports.get(other, 'hour', MIDNIGHT)).toMatchObject({
      crossings: 2,
      watched: 0.25,
    });
  });

  test('the newest window goes to whom the camera file orders it for, once', async () => {
    const { id, run } = await bench();
    const asked = {
      cameraId: id,
      from: MIDNIGHT,
      to: MIDNIGHT + 2 * HOUR,
      onlyLate: true,
      ordered: true,
    } as const;
    for (let time = 0; time < 2; time += 1) {
      // The second run finds the report computed, as one after a crash does: it asks for the same e-mail.
      const { outcome, context } = run({ ...asked, granularity: 'hour' });
      await outcome;
      expect(context.followUps.map(({ payload }) => payload)).toEqual([
        { cameraId: id, granularity: 'hour', from: MIDNIGHT + HOUR, recipient: 'chief', computedAt: NOW },
      ]);
    }
    const daily = run({ ...asked, granularity: 'day' });
    await daily.outcome;
    expect(daily.context.followUps).toEqual([]);
  });

  test('told to stop, it stops', async () => {
    const { id, ports } = await bench();
    const context = testContext(ports, {
      signal: AbortSignal.abort(new Error('shutting down')),
      now: () => NOW,
    });
    const asked = { cameraId: id, from: MIDNIGHT, to: MIDNIGHT + HOUR, granularity: 'hour' as const };
    await expect(runJob(trafficFlow, handle, asked, context)).rejects.toThrow('shutting down');
  });

  it.each<[what: string, payload: object, message: string | RegExp]>([
    ['a camera nobody knows', { cameraId: 'gate-99x' }, 'camera "gate-99x" is not in the camera file'],
    ['a camera without lines', { cameraId: 'yard' }, 'camera "yard" has no lines'],
    [
      'the future',
      { from: NOW + HOUR, to: NOW + 2 * HOUR },
      /the hour from 2026-10-26T13:00:00.000Z has not happened yet/,
    ],
    [
      'reaching into it',
      { from: NOW - HOUR, to: NOW + 2 * HOUR },
      /from 2026-10-26T12:00:00.000Z has not happened yet/,
    ],
    ['no window', { from: MIDNIGHT + 1, to: MIDNIGHT + 2 }, 'no hour begins'],
    ['too many windows', { from: 1 }, 'more than 1000 windows (hour)'],
    ['a recipient nobody knows', { email: ['boss'] }, 'there is no recipient "boss"; there are chief, guard'],
    ['a recipient without an address', { email: ['guard'] }, 'recipient "guard" has no e-mail address'],
    [
      'too many e-mails',
      { from: MIDNIGHT - 60 * HOUR, email: ['chief'] },
      'would get 122 reports, at most 50',
    ],
  ])('%s is refused for good', async (_what, wrong, message) => {
    const { run } = await bench();
    const asked = { from: MIDNIGHT, to: MIDNIGHT + HOUR, granularity: 'hour' as const, ...wrong };
    const { outcome, context } = run(asked);
    await expect(outcome).rejects.toThrow(message);
    await expect(outcome).rejects.toBeInstanceOf(PermanentError);
    expect(context.followUps).toEqual([]);
  });
});
