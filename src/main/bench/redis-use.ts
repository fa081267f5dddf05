import { connectRedis, untilReady } from '../../io/redis/connection.js';
import type { Stage } from './stage.js';

export type Which = 'jobs' | 'frames';

/** Memory that each of the two Redis uses for data, bytes. */
export async function redisBytes(stage: Stage): Promise<Record<Which, number>> {
  const of = async (which: Which): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(await info(stage, which, 'memory'))?.[1]);
  return { jobs: await of('jobs'), frames: await of('frames') };
}

/** Processor time that both have used, s; what they have forked (rewrites of the AOF) included. */
export async function redisCpuSeconds(stage: Stage): Promise<number> {
  const texts = await Promise.all([info(stage, 'jobs', 'cpu'), info(stage, 'frames', 'cpu')]);
  const found = texts.join('\n').matchAll(/^used_cpu_(?:sys|user)(?:_children)?:([\d.]+)/gm);
  return [...found].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
}

async function info({ world }: Stage, which: Which, section: string): Promise<string> {
  const connection = connectRedis(world.addresses[which], which, world.log);
  try {
    await untilReady(connection, which, 5000);
    return await connection.info(section);
  } finally {
    connection.disconnect();
  }
}
