import { calibrationCheck } from './calibration-check/job.js';
import { alert } from './alert/job.js';
import { archive } from './archive/job.js';
import { backup } from './backup/job.js';
import { cleanup } from './cleanup/job.js';
import { entry, type Entry } from './define.js';
import { exportClip } from './export-clip/job.js';
import { escalation } from './escalation/job.js';
import { healthCheck } from './health-check/job.js';
import { incidentSweep } from './incident-sweep/job.js';
import { licensePlate } from './license-plate/job.js';
import { liveFrame } from './live-frame/job.js';
import { motion } from './motion/job.js';
import { notification } from './notification/job.js';
import { occupancy } from './occupancy/job.js';
import { report } from './report/job.js';
import { trafficFlow } from './traffic-flow/job.js';

/** The one list of jobs. Worker, board, metrics, API, docs and command line iterate it. */
export const registry = {
  motion: entry(
    motion,
    [
      ...(['cameras', 'frames', 'states', 'detectors', 'pictures', 'snapshots'] as const),
      ...(['events', 'metrics', 'pins', 'passages', 'live'] as const),
    ],
    () => import('./motion/handler.js'),
  ),
  'license-plate': entry(
    licensePlate,
    [
      ...(['cameras', 'frames', 'pins', 'plates', 'grammars', 'passages', 'plateLists'] as const),
      ...(['pictures', 'snapshots', 'events'] as const),
    ],
    () => import('./license-plate/handler.js'),
  ),
  alert: entry(
    alert,
    ['cameras', 'incidents', 'maintenances', 'states', 'reports', 'signer', 'events', 'passages'],
    () => import('./alert/handler.js'),
  ),
  escalation: entry(
    escalation,
    ['cameras', 'incidents', 'deliveries', 'channels', 'audit'],
    () => import('./escalation/handler.js'),
  ),
  notification: entry(
    notification,
    [
      ...(['cameras', 'incidents', 'deliveries', 'channels', 'templates', 'links'] as const),
      ...(['snapshots', 'events', 'passages'] as const),
    ],
    () => import('./notification/handler.js'),
  ),
  'incident-sweep': entry(
    incidentSweep,
    ['cameras', 'incidents', 'deliveries'],
    () => import('./incident-sweep/handler.js'),
  ),
  occupancy: entry(
    occupancy,
    ['cameras', 'events', 'occupancy', 'audit'],
    () => import('./occupancy/handler.js'),
  ),
  'traffic-flow': entry(
    trafficFlow,
    ['cameras', 'events', 'flowReports', 'states', 'gaps'],
    () => import('./traffic-flow/handler.js'),
  ),
  report: entry(report, ['cameras', 'flowReports', 'mailer', 'csv'], () => import('./report/handler.js')),
  'calibration-check': entry(
    calibrationCheck,
    ['cameras', 'frames', 'snapshots', 'pictures'],
    () => import('./calibration-check/handler.js'),
  ),
  'live-frame': entry(
    liveFrame,
    ['cameras', 'frames', 'states', 'pictures', 'live'],
    () => import('./live-frame/handler.js'),
  ),
  'export-clip': entry(
    exportClip,
    [
      ...(['cameras', 'states', 'gaps', 'recordings', 'recordingFiles', 'cold'] as const),
      ...(['exports', 'exportSettings', 'provenance', 'clips', 'storage', 'evidence'] as const),
    ],
    () => import('./export-clip/handler.js'),
  ),
  archive: entry(
    archive,
    [
      ...(['cameras', 'recordings', 'recordingFiles', 'cold', 'archiveReports', 'gaps'] as const),
      ...(['mailer', 'audit'] as const),
    ],
    () => import('./archive/handler.js'),
  ),
  backup: entry(backup, ['backups', 'audit'], () => import('./backup/handler.js')),
  'health-check': entry(
    healthCheck,
    ['cameras', 'probes', 'reports'],
    () => import('./health-check/handler.js'),
  ),
  cleanup: entry(
    cleanup,
    [
      ...(['events', 'incidents', 'snapshots', 'audit', 'gaps', 'reports', 'passages'] as const),
      ...([
        'flowReports',
        'exports',
        'storage',
        'evidence',
        'clips',
        'archiveReports',
        'logs',
        'cold',
      ] as const),
    ],
    () => import('./cleanup/handler.js'),
  ),
} satisfies Record<string, Entry>;

export type QueueName = keyof typeof registry;
export const queueNames = Object.keys(registry) as QueueName[];
