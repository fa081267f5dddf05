import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Marks every process that the run starts, directly or not: the teardown finds by it what was left behind. Names the
 * place of the empty cluster that PostgreSQL servers begin with (see postgres.ts).
 */
export default function setup(): void {
  const run = randomUUID();
  process.env['CAMQUEUE_TEST_RUN'] = run;
  process.env['CAMQUEUE_TEST_CLUSTER'] = join(tmpdir(), `camqueue-pg-empty-${run}`);
}
