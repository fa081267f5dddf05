import { judgeWorkers } from '../../src/domain/health/judge-work.js';

it.each<[count: number | undefined, isNeeded: boolean, state: string]>([
  [2, true, 'ok'],
  [0, true, 'fail'],
  [undefined, true, 'ok'],
  [0, false, 'ok'],
])('%s workers, needed: %s: %s', (count, isNeeded, state) => {
  expect(judgeWorkers('license-plate', count, isNeeded).state).toBe(state);
});
