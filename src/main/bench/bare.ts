import { WHOLE } from '../../domain/geometry.js';
import type { FrameSource } from '../../domain/frame-source.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import { createDetectors } from '../../io/onnx/detectors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { loadConfig } from '../installation.js';

/** What everything is compared with: one process that decodes and infers on every frame, and does nothing else. */
export interface BareLoop {
  /** Frames a second over about that time; continues where it stood. */
  run(ms: number): Promise<number>;
  close(): Promise<void>;
}

/** The same reader, network and settings as the road's. */
const NETWORK = 'nanodet-g-416';
const WANTED = { classes: ['person', 'bicycle', 'car', 'motorcycle', 'bus', 'truck'], minScore: 0.2 };
/** Above the rate of the footage: every frame. */
export const EVERY_FRAME = 60;
const MAX_WIDTH = 1280;

/** @param footage video file; read again from its start when it ends. While nobody runs the loop, ffmpeg stands still. */
export async function openBareLoop(footage: string, signal: AbortSignal): Promise<BareLoop> {
  const { MODELS_DIR } = loadConfig();
  const detector = await createDetectors({
    modelsDir: MODELS_DIR,
    networks: networksOf([], MODELS_DIR),
  }).get(NETWORK);
  const sources = createFfmpegSources();
  const address = { kind: 'file', location: footage, label: footage } as const;
  const open = (): FrameSource => sources.open(address, { fps: EVERY_FRAME, maxWidth: MAX_WIDTH, signal });
  let source = open();

  /** The next frame, analysed. */
  async function take(): Promise<void> {
    const frame = (await source.next()) ?? (await again());
    await detector.detect(frame.picture, WHOLE, WANTED);
  }

  async function again(): ReturnType<() => Promise<NonNullable<Awaited<ReturnType<FrameSource['next']>>>>> {
    signal.throwIfAborted();
    const { problem } = source.ending();
    await source.close();
    source = open();
    const frame = await source.next();
    signal.throwIfAborted();
    if (!frame) throw new Error(`${footage}: ${problem?.message ?? 'no frame'}`);
    return frame;
  }

  return {
    async run(ms) {
      // The first frame waits for ffmpeg.
      await take();
      const startedAt = performance.now();
      let frames = 0;
      do {
        await take();
        frames++;
      } while (performance.now() - startedAt < ms);
      return (frames / (performance.now() - startedAt)) * 1000;
    },
    close: () => source.close(),
  };
}
