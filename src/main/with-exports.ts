import { HttpError } from '../api/http-error.js';
import { InputError } from '../errors.js';
import { createLog } from '../log.js';
import type { Ports } from '../ports.js';
import type { Producer, QueueInspector } from '../../queues/types.js';
import type { Gaps, RecordingIndex } from '../ports.js';
import { loadConfig } from './installation.js';
import { openWorld, type World } from './world.js';

const NEEDED = [
  ...(['cameras', 'states', 'exports', 'exportSettings', 'clips', 'storage', 'evidence'] as const),
  ...(['audit', 'signer'] as const),
];

/** What commands about exports work on: the same as the HTTP API does. */
export interface ExportsWorld {
  readonly world: World;
  readonly deps: {
    readonly ports: Pick<Ports, (typeof NEEDED)[number]>;
    readonly producer: Producer;
    readonly inspector: QueueInspector;
    readonly gaps: Gaps;
    readonly recordings: RecordingIndex;
  };
}

/**
 * Runs a command on the installation's stores and queues.
 * @param options.needs more ports
 * @throws InputError for what the caller did wrong, as the HTTP API would say it
 */
export async function withExports(
  options: {
    readonly cameras?: string;
    readonly data?: string;
    readonly needs?: readonly (keyof Ports)[];
  },
  work: (opened: ExportsWorld) => Promise<number>,
): Promise<number> {
  const config = loadConfig({ CAMERAS_FILE: options.cameras, DATA_DIR: options.data });
  const world = await openWorld(config, 'export', createLog('export', 'error'));
  try {
    const ports = await world.ports([...NEEDED, ...(options.needs ?? [])]);
    return await work({
      world,
      deps: {
        ports,
        producer: world.producer(),
        inspector: world.inspector(),
        gaps: await world.gaps(),
        recordings: await world.recordings(),
      },
    });
  } catch (error) {
    if (error instanceof HttpError && error.status < 500) throw new InputError(error.message);
    throw error;
  } finally {
    await world.close();
  }
}
