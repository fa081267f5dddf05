import type { Alerting, Recipient } from './domain/alerting/config.js';
import type { Area, ReportOrder } from './domain/camera-fields/counting.js';
import type { ArchiveSettings, RetentionRule } from './domain/camera-fields/retention.js';
import type { Camera, Site } from './domain/camera.js';
import type { Detection } from './domain/detection.js';
import type { CameraEvent, CameraStatus } from './domain/events.js';
import type { FrameCounts, RingCursor, RingEntry } from './domain/frame.js';
import type { UnitBox } from './domain/geometry.js';
import type { HealthFinding, HealthReport } from './domain/health/report.js';
import type { CameraId, PartId } from './domain/ids.js';
import type { Overlay } from './domain/overlay.js';
import type { Picture } from './domain/picture.js';
import type { Grammar } from './domain/plates/grammar.js';
import type { ListIndex } from './domain/plates/list-matching.js';
import type { ListEntry, Passage, PlateList, PlateRead } from './domain/plates/passage.js';
import type { PlateSight } from './domain/plates/sight.js';
import type { SceneState } from './domain/scene.js';

import type {
  Deliveries,
  IncidentStore,
  Links,
  Maintenances,
  NotificationChannels,
  PushTokens,
  Signer,
  Templates,
} from './ports/alerting.js';
import type { AuditLog } from './ports/audit.js';
import type { CrossingRow, FlowReports, OccupancyStore } from './ports/counting.js';
import type { Backups } from './ports/backups.js';
import type { ClipMaker } from './ports/clips.js';
import type { EvidencePackages } from './ports/evidence.js';
import type { ExportSettings, ExportStore } from './ports/exports.js';
import type { FaceFinder } from './ports/faces.js';
import type { LiveView } from './ports/live.js';
import type { CsvWriter, Mailer } from './ports/mail.js';
import type {
  ArchiveReports,
  ColdRecordings,
  Holds,
  RecordingFiles,
  RecordingIndex,
} from './ports/recordings.js';
import type { Provenance } from './ports/provenance.js';
import type { ObjectStore } from './ports/storage.js';

/** Logs that are files of ours. */
export interface LogFiles {
  /** Moves those that have grown too long out of the way. @returns how many. */
  rotate(): Promise<number>;
}

/** What a handler may ask of the world. Adapters live in src/io; only src/main puts them together. */
export interface Ports {
  cameras: Cameras;
  frames: FrameRing;
  states: CameraStates;
  detectors: Detectors;
  plates: PlateReader;
  /** How plates are written where this site is. */
  grammars: readonly Grammar[];
  pins: PinnedPictures;
  passages: PassageStore;
  plateLists: PlateLists;
  pictures: Pictures;
  snapshots: SnapshotStore;
  events: EventStore;
  occupancy: OccupancyStore;
  flowReports: FlowReports;
  mailer: Mailer;
  csv: CsvWriter;
  /** Pictures, exports and evidence. */
  storage: ObjectStore;
  recordings: RecordingIndex;
  /** The recordings folder of this machine. */
  recordingFiles: RecordingFiles;
  cold: ColdRecordings;
  holds: Holds;
  archiveReports: ArchiveReports;
  exports: ExportStore;
  exportSettings: ExportSettings;
  provenance: Provenance;
  clips: ClipMaker;
  evidence: EvidencePackages;
  faces: FaceFinder;
  live: LiveView;
  backups: Backups;
  logs: LogFiles;
  incidents: IncidentStore;
  deliveries: Deliveries;
  channels: NotificationChannels;
  templates: Templates;
  pushTokens: PushTokens;
  maintenances: Maintenances;
  signer: Signer;
  links: Links;
  audit: AuditLog;
  gaps: Gaps;
  probes: HealthProbes;
  reports: HealthReports;
  metrics: Metrics;
}

