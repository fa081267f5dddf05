import { cleanup } from '../../jobs/cleanup/job.js';
import { healthCheck } from '../../jobs/health-check/job.js';
import { incidentSweep } from '../../jobs/incident-sweep/job.js';
import type { Schedule } from '../../queues/schedules.js';
import type { Config } from '../config.js';

/** The recurring jobs, in the site's time zone. */
export function schedules(
  { RETENTION_DAYS, PLATES_RETENTION_DAYS }: Pick<Config, 'RETENTION_DAYS' | 'PLATES_RETENTION_DAYS'>,
  timeZone: string,
): Schedule[] {
  return [
    {
      name: 'nightly',
      contract: cleanup,
      cron: '20 3 * * *',
      timeZone,
      payload: () => ({ keepDays: RETENTION_DAYS, keepPlatesDays: PLATES_RETENTION_DAYS }),
      catchUp: true,
    },
    {
      name: 'minute',
      contract: healthCheck,
      cron: '* * * * *',
      timeZone,
      payload: (slotAt) => ({ at: slotAt }),
      // How it was while nobody looked can not be seen any more.
      catchUp: false,
    },
    {
      name: 'minute',
      contract: incidentSweep,
      cron: '* * * * *',
      timeZone,
      payload: () => ({}),
      // The next one does all that the one before would have done.
      catchUp: false,
    },
  ];
}
