import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Camera, CameraFile } from '../../domain/camera.js';
import { publicEvent, type CameraEvent } from '../../domain/events.js';
import { NO_FRAMES } from '../../domain/frame.js';
import { newScene, sceneCounters } from '../../domain/scene.js';
import { InputError, messageOf } from '../../errors.js';
import { createCameras, readCameraFile } from '../../io/camera-file.js';
import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import { createMemoryCameraStates } from '../../io/memory/camera-states.js';
import { createMemoryFrameRing } from '../../io/memory/frame-ring.js';
import { NO_VIEWERS } from '../../io/memory/live-view.js';
import { createMemoryPinnedPictures } from '../../io/memory/pinned-pictures.js';
import { createMetrics } from '../../io/metrics.js';
import { createDetectors } from '../../io/onnx/detectors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { createPlateReader } from '../../io/plates/plate-reader.js';
import { createPictures } from '../../io/pictures.js';
import { loadGrammars } from '../../io/plate-grammars.js';
import { createSigner } from '../../io/signer.js';
import { createSnapshotStore } from '../../io/snapshots.js';
import { createAuditLog } from '../../io/sql/audit-log.js';
import { createEventStore } from '../../io/sql/event-store.js';
import { createHealthReports } from '../../io/sql/health-reports.js';
import { createIncidentStore } from '../../io/sql/incident-store.js';
import { createMaintenances } from '../../io/sql/maintenances.js';
import { openDatabase } from '../../io/sql/open.js';
import { createPassageStore } from '../../io/sql/passage-store.js';
import { createPlateLists } from '../../io/sql/plate-lists.js';
import { createLog } from '../../log.js';
import type { CameraStates, EventStore, PassageStore, Ports } from '../../ports.js';
import type { IncidentStore } from '../../ports/alerting.js';
import type { ReplayOptions } from '../cli.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { RING_BYTES, runInline } from '../inline-road.js';
import { GRAMMARS_DIR, loadConfig } from '../installation.js';
import { loadNetworks } from '../load-networks.js';
import { stopSignal } from '../until-stopped.js';

/** The road ends at the incident: a replay tells nobody. */
const ROAD = ['motion', 'license-plate', 'alert'] as const;

