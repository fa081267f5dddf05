import { isDeepStrictEqual } from 'node:util';
import type { Camera } from '../domain/camera.js';
import type { CameraId } from '../domain/ids.js';
import { hostOf } from '../domain/source-host.js';
import { messageOf, PermanentError } from '../errors.js';
import { type CameraSettings, readCameraSettings } from '../io/camera-file.js';
import { type SettledFile, watchSettled } from '../io/settled-file.js';
import type { Log } from '../log.js';
import type { CameraAbout, CameraCatalogue, CameraStore, StoredCamera } from '../ports.js';
import { type MergedCameras, mergeCameras, readGiven } from './merge-cameras.js';

export interface CatalogueOptions {
  /** The camera file. */
  readonly path: string;
  readonly store: CameraStore;
  /** Where references of sources are looked up. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Time between two looks at file and database, ms; a change of the file is believed at the second. Default 900. */
  readonly pollMs?: number;
}

/** Two looks at the file within two seconds. */
const POLL_MS = 900;

/**
 * Opens the cameras of the file and of the database and follows both: a camera that did not change stays the same
 * object, a file that is wrong leaves the last good one in force and shows as `problem()`.
 * @throws InputError when the file is wrong now, listing every mistake; Error when the database does not answer.
 */
export async function openCameraCatalogue(options: CatalogueOptions): Promise<FollowedCatalogue> {
  // What changes while it is read differs from what is remembered here, so it is read again.
  const watch = await watchSettled(options.path);
  const settings = readCameraSettings(options.path, options.env);
  const revision = await options.store.revision();
  return new FollowedCatalogue(options, watch, settings, { revision, rows: await options.store.list() });
}

interface Stored {
  readonly revision: string;
  readonly rows: readonly StoredCamera[];
}

export class FollowedCatalogue implements CameraCatalogue {
  readonly #listeners = new Set<() => void>();
  #merged: MergedCameras;
  #fileProblem: string | undefined;
  #storeProblem: string | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  /** One look after the other. */
  #looking: Promise<void> = Promise.resolve();

  constructor(
    private readonly options: CatalogueOptions,
    private readonly watch: SettledFile,
    private settings: CameraSettings,
    private stored: Stored,
  ) {
    this.#merged = mergeCameras(settings, stored.rows, options.path, options.env);
    this.#tell(this.#merged.problems);
    this.#lookLater();
  }

  get site(): CameraCatalogue['site'] {
    return this.settings.file.site;
  }

  get recipients(): CameraCatalogue['recipients'] {
    return this.settings.file.recipients;
  }

  get reports(): CameraCatalogue['reports'] {
    return this.settings.file.reports;
  }

  get retention(): CameraCatalogue['retention'] {
    return this.settings.file.retention;
  }

  get archive(): CameraCatalogue['archive'] {
    return this.settings.file.archive;
  }

  get areas(): CameraCatalogue['areas'] {
    return this.settings.file.areas;
  }

  get alerting(): CameraCatalogue['alerting'] {
    return this.settings.file.alerting;
  }

  all(): readonly Camera[] {
    return this.#merged.cameras;
  }

  get(id: CameraId): Camera {
    const camera = this.#merged.cameras.find((one) => one.id === id);
    if (!camera)
      throw new PermanentError(`there is no camera "${id}", neither in the camera file nor in the database`);
    return camera;
  }

  onChange(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  about(id: CameraId): CameraAbout | undefined {
    return this.#merged.abouts.get(id);
  }

  hosts(): ReadonlySet<string> {
    const sources = this.settings.file.cameras.flatMap(({ source, detectSource }) => [source, detectSource]);
    return new Set(sources.map((source) => hostOf(source ?? '')).filter((host) => host !== undefined));
  }

  problem(): string | undefined {
    const problems = [this.#fileProblem, this.#storeProblem, ...this.#merged.problems];
    const real = problems.filter((text) => text !== undefined);
    return real.length === 0 ? undefined : real.join('\n');
  }

  check(given: unknown): Camera {
    return readGiven(given, this.settings, this.options.env);
  }

  refresh(): Promise<void> {
    return this.#inTurn(() => this.#lookAtStore());
  }

  /** Follows no more; resolves when nothing is under way. What was read stays readable. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#listeners.clear();
    await this.#looking;
  }

  #lookLater(): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.#look(), this.options.pollMs ?? POLL_MS);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    await this.#inTurn(() => this.#lookAtFile());
    await this.refresh().catch((error: unknown) => {
      const isNew = this.#storeProblem === undefined;
      this.#storeProblem = `the database does not answer; cameras made through the API may be out of date: ${messageOf(error)}`;
      if (isNew) this.#tell([this.#storeProblem]);
    });
    this.#lookLater();
  }

  #inTurn(look: () => Promise<void>): Promise<void> {
    const mine = this.#looking.then(look);
    this.#looking = mine.catch(() => undefined);
    return mine;
  }

  async #lookAtFile(): Promise<void> {
    if (!(await this.watch.look())) return;
    const read = this.#readFile();
    if (read) this.#use(read, this.stored);
  }

  #readFile(): CameraSettings | undefined {
    const { path, env, log } = this.options;
    try {
      const read = readCameraSettings(path, env);
      if (this.#fileProblem !== undefined) log.info({}, 'the camera file is right again');
      this.#fileProblem = undefined;
      return read;
    } catch (error) {
      this.#fileProblem = `the camera file has mistakes and is not in force, its last good state is: ${messageOf(error)}`;
      this.#tell([this.#fileProblem]);
      return undefined;
    }
  }

  async #lookAtStore(): Promise<void> {
    const { store } = this.options;
    const revision = await store.revision();
    this.#storeProblem = undefined;
    if (revision === this.stored.revision) return;
    this.#use(this.settings, { revision, rows: await store.list() });
  }

  #use(settings: CameraSettings, stored: Stored): void {
    const [before, { site, recipients, alerting, areas, reports, retention, archive }] = [
      this.#merged,
      this.settings.file,
    ];
    const fresh = mergeCameras(settings, stored.rows, this.options.path, this.options.env);
    this.settings = settings;
    this.stored = stored;
    this.#merged = { ...fresh, cameras: keepSame(before.cameras, fresh.cameras) };
    this.#tell(fresh.problems.filter((problem) => !before.problems.includes(problem)));
    const isSame =
      this.#merged.cameras === before.cameras &&
      isDeepStrictEqual(
        [before.abouts, site, recipients, alerting, areas, reports, retention, archive],
        [
          fresh.abouts,
          this.site,
          this.recipients,
          this.alerting,
          this.areas,
          this.reports,
          this.retention,
          this.archive,
        ],
      );
    if (isSame) return;
    this.options.log.info({ cameras: fresh.cameras.length }, 'the cameras have changed');
    for (const listener of [...this.#listeners]) listener();
  }

  #tell(problems: readonly string[]): void {
    for (const problem of problems) this.options.log.error({ problem }, 'cameras cannot be used as given');
  }
}

/** The new list with the old objects where nothing changed; the old list itself when nothing did at all. */
function keepSame(old: readonly Camera[], fresh: readonly Camera[]): readonly Camera[] {
  const known = new Map(old.map((camera) => [camera.id, camera]));
  const kept = fresh.map((camera) => {
    const before = known.get(camera.id);
    return before !== undefined && isDeepStrictEqual(before, camera) ? before : camera;
  });
  const isSame = kept.length === old.length && kept.every((camera, i) => camera === old[i]);
  return isSame ? old : kept;
}
