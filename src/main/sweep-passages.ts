import { setInterval } from 'node:timers/promises';
import type { z } from 'zod';
import type { licensePlate } from '../../jobs/license-plate/job.js';
import type { Passage } from '../domain/plates/passage.js';
import { bornAtOf, visitOf } from '../domain/plates/passage-id.js';
import { messageOf } from '../errors.js';
import type { Log } from '../log.js';
import type { CameraStates, PassageStore } from '../ports.js';

type Payload = z.input<(typeof licensePlate)['payload']>;

export interface PassageSweeperOptions {
  readonly passages: Pick<PassageStore, 'open'>;
  readonly states: Pick<CameraStates, 'read' | 'source'>;
  /** Enqueues what finishes a passage; an id that is known adds nothing, so replicas do no harm. */
  readonly finish: (payload: Payload, id: string) => Promise<unknown>;
  readonly log: Log;
  /** Default: a minute. */
  readonly everyMs?: number;
  /** Wall clock, epoch ms. */
  readonly now?: () => number;
}

/** A passage without a new sight for this long, by capture time, is looked into. */
const QUIET_MS = 120_000;
/** A sampler writes every second: a camera without a word for this long is not read any more. */
const SILENT_MS = 600_000;
const BATCH = 100;

/**
 * Finishes passages that were left open: the job that would have done it failed, or a camera's state was lost. Those
 * whose vehicle is still being followed are left alone, however old their capture time is: files are as old as they are.
 */
export function startPassageSweeper(options: PassageSweeperOptions): { stop(): Promise<void> } {
  const { log, everyMs = 60_000 } = options;
  const stopping = new AbortController();
  const running = (async () => {
    try {
      for await (const _ of setInterval(everyMs, undefined, { signal: stopping.signal })) {
        // The next sweep is the retry.
        await sweepPassages(options).catch((error: unknown) =>
          log.warn({ reason: messageOf(error) }, 'open passages could not be swept'),
        );
      }
    } catch (error) {
      if (!stopping.signal.aborted) throw error;
    }
  })();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** One sweep. @returns how many passages are being finished. */
export async function sweepPassages(options: PassageSweeperOptions): Promise<number> {
  const { passages, finish, now = Date.now } = options;
  let finished = 0;
  const hour = Math.floor(now() / 3_600_000);
  for (const passage of await passages.open({ lastBefore: now() - QUIET_MS, limit: BATCH })) {
    const { id, cameraId, lastAt } = passage;
    const what = whatItIs(passage);
    if (cameraId === undefined || !what || (await isFollowed(passage, options))) continue;
    await finish(
      { ...what, cameraId, at: lastAt, why: 'left-open' as const, looks: 0, until: now() },
      // Should it fail as well, the next hour tries again.
      `${id}-left-open-${hour}`,
    );
    finished += 1;
  }
  return finished;
}

type Finish = { kind: 'finish'; trackId: number; bornAt: number } | { kind: 'visit-end'; bornAt: number };

function whatItIs({ id, trackId }: Passage): Finish | undefined {
  if (trackId !== undefined) return { kind: 'finish', trackId, bornAt: bornAtOf(id) };
  const visit = visitOf(id);
  return visit === undefined ? undefined : { kind: 'visit-end', bornAt: bornAtOf(visit) };
}

async function isFollowed(
  { cameraId, trackId, lastAt }: Passage,
  { states, now = Date.now }: PassageSweeperOptions,
): Promise<boolean> {
  if (cameraId === undefined) return false;
  const source = await states.source(cameraId);
  if (source?.beatAt === undefined || now() - source.beatAt > SILENT_MS) return false;
  const scene = (await states.read(cameraId))?.scene;
  if (trackId !== undefined) return scene?.tracks.some(({ id }) => id === trackId) === true;
  // In a visit that goes on its own looks end what has left; by capture time, which is another one in files.
  return scene?.visit !== undefined && !scene.visit.over && scene.visit.movedAt - lastAt < QUIET_MS;
}
