import type { Camera } from '../../../domain/camera.js';
import { headOf, type FindsAt } from '../../../domain/export/face-cover.js';
import { WHOLE, type UnitBox } from '../../../domain/geometry.js';
import type { Detection } from '../../../domain/detection.js';
import { inputShare } from '../../../domain/look-plan.js';
import { createMotionGate, type MotionGate } from '../../../domain/motion-gate.js';
import type { Overlay } from '../../../domain/overlay.js';
import type { Picture } from '../../../domain/picture.js';
import { overlayOf } from '../../../domain/scene-overlay.js';
import { newScene, planLook, step, type SceneConfig, type SceneState } from '../../../domain/scene.js';
import { boxAt, isConfirmed, labelOf, motionAt, type Track } from '../../../domain/track.js';
import type { Detector } from '../../../ports.js';
import type { FaceFinder } from '../../../ports/faces.js';

/** A decoded picture; times are capture times, epoch ms. */
export interface AnalysedPicture {
  readonly at: number;
  readonly frame: number;
  readonly picture: Picture;
}

/** What was found in one picture that is to be made unrecognisable. */
export interface Faces {
  readonly faces: FindsAt;
  /** Where heads must be, by the people that were seen: a face turned away or in the shade is not found. */
  readonly heads: FindsAt;
}

/** What an analysis knows; plain JSON. */
export interface Known {
  readonly scene: SceneState;
  /** epoch ms */
  readonly lookedAt: number;
}

/** The tracker also wants detections too weak to begin a track. */
const WEAK_SHARE = 0.5;
/** From this score on somebody's head is covered: a mistake costs a square, a miss a face. */
const PERSON_SCORE = 0.3;
/** A look that comes this share of `everyMs` too early is in time: capture times are rounded. */
const EARLY_SHARE = 0.1;
const PERSON = 'person';

export interface AnalysisOptions {
  readonly camera: Camera;
  readonly timeZone: string;
  readonly detector: Detector;
  /** Faces are to be found: then every picture is looked at as a whole, whether anything moves or not. */
  readonly faces?: FaceFinder;
}

/**
 * Looks at recorded pictures as the live analysis does: gate, detector, tracker, lines and zones. Pictures go in by capture
 * order; those before the stretch let it know what is there.
 */
export class StretchAnalysis {
  #scene: SceneState = newScene();
  #gate: { gate: MotionGate; width: number; height: number } | undefined;
  #lookedAt = -Infinity;
  readonly #config: SceneConfig;

  constructor(private readonly options: AnalysisOptions) {
    this.#config = { ...options.camera, timeZone: options.timeZone };
  }

  known(): Known {
    return { scene: this.#scene, lookedAt: this.#lookedAt };
  }

  /** Goes on where another one was; pictures that it has seen are only searched for faces. */
  goOn({ scene, lookedAt }: Known): void {
    this.#scene = scene;
    this.#lookedAt = lookedAt;
  }

  /** Counts begin anew: the stretch begins here. */
  beginCounting(): void {
    this.#scene = { ...this.#scene, lines: {} };
  }

  /** @returns what is to be covered; undefined: no faces were wanted */
  async look({ at, frame, picture }: AnalysedPicture): Promise<Faces | undefined> {
    const { faces } = this.options;
    const isNew = at > (this.#scene.at ?? -Infinity);
    if (!isNew && !faces) return undefined;
    const { verdict, regions } = this.#gateOf(picture).look(picture.data, at);
    const aspect = picture.width / picture.height;
    const isDue = at - this.#lookedAt >= this.options.camera.detect.everyMs * (1 - EARLY_SHARE);
    const looked = faces
      ? WHOLE
      : verdict !== 'gated' && (isDue || verdict === 'heartbeat')
        ? planLook(this.#scene, { at, kind: verdict, regions }, this.#config)
        : undefined;
    const detections = looked ? await this.#detect(picture, looked) : [];
    if (looked && isNew) this.#lookedAt = at;
    const { classes } = this.options.camera.detect;
    const own = detections.filter(({ label }) => classes.includes(label));
    if (isNew) {
      const observation = { at, frame, regions, ...(looked && { looked }), detections: own, aspect };
      this.#scene = step(this.#scene, observation, this.#config).state;
    }
    if (!faces) return undefined;
    const people = this.#people(detections, at, aspect);
    const found = await faces.find(picture, { people });
    return {
      faces: { at, boxes: found.map(({ box }) => box) },
      heads: { at, boxes: people.map((person) => headOf(person, aspect)) },
    };
  }

  /** What to draw over the picture of that moment, not before the newest one looked at. */
  overlayAt(at: number): Overlay {
    const { tracks, aspect, lines } = this.#scene;
    // Seen at the last look is seen: only what was missed then is drawn as expected.
    const now = tracks.map((track): Track =>
      track.seenAt >= this.#lookedAt ? { ...track, motion: motionAt(track, at, aspect), seenAt: at } : track,
    );
    return overlayOf(now, at, aspect, lines, this.#config);
  }

  async #detect(picture: Picture, looked: UnitBox): Promise<Detection[]> {
    const { camera, detector, faces } = this.options;
    const { classes, minScore } = camera.detect;
    const wantsPeople = faces && !classes.includes(PERSON) && detector.labels.includes(PERSON);
    return detector.detect(picture, looked, {
      classes: wantsPeople ? [...classes, PERSON] : classes,
      minScore: faces ? Math.min(PERSON_SCORE, minScore * WEAK_SHARE) : minScore * WEAK_SHARE,
      inputShare: inputShare(looked, 0),
    });
  }

  #people(detections: readonly Detection[], at: number, aspect: number): UnitBox[] {
    const seen = detections.filter(({ label, score }) => label === PERSON && score >= PERSON_SCORE);
    const expected = this.#scene.tracks.filter(
      (track) => isConfirmed(track) && labelOf(track) === PERSON && track.seenAt < at,
    );
    return [...seen.map(({ box }) => box), ...expected.map((track) => boxAt(track, at, aspect))];
  }

  #gateOf({ width, height }: Picture): MotionGate {
    if (this.#gate?.width !== width || this.#gate.height !== height) {
      const { motion: settings, masks } = this.options.camera;
      this.#gate = { gate: createMotionGate({ width, height, settings, masks }), width, height };
    }
    return this.#gate.gate;
  }
}