export interface Cameras {
  readonly site: Site;
  readonly recipients: readonly Recipient[];
  readonly alerting: Alerting;
  readonly areas: readonly Area[];
  readonly reports: readonly ReportOrder[];
  readonly retention: readonly RetentionRule[];
  readonly archive: ArchiveSettings;
  /** As they are now; the same objects until something changes. */
  all(): readonly Camera[];
  /** @throws PermanentError when there is no such camera. */
  get(id: CameraId): Camera;
  /** Calls back after every change. @returns what ends that. */
  onChange(listener: () => void): () => void;
}

/** The bounded queue of frames between a camera's sampler and its analysis. Entries are ordered by (pass, seq). */
export interface FrameRing {
  /**
   * Adds an entry; beyond the bound the oldest go. Adding an entry that is not newer than the last one changes
   * nothing (a repeated write is harmless).
   * @returns how many entries the ring now holds.
   */
  append(entry: RingEntry): Promise<number>;
  /** The oldest entries after the cursor, at most `count`, with their pictures. */
  readAfter(
    cameraId: CameraId,
    cursor: Pick<RingCursor, 'pass' | 'seq'> | undefined,
    count: number,
  ): Promise<RingEntry[]>;
  /** Forgets everything up to and including the cursor. */
  trim(cameraId: CameraId, cursor: Pick<RingCursor, 'pass' | 'seq'>): Promise<void>;
  length(cameraId: CameraId): Promise<number>;
  /** The newest entry, without its picture. */
  last(cameraId: CameraId): Promise<RingEntry | undefined>;
  /** The newest picture of the camera, kept apart from the ring; overwritten about once a second. */
  putLatest(cameraId: CameraId, latest: LatestFrame): Promise<void>;
  latest(cameraId: CameraId): Promise<LatestFrame | undefined>;
}

export interface LatestFrame {
  readonly at: number;
  readonly frame: number;
  readonly picture: Picture;
}

/** Everything about a camera that must survive a crash: where the analysis stands, tracks and counters. */
export interface Checkpoint {
  readonly cursor?: RingCursor;
  readonly scene: SceneState;
  readonly counts: FrameCounts;
}

export interface CameraStates {
  /**
   * Takes over a camera: every earlier epoch is refused from now on.
   * @param heldVersion version of the checkpoint the caller has in memory; when it is still the newest, the
   * answer leaves the checkpoint out.
   */
  begin(
    cameraId: CameraId,
    heldVersion?: number,
  ): Promise<{ epoch: number; version: number; checkpoint?: Checkpoint }>;
  /**
   * Writes the checkpoint and adds `counted` to the totals and to the hour of `cursor.at`, all or nothing.
   * @returns the new version, or `undefined` when another worker has taken over (nothing was written).
   */
  commit(
    cameraId: CameraId,
    epoch: number,
    checkpoint: Checkpoint,
    counted: FrameCounts,
  ): Promise<number | undefined>;
  /** The newest checkpoint, for reading only. `undefined` for a camera never analysed. */
  read(cameraId: CameraId): Promise<Checkpoint | undefined>;
  /** Frame counts of the hours that touch [from, to), epoch ms. */
  hours(cameraId: CameraId, from: number, to: number): Promise<{ hourAt: number; counts: FrameCounts }[]>;
  /** Where the reading of a source stands; written by the sampler, read by pages and by the next sampler. */
  source(cameraId: CameraId): Promise<SourceState | undefined>;
  putSource(cameraId: CameraId, state: SourceState): Promise<void>;
  /** The next pass number of the camera: 1, 2, 3 … never given twice. */
  nextPass(cameraId: CameraId): Promise<number>;
}

