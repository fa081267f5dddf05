import { hostname } from 'node:os';
import { setTimeout as timer } from 'node:timers/promises';
import { createRecordingFiles } from '../io/recordings/files.js';
import { recordingsNode } from '../io/recordings/node-name.js';
import type { RecordingFiles } from '../ports.js';
import type { World } from './world.js';

/** A disk that hangs does not keep the cameras from being analysed. */
const WITHIN_MS = 3000;

/** The recordings folder of this machine; never fails: what its disk does not take is told when it is written to. */
export async function openRecordings({
  config,
  log,
}: Pick<World, 'config' | 'log'>): Promise<RecordingFiles> {
  const folder = config.RECORDINGS_DIR;
  const late = new AbortController();
  const tooLate = timer(WITHIN_MS, undefined, { signal: late.signal }).then(() => {
    throw new Error(`${folder} did not answer within ${WITHIN_MS / 1000} s`);
  });
  tooLate.catch(() => undefined);
  try {
    return createRecordingFiles(folder, await Promise.race([recordingsNode(folder), tooLate]));
  } catch (error) {
    log.warn(
      { err: error, folder, node: hostname() },
      'the name of the recordings folder cannot be read or kept there; it goes by the name of this host until the next start',
    );
    return createRecordingFiles(folder, hostname());
  } finally {
    late.abort();
  }
}
