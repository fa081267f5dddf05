import { type FileInfo, SourceError, type SourceAddress, type SourceEnding } from '../domain/frame-source.js';
import { messageOf } from '../errors.js';
import type { SourceState } from '../ports.js';
import { createFrameRoad, type FrameRoad } from './frame-road.js';
import type { CameraContext } from './options.js';
import type { SourceStatus } from './source-status.js';
import { createTamperAlarm, type TamperAlarm } from './tamper-alarm.js';
import { untilDone, wait } from './wait.js';
import { nextPass } from './next-pass.js';

/** Frames before the place where reading goes on that the motion gate is shown, ms: its background is warm then. */
const WARM_UP_MS = 3000;
/** ffmpeg killed from outside is started again where it was, so often without a new frame. */
const RESTARTS = 3;

/** A frame of the source that is done: sampled, and analysed or in the ring. */
interface Place {
  readonly frame: number;
  readonly at: number;
}

/**
 * Reads a video file once, from where an earlier reading was interrupted, and marks it finished when all of it has
 * been analysed. A file that cannot be read ends as `connection_failed`; it is not tried again.
 */
export async function runFile(
  context: CameraContext,
  address: SourceAddress,
  previous: SourceState | undefined,
  status: SourceStatus,
): Promise<void> {
  const { again, log, signal } = context;
  const info = await inspect(context, address, status);
  if (!info) return;
  const known = previous?.file?.fingerprint === info.fingerprint && !again ? previous.file : undefined;
  if (known && previous?.status === 'finished') {
    log.info('the file was read to its end before and has not changed; it is not read again (--again does)');
    return;
  }
  const done = known && (await placeDone(context, known.firstPass ?? 0));
  const pass = await untilDone(() => nextPass(context, context.camera.id), {
    signal,
    onError: context.onStoreError,
  });
  if (!pass) return;
  const startedAt = context.fileStart ?? known?.startedAt ?? context.now();
  const file = {
    ...{ fingerprint: info.fingerprint, startedAt, firstPass: known?.firstPass ?? pass.value },
    ...(info.durationMs === undefined ? {} : { durationMs: info.durationMs }),
    ...(info.fps === undefined ? {} : { fps: info.fps }),
  };
  status.note({ pass: pass.value, file, progress: progressOf(info, done && done.at - startedAt) });
  status.change('connecting');
  await status.saved();
  if (done) log.info({ afterFrame: done.frame }, 'reading goes on where it was interrupted');
  const road = createFrameRoad(context, pass.value, context.camera.pace === 'fast');
  // What plays as a camera would is watched as one; footage that is worked through has cuts, and is nobody's camera.
  const tamper = context.camera.pace === 'realtime' ? createTamperAlarm(context) : undefined;
  try {
    await new FileReading(context, address, info, startedAt, road, status, tamper).run(done);
  } finally {
    await Promise.all([road.close(), tamper?.close()]);
  }
}

async function inspect(
  context: CameraContext,
  address: SourceAddress,
  status: SourceStatus,
): Promise<FileInfo | undefined> {
  try {
    return await context.sources.inspect(address.location, context.signal);
  } catch (error) {
    if (context.signal.aborted) return undefined;
    if (!(error instanceof SourceError)) throw error;
    status.change('connection_failed', error.message);
    await status.saved();
    return undefined;
  }
}

/** The last frame that need not be read again: analysed, or waiting in the ring. Counts passes from `firstPass`. */
async function placeDone(context: CameraContext, firstPass: number): Promise<Place | undefined> {
  const { camera, states, ring, signal, onStoreError: onError } = context;
  const checkpoint = await untilDone(() => states.read(camera.id), { signal, onError });
  const last = await untilDone(() => ring.last(camera.id), { signal, onError });
  return [checkpoint?.value?.cursor, last?.value]
    .filter((place) => place !== undefined && place.pass >= firstPass)
    .reduce<Place | undefined>((a, b) => (b && (!a || b.frame > a.frame) ? b : a), undefined);
}

