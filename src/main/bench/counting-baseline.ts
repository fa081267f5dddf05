import { Detect } from '../../domain/camera-fields/detection.js';
import { WHOLE, type UnitPoint } from '../../domain/geometry.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import type { Detectors } from '../../ports.js';
import { createCentroidTracker, type CentroidTracker } from './centroid-tracker.js';
import { CLASSES, type Passing, type TruthClip } from './counting-truth.js';

/** The script's own: the network sees each 30th frame. */
const EVERY_FRAMES = 30;
/** As often as our counter looks. */
const SAME_FPS = 10;

/** By line id: what the plain tracker counts. */
export interface BaselineCounts {
  /** Detection on each 30th frame. */
  readonly seldom: Readonly<Record<string, readonly Passing[]>>;
  /** With as many looks as ours. */
  readonly often: Readonly<Record<string, readonly Passing[]>>;
}

/** The plain centroid tracker over a clip, with our network on whole pictures: one reading for both ways of looking. */
export async function countPlainly(
  { path, lines }: TruthClip,
  detectors: Detectors,
  signal: AbortSignal,
): Promise<BaselineCounts> {
  const { network, classes, minScore } = Detect.parse({});
  const detector = await detectors.get(network);
  const address = { kind: 'file', location: path, label: path } as const;
  const source = createFfmpegSources().open(address, { fps: SAME_FPS, maxWidth: 1280, signal });
  const trackers = new Map<string, { seldom: CentroidTracker; often: CentroidTracker }>();
  let nextSeldom = 0;
  try {
    for (let next = await source.next(); next; next = await source.next()) {
      const { picture, frame } = next;
      const aspect = picture.width / picture.height;
      const detections = await detector.detect(picture, WHOLE, { classes, minScore });
      const isDue = frame >= nextSeldom;
      if (isDue) nextSeldom = frame - (frame % EVERY_FRAMES) + EVERY_FRAMES;
      for (const line of lines) {
        const { seldom, often } = trackers.get(line.id) ?? {
          seldom: createCentroidTracker(line, aspect),
          often: createCentroidTracker(line, aspect),
        };
        trackers.set(line.id, { seldom, often });
        const centres = detections
          .filter(({ label }) => (CLASSES[line.counted] as readonly string[]).includes(label))
          .map(({ box }): UnitPoint => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 }));
        often.look(centres, frame);
        if (isDue) seldom.look(centres, frame);
      }
    }
  } finally {
    await source.close();
  }
  const of = (way: 'seldom' | 'often') =>
    Object.fromEntries([...trackers].map(([id, both]) => [id, both[way].counted]));
  return { seldom: of('seldom'), often: of('often') };
}
