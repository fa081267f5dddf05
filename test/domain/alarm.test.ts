import { alarmOf, type Alarm } from '../../src/domain/alarm.js';
import { Flow } from '../../src/domain/camera-fields/counting.js';
import type { CameraEvent } from '../../src/domain/events.js';

const gate = { id: 'gate-1', name: 'Main gate' };
const entered: Extract<CameraEvent, { type: 'zone' }> = {
  ...{ type: 'zone', id: 'x', cameraId: 'gate-1', at: 1, class: 'person' },
  ...{ zone: 'yard', zoneKind: 'restricted', phase: 'enter' },
};

it('somebody in a restricted zone is an intrusion, of that zone', () => {
  expect(alarmOf(entered, gate)).toEqual({
    ...{ kind: 'intrusion', subject: 'yard', severity: 'warning' },
    summary: 'person in yard (Main gate)',
  });
});

it.each<[what: string, event: CameraEvent]>([
  ['that they have left', { ...entered, phase: 'exit' }],
  ['a zone that is only watched', { ...entered, zoneKind: 'watch' }],
  ['a crossing', { type: 'crossing', id: 'x', cameraId: 'gate-1', at: 1, line: 'door', direction: 'in' }],
])('%s is no alarm', (_what, event) => {
  expect(alarmOf(event, gate)).toBeUndefined();
});

const base = { id: 'x', cameraId: 'gate-1', at: 1 };
const judged = { type: 'congestion', ...base, level: 'standstill' } as const;
const crowded = { type: 'threshold', ...base, zone: 'yard', limit: 10 } as const;

it.each<[what: string, event: CameraEvent, alarm: Partial<Alarm>]>([
  [
    'congestion',
    { ...judged, phase: 'begin' },
    { kind: 'congestion', phase: 'begin', summary: 'traffic at a standstill on road (Main gate)' },
  ],
  [
    'its end',
    { ...judged, level: 'free', phase: 'end' },
    { kind: 'congestion', subject: 'road', phase: 'end' },
  ],
  [
    'too many in a zone',
    { ...crowded, phase: 'begin', count: 12 },
    { kind: 'crowded', subject: 'yard', phase: 'begin', summary: '12 in yard, more than 10 (Main gate)' },
  ],
  [
    'few enough again',
    { ...crowded, phase: 'end', count: 8 },
    {
      kind: 'crowded',
      subject: 'yard',
      phase: 'end',
      summary: '8 in yard, no more than 10 any longer (Main gate)',
    },
  ],
])('%s raises or ends an alert', (_what, event, alarm) => {
  expect(alarmOf(event, gate)).toMatchObject(alarm);
});

it('congestion is of the zone that is judged', () => {
  const camera = { ...gate, flow: Flow.parse({ zone: 'bridge' }) };
  expect(alarmOf({ ...judged, phase: 'begin' }, camera)?.subject).toBe('bridge');
});
