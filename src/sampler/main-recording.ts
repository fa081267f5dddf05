import type { FragmentSink } from '../domain/fragment.js';
import type { CopySource, SourceAddress, SourceProblem } from '../domain/frame-source.js';
import { planRetry } from '../domain/retry-plan.js';
import { messageOf } from '../errors.js';
import type { CameraContext } from './options.js';
import type { Recorder } from './recorder.js';
import { wait } from './wait.js';

/** A connection that brought pictures for this long was a good one: the next failure is the first again. */
const GOOD_MS = 60_000;
const LOOK_EVERY_MS = 1000;

/**
 * Reads the stream that is only recorded (the analysis reads a sub-stream of its own) until told to stop, connecting
 * anew as often as `reconnect` allows. What keeps it from being read is told as a gap in the recording. Never throws.
 */
export async function runMainRecording(
  context: CameraContext,
  address: SourceAddress,
  recorder: Recorder,
): Promise<void> {
  const { camera, signal, random, log } = context;
  for (let failures = 0; !signal.aborted;) {
    const { problem, goodMs } = await readOnce(context, address, recorder);
    if (signal.aborted) return;
    recorder.interrupted(problem);
    failures = goodMs >= GOOD_MS ? 1 : failures + 1;
    const { waitMs } = planRetry(failures, problem.fault, camera.reconnect, random());
    log.warn({ reason: problem.message, retries: failures, waitMs }, 'the stream to record cannot be read');
    if (waitMs === undefined) return;
    await wait(waitMs, signal);
  }
}

/** One connection, from opening it to its end. */
async function readOnce(
  context: CameraContext,
  address: SourceAddress,
  recorder: Recorder,
): Promise<{ problem: SourceProblem; goodMs: number }> {
  const { camera, sources, signal, now, timing } = context;
  let firstAt: number | undefined;
  let lastAt = 0;
  const sink: FragmentSink = {
    begin: (stream) => recorder.begin(stream),
    take: (fragment) => {
      lastAt = now();
      firstAt ??= lastAt;
      recorder.take(fragment);
    },
  };
  let source: CopySource | undefined;
  let problem: SourceProblem;
  try {
    const sound = camera.record?.audio === true;
    source = sources.copy(address, { transport: camera.transport, signal, sink, sound });
    problem = await endOf(source, address, timing.giveUpMs, now);
  } catch (error) {
    problem = { fault: 'failed', message: messageOf(error) };
  } finally {
    await source?.close();
  }
  return { problem, goodMs: firstAt === undefined ? 0 : lastAt - firstAt };
}

/** Waits for the end of a connection, which is also silence for too long. */
async function endOf(
  source: CopySource,
  { label }: SourceAddress,
  silentMs: number,
  now: () => number,
): Promise<SourceProblem> {
  let isSilent = false;
  const watch = setInterval(
    () => {
      if (now() - source.stats().heardAt < silentMs) return;
      isSilent = true;
      void source.close();
    },
    Math.min(LOOK_EVERY_MS, silentMs / 2),
  );
  try {
    const { problem } = await source.ended;
    if (isSilent)
      return { fault: 'timeout', message: `${label} sent nothing for ${Math.round(silentMs / 1000)} s` };
    return problem ?? { fault: 'ended', message: `${label} ended the stream` };
  } finally {
    clearInterval(watch);
  }
}
