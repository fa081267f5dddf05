import type { Camera } from '../domain/camera.js';
import { SourceError } from '../domain/frame-source.js';
import { parseSource } from '../domain/source-address.js';
import { messageOf } from '../errors.js';
import type { SourceState } from '../ports.js';
import { runFile } from './file-camera.js';
import { createGapWatch } from './gap-watch.js';
import { runLive } from './live-camera.js';
import type { CameraContext } from './options.js';
import { createSourceStatus, type SourceStatus } from './source-status.js';
import { accountedAt } from './unwatched.js';
import { untilDone } from './wait.js';

/**
 * Samples one camera: until the signal for a stream (or until it is given up), until all of it has been analysed for a
 * file. Never throws: what keeps the camera from being read becomes its status.
 */
export async function runCamera(context: CameraContext): Promise<void> {
  const { camera, states, signal, log, onStoreError } = context;
  const found = await untilDone(() => states.source(camera.id), { signal, onError: onStoreError });
  if (!found) return;
  const status = createSourceStatus(context, found.value && matching(found.value, camera));
  try {
    await run(context, found.value, status);
  } catch (error) {
    const isExpected = error instanceof SourceError;
    if (!isExpected) log.error({ err: error }, 'the camera cannot be read');
    status.change('connection_failed', messageOf(error));
    await status.saved();
  } finally {
    await status.close();
  }
}

async function run(
  context: CameraContext,
  previous: SourceState | undefined,
  status: SourceStatus,
): Promise<void> {
  const { camera } = context;
  if (!camera.enabled) return switchOff(context, status);
  const address = parseSource(sourceOf(camera));
  if (address.kind === 'file' || address.kind === 'folder') await runFile(context, address, previous, status);
  else await runLive(context, address, previous, status);
}

async function switchOff(context: CameraContext, status: SourceStatus): Promise<void> {
  status.change('disabled');
  if (isLive(context.camera)) {
    const gaps = createGapWatch(context, undefined);
    gaps.lost('disabled', 'the camera is switched off', (await accountedAt(context)) ?? status.since());
    await gaps.close();
  }
  await status.saved();
}

function sourceOf(camera: Camera): string {
  return camera.detectSource ?? camera.source;
}

function isLive(camera: Camera): boolean {
  try {
    const { kind } = parseSource(sourceOf(camera));
    return kind === 'stream' || kind === 'device';
  } catch {
    return false; // what is wrong with it is said when it is switched on
  }
}

/** What is kept of the stored state: progress and file of a camera that reads a stream now are not. */
function matching(state: SourceState, camera: Camera): SourceState {
  if (!isLive(camera)) return state;
  const { status, reason, since, pass, file, lastFrameAt, width, height } = state;
  const hasFrames = !file && lastFrameAt !== undefined && width !== undefined && height !== undefined;
  return {
    ...{ status, since, pass },
    ...(reason === undefined ? {} : { reason }),
    ...(hasFrames ? { lastFrameAt, width, height } : {}),
  };
}
