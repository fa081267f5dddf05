import { setTimeout } from 'node:timers/promises';
import { createTask, validate } from 'node-cron';
import type { z } from 'zod';
import type { JobContract } from '../jobs/define.js';
import { InputError } from '../src/errors.js';
import type { Log } from '../src/log.js';
import { errorLogger } from './log-errors.js';
import type { Producer } from './types.js';

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;
/** While Redis is away. */
const RETRY_MS = 2000;

/** One recurring job. */
export interface Schedule<C extends JobContract = JobContract> {
  /** Part of the job ids, unique for its queue: letters, digits and "-". */
  readonly name: string;
  readonly contract: C;
  /** Five fields (minute first) or six (second first). */
  readonly cron: string;
  /** IANA name, for example Asia/Ho_Chi_Minh. */
  readonly timeZone: string;
  /** @param slotAt the instant the job is due, epoch ms; the same on every replica */
  readonly payload: (slotAt: number) => z.input<C['payload']>;
  /** Whether the last slot before the start is enqueued too, unless its job is known already. */
  readonly catchUp: boolean;
}

export interface SchedulesOptions {
  readonly schedules: readonly Schedule[];
  readonly producer: Producer;
  readonly log: Log;
}

/**
 * Starts the clock. Every replica may run it: each firing enqueues with an id of its slot, so a slot runs once.
 * @throws InputError for a cron expression that is none.
 */
export function startSchedules({ schedules, producer, log }: SchedulesOptions): { stop(): Promise<void> } {
  for (const { name, cron } of schedules) {
    if (!validate(cron))
      throw new InputError(`schedule ${name}: "${cron}" is no cron expression; for example "0 2 * * *"`);
  }
  const onError = errorLogger(log, 'scheduler');
  const stopping = new AbortController();
  const newest = new Map<Schedule, number>();
  const busy = new Set<Promise<void>>();
  const fire = (schedule: Schedule, slotAt: number): void => {
    newest.set(schedule, slotAt);
    // In an outage only the newest slot of a schedule is worth waiting for.
    const isWanted = (): boolean => !stopping.signal.aborted && newest.get(schedule) === slotAt;
    const firing = enqueueSlot(producer, schedule, slotAt, {
      isWanted,
      signal: stopping.signal,
      onError,
    }).finally(() => busy.delete(firing));
    busy.add(firing);
  };
  const tasks = schedules.map((schedule) => {
    const onTick = ({ date }: { date: Date }): void =>
      fire(schedule, Math.floor(date.getTime() / SECOND_MS) * SECOND_MS);
    const task = createTask(schedule.cron, onTick, { timezone: schedule.timeZone, name: schedule.name });
    const missed = schedule.catchUp ? lastSlot(task, schedule, Date.now()) : undefined;
    if (missed !== undefined) fire(schedule, missed);
    void task.start();
    return task;
  });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(tasks.map(async (task) => task.destroy()));
      await Promise.all(busy);
    },
  };
}

interface Trying {
  readonly isWanted: () => boolean;
  readonly signal: AbortSignal;
  readonly onError: (error: unknown) => void;
}

/** Enqueues the job of one slot, as often as it takes. */
async function enqueueSlot(
  producer: Producer,
  schedule: Schedule,
  slotAt: number,
  trying: Trying,
): Promise<void> {
  const { name, contract } = schedule;
  const id = `${contract.name}-${name}-${slotAt}`;
  while (trying.isWanted()) {
    try {
      await producer.enqueue(contract, schedule.payload(slotAt), { id, origin: `schedule/${name}` });
      return;
    } catch (error) {
      trying.onError(error);
      // A payload that does not parse will not parse in two seconds either.
      if (error instanceof InputError) return;
      await setTimeout(RETRY_MS, undefined, { signal: trying.signal }).catch(() => undefined);
    }
  }
}

/**
 * The newest slot at or before `now`, as long as its job would still be remembered: an older one may have run
 * without leaving a trace, and running it again could do harm.
 */
export function lastSlot(
  task: { match(date: Date): boolean },
  schedule: Pick<Schedule, 'cron' | 'contract'>,
  now: number,
): number | undefined {
  const hasSeconds = schedule.cron.trim().split(/\s+/).length === 6;
  const stepMs = hasSeconds ? SECOND_MS : MINUTE_MS;
  const oldest = now - schedule.contract.keep.doneS * SECOND_MS;
  for (let at = Math.floor(now / stepMs) * stepMs; at > oldest; at -= stepMs) {
    if (task.match(new Date(at))) return at;
  }
  return undefined;
}