export interface SourceState {
  readonly status: CameraStatus;
  readonly reason?: string;
  /** When the status began, epoch ms. */
  readonly since: number;
  readonly pass: number;
  /** Capture time of the newest frame sampled. */
  readonly lastFrameAt?: number;
  /** Sampled frames a second over the last seconds. */
  readonly fps?: number;
  readonly width?: number;
  readonly height?: number;
  /**
   * Files: what was opened (path, size, modification time), the capture time of its first frame, and the first pass
   * that read it: a cursor of an earlier pass is a place in another file.
   */
  readonly file?: {
    readonly fingerprint: string;
    readonly startedAt: number;
    readonly durationMs?: number;
    /** Frames a second that it holds. */
    readonly fps?: number;
    readonly firstPass?: number;
  };
  /** Files: 0..1. */
  readonly progress?: number;
  /** Wall clock of the last write, epoch ms: a state not written for some seconds has lost its sampler. */
  readonly beatAt?: number;
  /** The sampler process that reads the camera. */
  readonly sampler?: string;
  /** Failures to connect in a row. */
  readonly retries?: number;
  /** When the next try is due, epoch ms. */
  readonly nextTryAt?: number;
  /** Only key frames are decoded: nothing moves. */
  readonly isIdle?: boolean;
  /** Step of the degradation ladder, 1..3; undefined: none. */
  readonly degraded?: number;
  /** Live sources: how well they come in, over the last seconds. */
  readonly quality?: StreamQuality;
}

export interface StreamQuality {
  /** Frames a second that the source sends, before sampling. */
  readonly sourceFps?: number;
  /** Kilobits a second; only where the stream is copied (recording, idling). */
  readonly bitrateKbps?: number;
  /** Complaints of the decoder a minute. */
  readonly decodeErrorsPerMin: number;
  /** How long frames are under way: arrival after capture by the stream's own clock, ms. */
  readonly latencyMs?: number;
  /** How far the stream's clock has run ahead (+) or behind (-) ours since the connection, ms. */
  readonly driftMs?: number;
}

export interface Detectors {
  /** @throws PermanentError when the network is unknown, missing or not what its card says. */
  get(network: string): Promise<Detector>;
}

export interface Detector {
  readonly network: string;
  readonly labels: readonly string[];
  /**
   * Finds objects in one region of a picture.
   * @param look region looked at, unit coordinates; it is scaled to the network's input.
   * @param options.inputShare how much of each side of the input may be used, above 0 to 1 (default): less costs less.
   * Networks of one fixed size take no notice.
   * @returns detections after non-maximum suppression, best first, boxes in unit coordinates of the whole picture.
   */
  detect(
    picture: Picture,
    look: UnitBox,
    options: { classes: readonly string[]; minScore: number; inputShare?: number },
  ): Promise<Detection[]>;
}

/** Finds plates and reads their text, line by line and character by character; knows no grammar. */
export interface PlateReader {
  /**
   * @param options.vehicle where the vehicle is, unit coordinates; the plate looked for is on it. Without it vehicles
   * are looked for in the whole picture, and plates beside them as well.
   * @returns best first, corners in unit coordinates of the whole picture; empty: there is none, or none that can be read.
   * @throws PermanentError when a network is missing or damaged.
   */
  read(picture: Picture, options?: { vehicle?: UnitBox }): Promise<PlateSight[]>;
}

/** Pictures that jobs to come need, kept for a while in memory: they may be lost at any time. */
export interface PinnedPictures {
  /** @param key of safe segments like a snapshot's; the same key again changes nothing but the time. */
  pin(key: string, picture: Picture, ttlMs: number): Promise<void>;
  /** `undefined`: expired, or never there. */
  get(key: string): Promise<Picture | undefined>;
  remove(key: string): Promise<void>;
}

export interface PassageStore {
  /** Adds a look; one whose id is known stays as it is. */
  addRead(read: PlateRead): Promise<void>;
  /** All looks of a passage, oldest first. */
  reads(passageId: string): Promise<PlateRead[]>;
  /**
   * Writes the passage. Its state never goes back (open, final, merged): what comes late changes nothing. A review that
   * is there stays, whatever is written. @returns it as it is now.
   */
  put(passage: Passage): Promise<Passage>;
  get(id: string): Promise<Passage | undefined>;
  /** Open passages whose newest sight is older than that, oldest first: what a crash left unfinished. */
  open(filter: { lastBefore: number; limit: number }): Promise<Passage[]>;
  /**
   * Passages of a camera, open and final, that were last seen at `from` or later and best seen at `to` or earlier, oldest
   * first: where a plate may have been seen before.
   */
  seen(filter: { cameraId: CameraId; from: number; to: number }): Promise<Passage[]>;
  /**
   * Does `work` while nobody else does such work for this camera: all it writes becomes true together, or nothing. It uses
   * the store it is given and nothing else that asks the database.
   */
  exclusively<T>(cameraId: CameraId, work: (store: PassageStore) => Promise<T>): Promise<T>;
  /** Final ones, newest first. */
  search(filter: PassageFilter): Promise<PassagePage>;
  /**
   * @param hits what the reviewed text is on; default: they stay as they are
   * @returns `undefined`: there is no such passage.
   */
  review(
    id: string,
    review: NonNullable<Passage['review']>,
    hits?: Passage['hits'],
  ): Promise<Passage | undefined>;
  /** With their looks. @returns how many passages went. */
  removeBefore(before: number, signal: AbortSignal): Promise<number>;
}

