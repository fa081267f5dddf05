import type { UnitBox } from '../geometry.js';
import type { CameraId } from '../ids.js';
import type { PlateReading } from './reading.js';
import type { PlateSight } from './sight.js';

/** One vehicle that went past one camera (or one plate of a picture that was handed in), once. */
export interface Passage {
  /**
   * Derived from what it is about: camera, track and when the track began; of a plate that was seen in whole pictures,
   * the first look that showed it; or job and place in its picture.
   */
  readonly id: string;
  /** Absent: of a picture that was handed in. */
  readonly cameraId?: CameraId;
  readonly trackId?: number;
  /** The job that read a picture that was handed in. */
  readonly jobId?: string;
  /** Capture times of the first, the best and the newest sight, epoch ms. */
  readonly firstAt: number;
  readonly at: number;
  readonly lastAt: number;
  readonly reading: PlateReading;
  /** What the detector called the vehicle. */
  readonly vehicle?: string;
  /** Of the best sight: the plate's and the whole vehicle's (or picture's) stored picture. */
  readonly crop?: string;
  readonly scene?: string;
  /** `open`: the vehicle may still be seen. `merged`: it was the vehicle of another passage, `mergedInto`, once more. */
  readonly state: 'open' | 'final' | 'merged';
  readonly mergedInto?: string;
  /** What people made of it: replaces `reading` for matching and search. */
  readonly review?: { readonly text: string; readonly key: string; readonly by: string; readonly at: number };
  /** Lists it matched when it became final. */
  readonly hits: readonly ListHit[];
}

/** One look at one vehicle: kept with its picture. */
export interface PlateRead {
  /** Derived from passage and capture time. */
  readonly id: string;
  readonly passageId: string;
  /** Capture time, epoch ms. */
  readonly at: number;
  /** Where the vehicle was, unit coordinates of the picture. */
  readonly box?: UnitBox;
  /** Absent: the look showed no plate. */
  readonly sight?: PlateSight;
  /** What this sight alone says. */
  readonly reading?: PlateReading;
  readonly crop?: string;
  /** Of a whole picture: where it is kept, if it was the best of its passage when it was taken. */
  readonly scene?: string;
}

/** An entry of a named list of plates. */
export interface ListEntry {
  /** 1, 2, 3 … */
  readonly id: number;
  readonly list: string;
  /** As it was entered; `*` stands for any number of characters, `?` for one. */
  readonly pattern: string;
  /** The pattern without marks, capital letters: `30A*`. */
  readonly key: string;
  /** Epoch ms; absent: from ever, for ever. */
  readonly validFrom?: number;
  readonly validTo?: number;
  readonly reason?: string;
  readonly owner?: string;
  readonly note?: string;
  readonly createdAt: number;
  readonly createdBy: string;
}

/** What a hit on a list means. */
export type ListKind = 'deny' | 'allow' | 'watch';

export interface PlateList {
  readonly id: string;
  readonly kind: ListKind;
  readonly name?: string;
  /** allow: a vehicle that is on no allow list of its camera raises an alert. */
  readonly alertUnknown: boolean;
}

export interface ListHit {
  readonly list: string;
  readonly kind: ListKind;
  readonly entryId: number;
  /** `possible`: a doubtful character decides. */
  readonly match: 'exact' | 'possible';
  /** Probability that the plate is the listed one, 0..1. */
  readonly p: number;
}
