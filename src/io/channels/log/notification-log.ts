import { join, resolve } from 'node:path';
import type { Config } from '../../../config.js';

/** The file of the log channel. */
export function notificationLog({ NOTIFY_LOG, DATA_DIR }: Pick<Config, 'NOTIFY_LOG' | 'DATA_DIR'>): string {
  return resolve(NOTIFY_LOG ?? join(DATA_DIR, 'notifications.log'));
}