export interface PassagePage {
  readonly passages: Passage[];
  /** Where to go on; absent: there is no more. A fuzzy search may stop before the page is full. */
  readonly next?: { readonly at: number; readonly id: string };
}

export interface PassageFilter {
  /** `*` any characters, `?` one; without marks, capital letters. */
  readonly pattern?: string;
  /**
   * With a `pattern` without wildcards: also texts that are this many characters (0..3) from it, look-alikes counting
   * half.
   */
  readonly fuzzy?: number;
  readonly cameraId?: CameraId;
  readonly jobId?: string;
  readonly list?: string;
  /** One that was reviewed counts as accepted. */
  readonly verdict?: Passage['reading']['verdict'];
  /** Capture time, `from` included, `to` not, epoch ms. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  /** The `at` and id of the last passage of the page before. */
  readonly after?: { readonly at: number; readonly id: string };
}

export interface PlateLists {
  /** Changes with every change of lists or entries: readers keep what they have read until it does. */
  revision(): Promise<string>;
  lists(): Promise<PlateList[]>;
  /** All lists, ready for matching; read again only when something in them has changed. */
  index(): Promise<{ readonly lists: readonly PlateList[]; readonly index: ListIndex }>;
  putList(list: PlateList): Promise<void>;
  /** With its entries. `false`: there was none. */
  removeList(id: string): Promise<boolean>;
  /**
   * Entries that are there already (list, key and validity) stay as they are. All or nothing.
   * @returns those that were added. @throws InputError when there is no such list.
   */
  addEntries(entries: readonly Omit<ListEntry, 'id'>[]): Promise<ListEntry[]>;
  /** Oldest first. */
  entries(filter: { list?: string; afterId?: number; limit: number }): Promise<ListEntry[]>;
  /** @returns what was removed. */
  removeEntry(id: number): Promise<ListEntry | undefined>;
}

export interface Pictures {
  /**
   * Looks at the beginning of a picture file only. Size as stored, before it is turned upright.
   * @throws InputError when it is no picture, or too large to be read
   */
  inspect(bytes: Uint8Array): Promise<{ format: string; width: number; height: number }>;
  /**
   * Decodes a picture file (JPEG, PNG, WebP …), turned upright as its EXIF orientation says.
   * @throws InputError with what is wrong with it
   */
  read(bytes: Uint8Array): Promise<Picture>;
  /**
   * @param options.crop unit coordinates, default the whole picture
   * @param options.overlay drawn before cropping
   * @param options.maxWidth what is wider is scaled down to it, pixels; its aspect stays
   */
  jpeg(
    picture: Picture,
    options?: { crop?: UnitBox; overlay?: Overlay; quality?: number; maxWidth?: number },
  ): Promise<Buffer>;
}

/** Pictures kept for people: thumbnails of events, annotated frames. */
export interface SnapshotStore {
  /** @param key relative path of safe segments, for example `gate-1/2026-11-21/x.jpg`; writing twice overwrites. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** `undefined` when there is none. */
  get(key: string): Promise<Buffer | undefined>;
  /**
   * Removes what was written before that time (epoch ms) under a folder, and what a crash left unfinished there.
   * @returns how many pictures went.
   */
  removeBefore(folder: string, before: number, signal: AbortSignal): Promise<number>;
}

