import { archive } from '../../jobs/archive/job.js';
import { backup } from '../../jobs/backup/job.js';
import { calibrationCheck } from '../../jobs/calibration-check/job.js';
import { cleanup } from '../../jobs/cleanup/job.js';
import { healthCheck } from '../../jobs/health-check/job.js';
import { incidentSweep } from '../../jobs/incident-sweep/job.js';
import { occupancy } from '../../jobs/occupancy/job.js';
import { trafficFlow } from '../../jobs/traffic-flow/job.js';
import type { Schedule } from '../../queues/schedules.js';
import type { Config } from '../config.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** The recurring jobs, in the site's time zone. */
export function schedules(
  config: Pick<Config, 'RETENTION_DAYS' | 'PLATES_RETENTION_DAYS' | 'BACKUPS_KEPT'>,
  timeZone: string,
): Schedule[] {
  const { RETENTION_DAYS, PLATES_RETENTION_DAYS, BACKUPS_KEPT } = config;
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
      name: 'nightly',
      contract: archive,
      cron: '30 1 * * *',
      timeZone,
      payload: (slotAt) => ({ action: 'move', at: slotAt }),
      catchUp: true,
    },
    {
      // A little of all recordings each night, so that each is looked at again and again.
      name: 'scrub',
      contract: archive,
      cron: '10 4 * * *',
      timeZone,
      payload: (slotAt) => ({ action: 'scrub', at: slotAt }),
      catchUp: false,
    },
    {
      name: 'nightly',
      contract: backup,
      cron: '50 2 * * *',
      timeZone,
      payload: (slotAt) => ({ at: slotAt, keep: BACKUPS_KEPT }),
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
    {
      name: 'minute',
      contract: occupancy,
      cron: '* * * * *',
      timeZone,
      payload: () => ({}),
      catchUp: false,
    },
    {
      // Also hours whose crossings came late, of the last two days; what a machine that was off has missed is older.
      name: 'hourly',
      contract: trafficFlow,
      cron: '5 * * * *',
      timeZone,
      payload: (slotAt) => ({
        // Of the hours that begin in it the last one ended five minutes ago.
        ...{ from: slotAt - 48 * HOUR_MS - 5 * MINUTE_MS, to: slotAt - 5 * MINUTE_MS },
        ...{ granularity: 'hour', onlyLate: true, ordered: true },
      }),
      catchUp: true,
    },
    {
      name: 'daily',
      contract: trafficFlow,
      cron: '15 0 * * *',
      timeZone,
      payload: (slotAt) => ({
        ...{ from: slotAt - 8 * 24 * HOUR_MS, to: slotAt - 20 * MINUTE_MS },
        ...{ granularity: 'day', onlyLate: true, ordered: true },
      }),
      catchUp: true,
    },
    {
      // Pictures of the night are compared with pictures of the night, those of the day with those of the day.
      name: 'twice-daily',
      contract: calibrationCheck,
      cron: '40 2,12 * * *',
      timeZone,
      payload: (slotAt) => ({ at: slotAt }),
      catchUp: true,
    },
  ];
}
