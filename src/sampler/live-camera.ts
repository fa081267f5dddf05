import type { SourceAddress } from '../domain/frame-source.js';
import { gapCauseOf } from '../domain/gap-cause.js';
import { planRetry } from '../domain/retry-plan.js';
import { parseSource } from '../domain/source-address.js';
import type { SourceState } from '../ports.js';
import { createFrameRoad } from './frame-road.js';
import { createGapWatch } from './gap-watch.js';
import { LiveReading, type LiveListeners } from './live-reading.js';
import { runMainRecording } from './main-recording.js';
import { nextPass } from './next-pass.js';
import type { CameraContext } from './options.js';
import { createRecorder, type Recorder } from './recorder.js';
import type { SourceStatus } from './source-status.js';
import { createTamperAlarm } from './tamper-alarm.js';
import { accountedAt, unwatchedBefore } from './unwatched.js';
import { untilDone, wait } from './wait.js';

/**
 * Reads a stream or device until told to stop, connecting anew as often as it takes (or until it is given up, where
 * the camera asks for that). All of it is one pass.
 * @param previous the state that an earlier reading of the camera left
 */
export async function runLive(
  context: CameraContext,
  address: SourceAddress,
  previous: SourceState | undefined,
  status: SourceStatus,
): Promise<void> {
  const { camera, signal, now, onStoreError } = context;
  const accounted = await accountedAt(context);
  const pass = await untilDone(() => nextPass(context, camera.id), { signal, onError: onStoreError });
  if (!pass) return;
  status.note({ pass: pass.value });
  status.change('connecting');
  const road = createFrameRoad(context, pass.value, false);
  const gaps = createGapWatch(context, unwatchedBefore(previous, accounted, now()));
  const tamper = createTamperAlarm(context);
  const recording = startRecording(context);
  try {
    await keepReading(context, address, { road, gaps, status, tamper, recorder: recording?.recorder });
  } finally {
    // A clean stop loses no count: the frames since the last entry were all still.
    await road.flush();
    await Promise.all([road.close(), gaps.close(), tamper.close(), recording?.end()]);
  }
}

async function keepReading(context: CameraContext, address: SourceAddress, to: LiveListeners): Promise<void> {
  const { camera, signal, now, random, timing } = context;
  const reading = new LiveReading(context, address, to);
  for (let failures = 0; ;) {
    const { problem, lastedMs } = await reading.readOnce();
    if (signal.aborted) return;
    failures = lastedMs >= timing.goodMs ? 1 : failures + 1;
    to.gaps.lost(gapCauseOf(problem.fault), problem.message);
    await to.road.flush();
    const { status, waitMs } = planRetry(failures, problem.fault, camera.reconnect, random());
    if (waitMs === undefined) {
      to.status.change(status, `${problem.message}; given up after ${failures} tries`, { retries: failures });
      return to.status.saved();
    }
    to.status.change(status, problem.message, { retries: failures, nextTryAt: now() + waitMs });
    await wait(waitMs, signal);
    if (signal.aborted) return;
  }
}

/** Begins to record the camera, where that is wanted: beside the analysis, or from a stream of its own. */
function startRecording(
  context: CameraContext,
): { readonly recorder: Recorder; end(): Promise<void> } | undefined {
  const { camera, recordings } = context;
  if (!recordings || (camera.record?.mode ?? 'off') === 'off') return undefined;
  const recorder = createRecorder(context);
  const main = parseSource(camera.source);
  const isBeside = camera.detectSource !== undefined && main.kind !== 'file' && main.kind !== 'folder';
  const reading = isBeside ? runMainRecording(context, main, recorder) : Promise.resolve();
  return {
    recorder,
    end: () => reading.finally(() => recorder.close()),
  };
}