/** `camqueue replay <video> --camera <file>`: the whole road on one file, complete and in order, without Redis. */
export async function replay(video: string, options: ReplayOptions): Promise<number> {
  const config = loadConfig();
  const file = readCameraFile(resolve(options.camera), process.env);
  const camera = cameraFor(file, video, options);
  await checkFfmpeg();
  const startAt = options.start ?? (await lastChangeOf(video));
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-replay-'));
  const database = await openDatabase({ dataDir: folder });
  const closers = [() => database.close()];
  const print =
    options.json === true
      ? (event: object) => console.log(JSON.stringify(event))
      : (event: object) => console.log(readable(event));
  try {
    const states = createMemoryCameraStates();
    const detectors = createDetectors({
      modelsDir: config.MODELS_DIR,
      networks: networksOf(file.networks, config.MODELS_DIR),
    });
    const plates = createPlateReader({ modelsDir: config.MODELS_DIR, detectors, engine: config.OCR_ENGINE });
    closers.push(() => plates.close());
    const ports = {
      cameras: createCameras({ ...file, cameras: [camera] }),
      frames: createMemoryFrameRing({ ringBytes: RING_BYTES }),
      states,
      detectors,
      plates,
      grammars: loadGrammars({ shippedDir: GRAMMARS_DIR, ownDir: config.PLATE_GRAMMARS }),
      pins: createMemoryPinnedPictures({ maxBytes: RING_BYTES }),
      live: NO_VIEWERS,
      passages: announcedPassages(createPassageStore(database), print),
      plateLists: createPlateLists(database),
      pictures: createPictures(),
      snapshots: createSnapshotStore(options.annotate ?? join(folder, 'snapshots')),
      events: announced(createEventStore(database), print),
      incidents: announcedIncidents(createIncidentStore(database), print),
      maintenances: createMaintenances(database),
      reports: createHealthReports(database),
      signer: createSigner(randomUUID()),
      audit: createAuditLog(database),
      metrics: createMetrics({ process: 'replay' }),
    };
    await loadNetworks([camera], ports.detectors);
    return await play(camera, startAt, ports, print);
  } finally {
    for (const close of closers.reverse()) await close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(
  camera: Camera,
  startAt: number,
  ports: Partial<Ports> & Pick<Ports, 'cameras' | 'frames' | 'states'>,
  print: (event: object) => void,
): Promise<number> {
  const log = createLog('replay', 'error');
  const startedAt = performance.now();
  const jobs = await runInline({
    cameras: [camera],
    queues: ROAD,
    ports,
    log,
    signal: stopSignal(),
    fileStart: startAt,
  });
  const summary = await summaryOf(camera, ports.states, (performance.now() - startedAt) / 1000);
  print({ ...summary, jobs: jobs.done, ...(jobs.failed.length > 0 && { failedJobs: jobs.failed }) });
  return summary.status === 'finished' && summary.frames.failed === 0 && jobs.failed.length === 0
    ? EXIT_OK
    : EXIT_FAILED;
}

async function summaryOf(camera: Camera, states: CameraStates, seconds: number) {
  const source = await states.source(camera.id);
  const checkpoint = await states.read(camera.id);
  const frames = checkpoint?.counts ?? NO_FRAMES;
  return {
    type: 'summary',
    cameraId: camera.id,
    status: source?.status ?? 'connecting',
    ...(source?.reason === undefined ? {} : { reason: source.reason }),
    frames,
    lines: sceneCounters(checkpoint?.scene ?? newScene()).lines,
    seconds: Math.round(seconds * 100) / 100,
    fps: Math.round((frames.captured / seconds) * 10) / 10,
  };
}

function cameraFor(file: CameraFile, video: string, options: ReplayOptions): Camera {
  const camera =
    options.id === undefined ? file.cameras[0] : file.cameras.find(({ id }) => id === options.id);
  if (!camera) {
    throw new InputError(
      `the camera file has no camera "${options.id ?? ''}"; it has ${file.cameras.map(({ id }) => id).join(', ')}`,
    );
  }
  const { detectSource: _, ...rest } = camera;
  return {
    ...rest,
    source: resolve(video),
    enabled: true,
    pace: 'fast',
    annotate: options.annotate !== undefined,
  };
}

async function lastChangeOf(video: string): Promise<number> {
  try {
    return Math.floor((await stat(video)).mtimeMs);
  } catch (error) {
    throw new InputError(`video ${video} cannot be read: ${messageOf(error)}`);
  }
}

/** Prints each event when it is stored for the first time. */
function announced(store: EventStore, print: (event: object) => void): EventStore {
  return {
    ...store,
    add: async (events) => {
      const known = await Promise.all(events.map(({ id }) => store.get(id)));
      await store.add(events);
      for (const { id: _, snapshot: __, ...event } of events.filter((_, i) => !known[i]))
        print(publicEvent(event));
    },
  };
}

/** Prints each plate when its passage becomes final: an event has no text of it. */
function announcedPassages(store: PassageStore, print: (event: object) => void): PassageStore {
  return {
    ...store,
    put: async (passage) => {
      const before = await store.get(passage.id);
      const now = await store.put(passage);
      if (now.state === 'final' && before?.state !== 'final') {
        const { cameraId, at, id, vehicle, reading } = now;
        const { text, verdict, p, format, province, sights } = reading;
        const what = { text, verdict, p: Math.round(p * 1000) / 1000, format, province, sights };
        print(publicEvent({ type: 'passage', cameraId, at, passageId: id, class: vehicle, ...what }));
      }
      return now;
    },
    exclusively: (cameraId, work) =>
      store.exclusively(cameraId, (inner) => work(announcedPassages(inner, print))),
  };
}

function announcedIncidents(store: IncidentStore, print: (event: object) => void): IncidentStore {
  return {
    ...store,
    accept: async (alert, rules, plan, now) => {
      const accepted = await store.accept(alert, rules, plan, now);
      const { id: incidentId, cameraId, firstAt: at, severity, kind, summary } = accepted.incident;
      if (accepted.opened)
        print(publicEvent({ type: 'incident', cameraId, at, incidentId, severity, kind, summary }));
      return accepted;
    },
  };
}

function readable(event: object): string {
  const { type, at, ...rest } = event as Partial<CameraEvent> & { at?: string };
  const fields = Object.entries(rest).map(
    ([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  );
  return `${at ?? ''}  ${String(type).padEnd(8)}  ${fields.join(' ')}`.trim();
}
