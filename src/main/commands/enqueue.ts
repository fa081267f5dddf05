import { registry, type QueueName } from '../../../jobs/registry.js';
import type { JobView } from '../../../queues/types.js';
import { InputError, messageOf } from '../../errors.js';
import { createLog } from '../../log.js';
import type { EnqueueOptions } from '../cli.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { stopSignal } from '../until-stopped.js';
import { openWorld } from '../world.js';

/** `camqueue enqueue <queue> '<json>'`: adds one job and, with `--wait`, waits for its end. */
export async function enqueue(queue: string, json: string, options: EnqueueOptions): Promise<number> {
  const payload = parse(json);
  const world = await openWorld(
    loadConfig({ DATA_DIR: options.data }),
    'enqueue',
    createLog('enqueue', 'warn'),
  );
  try {
    const { contract } = registry[queue as QueueName];
    const added = await world.producer().enqueue(contract, payload, {
      origin: 'command line',
      ...(options.id === undefined ? {} : { id: options.id }),
    });
    if (options.wait !== true) {
      console.log(
        options.json === true
          ? JSON.stringify({ queue, ...added })
          : `${added.created ? 'added' : 'known already'}: ${queue} ${added.id}`,
      );
      return EXIT_OK;
    }
    if (options.json !== true) process.stderr.write(`waiting for ${queue} ${added.id} …\n`);
    const ended = await world.inspector().waitFor(queue, added.id, stopSignal());
    console.log(options.json === true ? JSON.stringify(ended) : describe(ended));
    return ended.state === 'completed' ? EXIT_OK : EXIT_FAILED;
  } finally {
    await world.close();
  }
}

function parse(json: string): never {
  try {
    // The contract's schema says whether it is a payload; here it only has to be JSON.
    return JSON.parse(json) as never;
  } catch (error) {
    throw new InputError(`the payload is no JSON: ${messageOf(error)}`);
  }
}

function describe(job: JobView): string {
  const result = job.result === undefined || job.result === null ? '' : ` ${JSON.stringify(job.result)}`;
  return `${job.queue} ${job.id}: ${job.outcome ?? job.state}${job.reason === undefined ? '' : `: ${job.reason}`}${result}`;
}
