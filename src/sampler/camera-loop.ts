import type { Camera } from '../domain/camera.js';
import { SourceError } from '../domain/frame-source.js';
import { parseSource, schemeOf } from '../domain/source-address.js';
import { messageOf } from '../errors.js';
import type { SourceState } from '../ports.js';
import { runFile } from './file-camera.js';
import { runLive } from './live-camera.js';
import type { CameraContext } from './options.js';
import { createSourceStatus, type SourceStatus } from './source-status.js';
import { untilDone } from './wait.js';

/**
 * Samples one camera: until the signal for a stream, until all of it has been analysed for a file. Never throws:
 * what keeps the camera from being read becomes its status.
 */
export async function runCamera(context: CameraContext): Promise<void> {
  const { camera, states, signal, log, onStoreError } = context;
  const found = await untilDone(() => states.source(camera.id), { signal, onError: onStoreError });
  if (!found) return;
  const status = createSourceStatus(context, found.value && matching(found.value, sourceOf(camera)));
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
  if (!camera.enabled) {
    status.change('disabled');
    return status.saved();
  }
  const address = parseSource(sourceOf(camera));
  if (address.kind === 'file') await runFile(context, address, previous, status);
  else await runLive(context, address, status);
}

function sourceOf(camera: Camera): string {
  return camera.detectSource ?? camera.source;
}

/** What is kept of the stored state: progress and file of a camera that reads a stream now are not. */
function matching(state: SourceState, source: string): SourceState {
  if (schemeOf(source) === undefined) return state;
  return {
    status: state.status,
    since: state.since,
    pass: state.pass,
    ...(state.reason === undefined ? {} : { reason: state.reason }),
  };
}