function progressOf({ durationMs }: FileInfo, mediaMs: number | undefined): number {
  return durationMs === undefined || mediaMs === undefined
    ? 0
    : Math.min(1, Math.max(0, mediaMs / durationMs));
}

class FileReading {
  #done: Place | undefined;
  /** Realtime: wall clock and media time of the first frame delivered. */
  #origin: { wallAt: number; mediaMs: number } | undefined;

  constructor(
    private readonly context: CameraContext,
    private readonly address: SourceAddress,
    private readonly info: FileInfo,
    private readonly startedAt: number,
    private readonly road: FrameRoad,
    private readonly status: SourceStatus,
    private readonly tamper: TamperAlarm | undefined,
  ) {}

  async run(done: Place | undefined): Promise<void> {
    this.#done = done;
    const ending = await this.#readToEnd();
    if (this.context.signal.aborted) return;
    const trouble = ending.damage?.message ?? ending.problem?.message;
    if (this.#done === undefined) {
      this.status.change(
        'connection_failed',
        ending.problem?.message ??
          `${this.address.label} holds no picture that can be decoded (ffmpeg: ${trouble ?? 'no frame'}); check that it plays`,
      );
      return this.status.saved();
    }
    await this.road.finish(this.#done);
    if (this.context.signal.aborted) return;
    const after = Math.min(this.#done.frame, ending.damage?.afterFrame ?? Infinity);
    this.status.note({ progress: 1 });
    this.status.change(
      'finished',
      trouble === undefined
        ? undefined
        : `finished, but the file is damaged${after < 0 ? '' : ` after frame ${after}`} (ffmpeg: ${trouble})`,
    );
    await this.status.saved();
  }

  async #readToEnd(): Promise<SourceEnding> {
    for (let tries = 0; ; tries++) {
      const before = this.#done?.frame;
      const ending = await this.#read();
      if (ending.problem?.fault !== 'killed' || this.context.signal.aborted) return ending;
      if (this.#done?.frame !== before) tries = 0;
      if (tries >= RESTARTS) return ending;
      this.context.log.warn({ afterFrame: this.#done?.frame }, ending.problem.message);
      this.#origin = undefined;
    }
  }

  async #read(): Promise<SourceEnding> {
    const { sources, camera, signal } = this.context;
    const after = this.#done;
    const { fps, maxWidth } = camera;
    const fromMs = after ? { fromMs: Math.max(0, after.at - this.startedAt - WARM_UP_MS) } : {};
    const source = sources.open(this.address, { fps, maxWidth, signal, ...fromMs });
    try {
      for (let next = await source.next(); next && !signal.aborted; next = await source.next()) {
        const at = Math.max(this.startedAt + Math.round(next.mediaMs), (this.#done?.at ?? -Infinity) + 1);
        if (after && next.frame <= after.frame) {
          this.road.warm({ ...next, at: this.startedAt + Math.round(next.mediaMs) });
          continue;
        }
        if (camera.pace === 'realtime') await this.#untilDue(next.mediaMs);
        if (signal.aborted) break;
        this.status.sampled(at, next.picture);
        this.status.change('ok');
        await this.road.offer({ frame: next.frame, at, picture: next.picture });
        this.tamper?.look(next.picture, at);
        this.#done = { frame: next.frame, at };
        this.status.note({ progress: progressOf(this.info, next.mediaMs) });
      }
      return source.ending();
    } catch (error) {
      return { problem: { fault: 'failed', message: messageOf(error) } };
    } finally {
      await source.close();
    }
  }

  async #untilDue(mediaMs: number): Promise<void> {
    const { now, signal } = this.context;
    this.#origin ??= { wallAt: now(), mediaMs };
    const dueMs = this.#origin.wallAt + (mediaMs - this.#origin.mediaMs) - now();
    if (dueMs > 0) await wait(dueMs, signal);
  }
}