export interface EventStore {
  /** Removes events captured before that time (epoch ms). @returns how many went. */
  removeBefore(before: number, signal: AbortSignal): Promise<number>;
  /** Stores events; one whose id is known already is left as it is. */
  add(events: readonly CameraEvent[]): Promise<void>;
  get(id: string): Promise<CameraEvent | undefined>;
  /**
   * Newest first; `from` is included, `to` is not (here and in the two below). Minutes of traffic (`flow`) are listed
   * only when asked for.
   */
  list(filter: {
    cameraId?: CameraId;
    type?: CameraEvent['type'];
    from?: number;
    to?: number;
    /** Of crossings. */
    line?: PartId;
    direction?: 'in' | 'out';
    /** `unknown`: of none. */
    class?: string;
    /** The `at` and id of the last event of the page before. */
    after?: { readonly at: number; readonly id: string };
    limit: number;
  }): Promise<CameraEvent[]>;
  /** Each crossing of a window, oldest first, some at a time. */
  eachCrossing(filter: {
    cameraIds?: readonly CameraId[];
    from: number;
    to: number;
  }): AsyncIterable<readonly CrossingRow[]>;
  /** Crossings by camera, line, direction and class. */
  crossings(filter: {
    cameraId?: CameraId;
    from?: number;
    to?: number;
  }): Promise<{ cameraId: string; line: string; direction: 'in' | 'out'; class: string; count: number }[]>;
}

/** Which sampler reads which camera: each by one at a time. Leases end by themselves when they are not renewed. */
export interface CameraLeases {
  /**
   * Says that this sampler lives and renews the leases it holds.
   * @returns those of `held` that it still holds, and how many samplers live.
   */
  renew(
    sampler: string,
    held: readonly CameraId[],
    ttlMs: number,
  ): Promise<{ held: CameraId[]; samplers: number }>;
  /** `false`: another sampler has it. */
  take(sampler: string, cameraId: CameraId, ttlMs: number): Promise<boolean>;
  /** Gives a lease back; one of another sampler is left alone. */
  release(sampler: string, cameraId: CameraId): Promise<void>;
  /** This sampler ends: it counts no more. */
  leave(sampler: string): Promise<void>;
  /** Who reads the cameras now. */
  holders(cameraIds: readonly CameraId[]): Promise<Map<CameraId, string>>;
}

/** A camera kept in the database (made through the API), or a camera of the file switched off there. */
export interface StoredCamera {
  readonly id: CameraId;
  /** The camera as it was given, before defaults and references; undefined: the camera is in the file. */
  readonly given?: Readonly<Record<string, unknown>>;
  /** `false`: switched off by somebody. */
  readonly enabled: boolean;
  readonly changedAt: number;
  readonly changedBy: string;
  /** Set: what was given cannot be read any more (and is empty); which camera and what to do, for people. */
  readonly problem?: string;
}

export interface CameraStore {
  /** Changes with every change. */
  revision(): Promise<string>;
  list(): Promise<StoredCamera[]>;
  put(camera: StoredCamera): Promise<void>;
  /** `false`: there was none. */
  remove(id: CameraId): Promise<boolean>;
}

/** The cameras of the camera file and of the database, followed while they change. */
export interface CameraCatalogue extends Cameras {
  /** Where a camera is kept and who switched it off; `undefined`: there is no such camera. */
  about(id: CameraId): CameraAbout | undefined;
  /** Hosts that sources of the camera file name, lower case. */
  hosts(): ReadonlySet<string>;
  /** What is wrong with the camera file or with stored cameras, for people; `undefined`: nothing. */
  problem(): string | undefined;
  /**
   * Reads a camera as it would be written in the camera file: merges the file's defaults, fills references.
   * @throws InputError that lists every mistake: field, what is wrong.
   */
  check(given: unknown): Camera;
  /** Looks for changes in the database now. */
  refresh(): Promise<void>;
}

export interface CameraAbout {
  readonly origin: 'file' | 'api';
  /** For people: `cameras.yaml`; the file's name without its folder. */
  readonly file: string;
  /** The file says `enabled: false`. */
  readonly isOffInFile: boolean;
  /** Who switched it off here. */
  readonly switchedOffBy?: string;
  /** Of a camera of the database: as it was given. Its source may hold credentials. */
  readonly given?: Readonly<Record<string, unknown>>;
}

