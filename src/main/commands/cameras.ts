import { readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { createCameraChanges, type CameraChanges } from '../../api/camera-changes.js';
import { HttpError } from '../../api/http-error.js';
import { CameraFile } from '../../domain/camera.js';
import { effectiveStatus } from '../../domain/camera-status.js';
import { redactUrls } from '../../domain/redact.js';
import { InputError, messageOf } from '../../errors.js';
import { readCameraFile } from '../../io/camera-file.js';
import { createLog } from '../../log.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { table } from '../view.js';
import { openWorld, type World } from '../world.js';

export interface CamerasOptions {
  readonly cameras?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** `camqueue cameras check [file]`: lists the cameras; every mistake in the file is said and exits with 2. */
export async function check(path: string | undefined, options: { json?: boolean }): Promise<number> {
  const file = readCameraFile(loadConfig({ CAMERAS_FILE: path }).CAMERAS_FILE, process.env);
  const cameras = file.cameras.map((camera) => ({ ...camera, source: redactUrls(camera.source) }));
  if (options.json === true) cameras.forEach((camera) => console.log(redactUrls(JSON.stringify(camera))));
  else {
    const rows = cameras.map(({ id, source, fps, lines, zones, enabled }) => [
      id,
      enabled ? 'yes' : 'no',
      String(fps),
      String(lines.length),
      String(zones.length),
      source,
    ]);
    table([['CAMERA', 'ENABLED', 'FPS', 'LINES', 'ZONES', 'SOURCE'], ...rows]).forEach((line) =>
      console.log(line),
    );
  }
  return EXIT_OK;
}

/** `camqueue cameras schema`: the file's JSON Schema. */
export async function schema(): Promise<number> {
  console.log(JSON.stringify(z.toJSONSchema(CameraFile, { io: 'input', unrepresentable: 'any' }), null, 2));
  return EXIT_OK;
}

/** `camqueue cameras list`: the cameras of the file and of the database with their status. */
export async function list(options: CamerasOptions): Promise<number> {
  return withWorld(options, async (world) => {
    const catalogue = await world.catalogue();
    const { states } = await world.ports(['states']);
    const now = Date.now();
    const cameras = await Promise.all(
      catalogue.all().map(async (camera) => {
        const { origin, switchedOffBy } = catalogue.about(camera.id) ?? {};
        const { status, reason } = effectiveStatus(camera, await states.source(camera.id), now);
        const why = switchedOffBy === undefined ? reason : `switched off by ${switchedOffBy}`;
        return {
          id: camera.id,
          origin,
          status,
          reason: redactUrls(why ?? ''),
          source: redactUrls(camera.source),
        };
      }),
    );
    if (options.json === true) cameras.forEach((camera) => console.log(JSON.stringify(camera)));
    else {
      const rows = cameras.map(({ id, origin = '', status, source, reason }) => [
        id,
        origin,
        status,
        source,
        reason,
      ]);
      table([['CAMERA', 'FROM', 'STATUS', 'SOURCE', 'REASON'], ...rows]).forEach((line) => console.log(line));
    }
    const problem = catalogue.problem();
    if (problem !== undefined) process.stderr.write(`camqueue: ${redactUrls(problem)}\n`);
    return EXIT_OK;
  });
}

/** `camqueue cameras add <file>`: a camera in the database; `-` reads standard input, so that no argument holds a secret. */
export async function add(path: string, options: CamerasOptions): Promise<number> {
  const given = readGiven(path);
  return change(options, async (changes) => `${(await changes.add(given, ACTOR)).id}: added`);
}

/** `camqueue cameras remove <id>`: takes a camera out of the database. */
export async function remove(id: string, options: CamerasOptions): Promise<number> {
  return change(options, async (changes) => {
    await changes.remove(id, ACTOR);
    return `${id}: removed`;
  });
}

/** `camqueue cameras enable <id>` */
export async function enable(id: string, options: CamerasOptions): Promise<number> {
  return change(options, async (changes) => {
    await changes.setEnabled(id, true, ACTOR);
    return `${id}: switched on`;
  });
}

/** `camqueue cameras disable <id>`: also one of the camera file. */
export async function disable(id: string, options: CamerasOptions): Promise<number> {
  return change(options, async (changes) => {
    await changes.setEnabled(id, false, ACTOR);
    return `${id}: switched off`;
  });
}

/** For the audit trail. */
const ACTOR = 'command line';

async function change(
  options: CamerasOptions,
  act: (changes: CameraChanges) => Promise<string>,
): Promise<number> {
  return withWorld(options, async (world) => {
    const { audit } = await world.ports(['audit']);
    const [catalogue, store] = [await world.catalogue(), await world.cameraStore()];
    try {
      const done = await act(createCameraChanges({ catalogue, store, audit, now: Date.now }));
      console.log(options.json === true ? JSON.stringify({ done }) : done);
      return EXIT_OK;
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      if (error.status === 422 || error.status === 400) throw new InputError(error.message);
      process.stderr.write(`camqueue: ${error.message}\n`);
      return EXIT_FAILED;
    }
  });
}

function readGiven(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new InputError(`${path} cannot be read: ${messageOf(error)}`);
  }
  try {
    return parseYaml(text);
  } catch (error) {
    // Not the text around the mistake: it may hold a password.
    throw new InputError(`${path} is no YAML or JSON: ${messageOf(error).split('\n')[0] ?? ''}`);
  }
}

async function withWorld(options: CamerasOptions, work: (world: World) => Promise<number>): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const world = await openWorld(config, 'cameras', createLog('cameras', 'silent'));
  try {
    return await work(world);
  } finally {
    await world.close();
  }
}
