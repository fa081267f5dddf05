import { randomUUID } from 'node:crypto';

/** Marks every process that the run starts, directly or not: the teardown finds by it what was left behind. */
export default function setup(): void {
  process.env['CAMQUEUE_TEST_RUN'] = randomUUID();
}