/** Why there are no frames, or no recording, for a while. */
export type GapCause = 'camera' | 'network' | 'disk' | 'process' | 'disabled';
export type CoverageTrack = 'analysis' | 'recording';

export interface Gap {
  readonly cameraId: CameraId;
  readonly track: CoverageTrack;
  /** Capture time, epoch ms. */
  readonly from: number;
  /** `undefined`: it lasts. */
  readonly to?: number;
  readonly cause: GapCause;
  readonly reason?: string;
}

export interface Gaps {
  /** A gap of the same camera, track and `from` is left as it is; another one that lasts is ended at `from`. */
  begin(gap: Gap): Promise<void>;
  /** Ends the gap that lasts, if there is one. */
  end(cameraId: CameraId, track: CoverageTrack, to: number): Promise<void>;
  /** Those that touch [from, to), oldest first. */
  list(filter: { cameraId: CameraId; track?: CoverageTrack; from: number; to: number }): Promise<Gap[]>;
  removeBefore(before: number, signal: AbortSignal): Promise<number>;
}

export type {
  RecordingFiles,
  RecordingIndex,
  RepairedFile,
  Segment,
  SegmentFile,
} from './ports/recordings.js';
export type { HealthEntry, HealthFinding, HealthReport, HealthState } from './domain/health/report.js';

export interface HealthReports {
  /** A report of the same slot is left as it is. @returns whether this one was stored. */
  add(report: HealthReport): Promise<boolean>;
  /** The newest one before `before` (default: the newest of all). */
  latest(before?: number): Promise<HealthReport | undefined>;
  list(filter: { from: number; to: number; limit: number }): Promise<HealthReport[]>;
  removeBefore(before: number, signal: AbortSignal): Promise<number>;
}

/** Looks at everything now; each thing in a bounded time, one that cannot be looked at is a finding too. */
export interface HealthProbes {
  look(signal: AbortSignal): Promise<HealthFinding[]>;
}

/** What the rest of the system may measure; exported at /metrics. */
export interface Metrics {
  jobEnded(queue: string, outcome: JobOutcome, durationMs: number, waitMs: number): void;
  inference(network: string, ms: number): void;
  /** Wall clock from capture to the end of analysis, ms. */
  analysed(cameraId: CameraId, latencyMs: number): void;
}

export type JobOutcome =
  'done' | 'skipped' | 'not-ready' | 'failed' | 'permanent' | 'handed-back' | 'cancelled' | 'timeout';

/** What somebody may do; each role may also do what the ones before it may. */
export type Role = 'viewer' | 'operator' | 'admin';

/** Who may come in: a person (name and password) or a machine (API key). */
export interface Principal {
  readonly kind: 'person' | 'key';
  /** Login name of a person, label of a key; unique within its kind, also among disabled ones. */
  readonly name: string;
  readonly role: Role;
  /** Of the password or the key; never the secret itself. Opaque to the store. */
  readonly hash: string;
  /** Wall clock, epoch ms. */
  readonly createdAt: number;
  /** Set: this one may not come in any more. Epoch ms. */
  readonly disabledAt?: number;
}

export interface Principals {
  /** @throws InputError when its kind has that name already. */
  create(principal: Omit<Principal, 'disabledAt'>): Promise<void>;
  /** Disabled ones are found too. */
  find(kind: Principal['kind'], name: string): Promise<Principal | undefined>;
  /** Oldest first, disabled ones too. */
  list(): Promise<Principal[]>;
  /** `false`: no such principal, or it was disabled before. */
  disable(kind: Principal['kind'], name: string, now: number): Promise<boolean>;
  /** How many are not disabled. */
  count(filter?: { kind?: Principal['kind']; role?: Role }): Promise<number>;
}

/** One metric with its samples, in the shape prom-client exchanges between processes. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly values: readonly {
    readonly value: number;
    readonly labels: Readonly<Record<string, string | number>>;
    readonly metricName?: string;
  }[];
}
