import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { ensureFirstAdmin } from '../../api/accounts.js';
import type { Config } from '../../config.js';
import { checkFfmpeg } from '../../io/ffmpeg/binary.js';
import { startMailCatcher, type MailCatcher } from '../../io/mail-catcher.js';
import { startEmbeddedRedis } from '../../io/redis/embedded.js';
import { createLog, type Log } from '../../log.js';
import { InputError } from '../../errors.js';
import type { DemoOptions } from '../cli.js';
import { demoCameraFile } from '../demo/demo-cameras.js';
import { createLiveView } from '../demo/live-view.js';
import { clips, resultOf } from '../demo/result.js';
import { summaryLines } from '../demo/summary.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig, ROOT } from '../installation.js';
import { readSystem } from '../read-system.js';
import { hasPlates, refuseWhenRunning, startSystem } from '../system.js';
import { stopSignal } from '../until-stopped.js';
import type { SystemState } from '../view.js';
import { openWorld, type World } from '../world.js';

const DATA = join(ROOT, 'data/demo');
/** In a folder that a demonstration may empty. */
const MARK = '.camqueue-demo';
/** The sample is 79.5 s long; own sources may never end. */
const SAMPLE_SECONDS = 120;
const OWN_SECONDS = 60;
const REFRESH_MS = 500;

/** `camqueue demo`: the whole system, its own data folder, a mail server that delivers nowhere; a live view, a summary. */
export async function demo(sources: readonly string[], options: DemoOptions): Promise<number> {
  const signal = stopSignal();
  const cameraFile = demoCameraFile(sources);
  await checkFfmpeg();
  const data = resolve(options.data ?? DATA);
  await freshFolder(data);
  const mails = await startMailCatcher();
  const camerasPath = join(data, 'cameras.yaml');
  await writeFile(camerasPath, cameraFile);
  // Whatever the shell has set for a real installation must not leak into the demonstration, nor the other way round.
  for (const name of ['REDIS_URL', 'FRAME_REDIS_URL', 'DATABASE_URL']) delete process.env[name];
  Object.assign(process.env, {
    DATA_DIR: data,
    CAMERAS_FILE: camerasPath,
    SMTP_URL: mails.url,
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: String(await freePort()),
  });
  const config = loadConfig();
  const log = createLog('demo', 'error');
  const world = await openWorld(config, 'demo', log);
  try {
    const seconds =
      options.keep === true
        ? Infinity
        : (options.seconds ?? (sources.length === 0 ? SAMPLE_SECONDS : OWN_SECONDS));
    return await show(world, { log, config, mails, signal, seconds, keep: options.keep === true });
  } finally {
    await world.close();
    await mails.close();
  }
}

interface Stage {
  readonly log: Log;
  readonly config: Config;
  readonly mails: MailCatcher;
  readonly signal: AbortSignal;
  readonly seconds: number;
  readonly keep: boolean;
}

async function show(world: World, stage: Stage): Promise<number> {
  const ports = await world.ports(['cameras', 'states', 'incidents', 'deliveries', 'events']);
  const admin = await ensureFirstAdmin(await world.principals());
  const system = startSystem(stage.config, stage.log, {
    again: false,
    plates: hasPlates(ports.cameras.all()),
    exitWhenFinished: !stage.keep,
    logDir: join(stage.config.DATA_DIR, 'logs'),
  });
  const view = createLiveView(process.stdout, ports.cameras.site.timeZone);
  const startedAt = Date.now();
  let failed: string | undefined;
  void system.gaveUp.then((role) => (failed = role));
  console.log(
    stage.keep
      ? keepLines(stage.config, admin).join('\n')
      : 'Starting the system on real footage; it stops by itself (Ctrl-C stops it now).',
  );
  try {
    let state: SystemState;
    do {
      state = await readSystem(world, ports, startedAt, Date.now());
      view.show(state);
      await pause(REFRESH_MS, stage.signal);
    } while (
      failed === undefined &&
      !stage.signal.aborted &&
      state.elapsedMs < stage.seconds * 1000 &&
      (stage.keep || !isThrough(state))
    );
    view.end();
    if (failed !== undefined) {
      process.stderr.write(
        `camqueue: the ${failed} process cannot work; its log: ${join(stage.config.DATA_DIR, 'logs', `${failed}.log`)}\n`,
      );
      return EXIT_FAILED;
    }
    if (stage.signal.aborted && !stage.keep) return EXIT_OK;
    const result = await resultOf(world, ports, startedAt, stage.mails);
    await system.stop();
    console.log(
      summaryLines({
        ...result,
        files: [...(await clips(ports, stage.config.DATA_DIR, stage.signal)), ...result.files],
      }).join('\n'),
    );
    return result.system.cameras.some(({ status }) => status === 'connection_failed') ? EXIT_FAILED : EXIT_OK;
  } finally {
    view.end();
    await system.stop();
  }
}

/** Every source has ended, and nothing is left to do for any queue. */
function isThrough(state: SystemState): boolean {
  const ended = state.cameras.every(
    ({ status }) => status === 'finished' || status === 'connection_failed' || status === 'disabled',
  );
  return ended && state.queues.every(({ waiting, active, delayed }) => waiting + active + delayed === 0);
}

function keepLines(config: Config, admin: Awaited<ReturnType<typeof ensureFirstAdmin>>): string[] {
  const address = `http://${config.HTTP_HOST}:${config.HTTP_PORT}`;
  return [
    'Running until Ctrl-C.',
    `  Bull Board   ${address}/admin/queues`,
    `  Cameras      ${address}/`,
    `  API          ${address}/api/v1/cameras`,
    ...(admin
      ? [`  Log in as    ${admin.user}   password ${admin.password}`, `  API key      ${admin.key}`]
      : []),
    '',
  ];
}

/** Every demonstration begins empty; one that was killed may have left its Redis running. */
async function freshFolder(data: string): Promise<void> {
  refuseWhenRunning(data);
  await mkdir(data, { recursive: true });
  const found = await readdir(data);
  if (found.length > 0) {
    if (data !== DATA && !found.includes(MARK))
      throw new InputError(
        `${data} is not empty and holds no demonstration: name another folder with --data`,
      );
    const left = await startEmbeddedRedis({ dataDir: data, log: createLog('demo', 'silent') });
    await left.close();
    for (const name of found.filter((entry) => entry !== MARK))
      await rm(join(data, name), { recursive: true, force: true });
  }
  await writeFile(join(data, MARK), '');
  await mkdir(join(data, 'logs'));
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address ? address.port : 0;
}

/** Ends early, without an error, when the signal is aborted. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => undefined);
}
