import type { Camera } from '../domain/camera.js';
import type { CameraId } from '../domain/ids.js';
import { segmentId, startOfPath } from '../domain/segment-path.js';
import type { Log } from '../log.js';
import type { Gap, RepairedFile, Segment } from '../ports.js';
import type { RecordingStores } from './options.js';

export interface Recovery {
  readonly stores: RecordingStores;
  readonly log: Log;
  /** Told of recordings that are gone. */
  readonly onGap: (gap: Gap) => void | Promise<void>;
}

/** Whose recordings are put in order. */
export type Recovered = Pick<Camera, 'id' | 'record'>;

/** Files without a row come from a crash, or from a database that was away until one: never older than this. */
const DAYS_LOOKED_AT = 3;

/**
 * Puts in order what a killed process, or a disk that failed, left of one camera on this machine: open rows are
 * closed by what their files hold, or removed with a gap where there is nothing; files without a row get one. Safe to
 * run twice. To be run by whoever alone may record the camera now.
 * @param isOwn paths that the caller writes to and has told the index of, or will
 */
export async function recoverCamera(
  recovery: Recovery,
  camera: Recovered,
  isOwn: (path: string) => boolean = () => false,
): Promise<void> {
  const cameraId = camera.id;
  const { files, index } = recovery.stores;
  for (const segment of await index.unclosed(files.node)) {
    if (segment.cameraId === cameraId && !isOwn(segment.path)) await recoverSegment(recovery, segment);
  }
  const paths = (await files.list(cameraId, DAYS_LOOKED_AT)).filter((path) => !isOwn(path));
  const known = await knownPaths(recovery.stores, cameraId, paths);
  for (const path of paths) if (!known.has(path)) await adopt(recovery, camera, path);
}

async function knownPaths(
  { files, index }: RecordingStores,
  cameraId: CameraId,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const times = paths.map((path) => startOfPath(path) ?? 0);
  const [from = 0, to = 0] = [times[0], times.at(-1)];
  // Twice as many as there are files: the same camera may have been recorded on another machine too.
  const limit = 2 * paths.length + 100;
  const rows = await index.list({ cameraId, from: from - 1, to: to + 1, limit });
  return new Set(rows.filter(({ node }) => node === files.node).map(({ path }) => path));
}

/** Closes one open row by its file; where the file cannot be read, it stays open and may be tried again later. */
export async function recoverSegment(recovery: Recovery, segment: Segment): Promise<void> {
  const { stores, log, onGap } = recovery;
  const { id, cameraId, path, startAt, endAt } = segment;
  const found = await repaired(recovery, path);
  if (found === 'unreadable') return;
  if (found) {
    const { bytes, sha256, durationMs } = found;
    await stores.index.close(id, { endAt: startAt + durationMs, bytes, sha256 });
    log.info({ cameraId, path, bytes }, 'a recording that was cut off is closed');
    return;
  }
  if (endAt > startAt) {
    const reason = `the recording ${path} is gone`;
    const gap: Gap = { cameraId, track: 'recording', from: startAt, cause: 'disk', reason };
    await onGap(gap);
    await onGap({ ...gap, to: endAt });
  }
  await stores.files.remove(path);
  await stores.index.remove(id);
  log.warn({ cameraId, path }, 'a recording that was cut off holds nothing that plays, or is gone');
}

/** Why it was recorded stands in no file: as the camera records now is the best guess. */
async function adopt(recovery: Recovery, { id: cameraId, record }: Recovered, path: string): Promise<void> {
  const {
    stores: { files, index },
    log,
  } = recovery;
  const startAt = startOfPath(path);
  const found = await repaired(recovery, path);
  if (found === 'unreadable') return;
  if (!found || startAt === undefined) {
    await files.remove(path);
    return;
  }
  const { durationMs, ...file } = found;
  const id = segmentId(cameraId, startAt);
  const endAt = startAt + durationMs;
  await index.open({
    ...{ id, cameraId, node: files.node, path, startAt, endAt, ...file },
    why: record?.mode === 'motion' ? 'motion' : 'always',
    ...{ state: 'closed', tier: 'hot', isProtected: false },
  });
  log.info({ cameraId, path, bytes: file.bytes }, 'a recording that nobody knew of is kept');
}

/** What one bad spot of a disk holds must not keep the rest from being recorded and told. */
async function repaired(
  { stores, log }: Recovery,
  path: string,
): Promise<RepairedFile | 'unreadable' | undefined> {
  try {
    return await stores.files.repair(path);
  } catch (error) {
    log.error({ err: error, path }, 'a recording that was cut off cannot be read; it is tried again');
    return 'unreadable';
  }
}
