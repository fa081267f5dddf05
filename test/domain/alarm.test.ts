import { alarmOf } from '../../src/domain/alarm.js';
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
