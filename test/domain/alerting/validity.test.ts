import { isState, reasonToSuppress } from '../../../src/domain/alerting/validity.js';
import { Camera } from '../../../src/domain/camera.js';
import type { CameraStatus } from '../../../src/domain/events.js';

const timeZone = 'Asia/Ho_Chi_Minh';
const at = (local: string): number => Date.parse(`2026-11-21T${local}+07:00`);
const polygon = [
  [0, 0],
  [1, 0],
  [1, 1],
];
const camera = Camera.parse({
  ...{ id: 'gate-1', source: 'x', alerts: { schedule: '18:00-06:00' } },
  zones: [
    { id: 'yard', polygon, kind: 'restricted', schedule: '22:00-05:00' },
    { id: 'road', polygon },
  ],
});
const none = { camera, timeZone, maintenances: [] };

it.each<[kind: string, subject: string | undefined, local: string, why: RegExp | undefined]>([
  ['intrusion', 'road', '20:00', undefined],
  ['intrusion', 'road', '12:00', /camera's alerts count \(18:00-06:00\)/],
  ['intrusion', undefined, '12:00', /camera's alerts count/],
  ['intrusion', 'yard', '23:00', undefined],
  ['intrusion', 'yard', '20:00', /zone yard is armed \(22:00-05:00\)/],
  ['plate-deny', 'a-mark', '20:00', undefined],
  // About the camera itself: always.
  ['tamper', undefined, '12:00', undefined],
  ['camera-down', undefined, '12:00', undefined],
])('%s of %s at %s: %s', (kind, subject, local, why) => {
  const reason = reasonToSuppress({ cameraId: 'gate-1', kind, subject, at: at(local) }, none);
  if (why) expect(reason).toMatch(why);
  else expect(reason).toBeUndefined();
});

it('a camera without a schedule, and the system, are always armed', () => {
  const open = { ...camera, alerts: { ...camera.alerts, schedule: undefined } } as typeof camera;
  expect(
    reasonToSuppress({ cameraId: 'gate-1', kind: 'x', at: at('12:00') }, { ...none, camera: open }),
  ).toBeUndefined();
  const system = { ...none, camera: undefined };
  expect(
    reasonToSuppress({ cameraId: 'system', kind: 'disk-low-data', at: at('12:00') }, system),
  ).toBeUndefined();
});

it('maintenance silences everything, also what is about the camera itself, and says who works there', () => {
  const work = { ...none, maintenances: [{ by: 'user:an', reason: 'new lens' }, { by: 'x' }] };
  expect(reasonToSuppress({ cameraId: 'gate-1', kind: 'tamper', at: at('20:00') }, work)).toBe(
    'maintenance by user:an: new lens',
  );
});

it.each<[kind: string, status: CameraStatus, sinceS: number, isOver: boolean]>([
  ['camera-down', 'ok', 1, true],
  ['camera-down', 'disabled', 1, true],
  ['camera-down', 'finished', 1, true],
  ['camera-down', 'ok', 0, false],
  ['camera-down', 'ok', -60, false],
  ['camera-down', 'retrying', 1, false],
  ['camera-down', 'connecting', 1, false],
  // Somebody has been there, however it is now.
  ['tamper', 'ok', 1, false],
  ['intrusion', 'ok', 1, false],
])('%s, while the camera is %s since %i s after it: over %s', (kind, status, sinceS, isOver) => {
  const when = at('20:00');
  const source = { status, since: when + sinceS * 1000 };
  const why = reasonToSuppress({ cameraId: 'gate-1', kind, at: when }, { ...none, source });
  if (isOver)
    expect(why).toMatch(new RegExp(`^over by now: the camera is ${status} since 2026-11-21T13:00:01`));
  else expect(why).toBeUndefined();
});

it.each<[state: 'ok' | 'warn', sinceS: number, subject: string, isOver: boolean]>([
  ['ok', 1, 'disk/data', true],
  ['ok', 0, 'disk/data', false],
  ['warn', 1, 'disk/data', false],
  ['ok', 1, 'disk/recordings', false],
])('of the system, while it is %s since %i s after: %s', (state, sinceS, subject, isOver) => {
  const when = at('20:00');
  const entry = {
    ...{ subject, state, since: when + sinceS * 1000 },
    ...{ detail: '', measures: {}, isAlerted: true },
  };
  const health = { at: when, state, entries: [entry] };
  const alert = { cameraId: 'system', kind: 'disk-low-data', at: when };
  const why = reasonToSuppress(alert, { ...none, camera: undefined, health });
  expect(why).toBe(isOver ? 'over by now: disk/data is ok since 2026-11-21T13:00:01.000Z' : undefined);
});

it.each([
  ['gate-1', 'camera-down', true],
  ['system', 'disk-low-data', true],
  ['gate-1', 'tamper', false],
  ['gate-1', 'intrusion', false],
])('of %s, %s is a state that maintenance does not undo: %s', (cameraId, kind, wanted) => {
  expect(isState({ cameraId, kind })).toBe(wanted);
});
