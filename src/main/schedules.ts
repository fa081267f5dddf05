import type { Schedule } from '../../queues/schedules.js';

export function schedules(_timeZone: string): Schedule[] {
  return [];
}
