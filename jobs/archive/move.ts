import type { z } from 'zod';
import { keeper, type KeepPolicy } from '../../src/domain/archive/keep.js';
import { type Fate, planArchive, type PlanInput } from '../../src/domain/archive/plan.js';
import { messageOf } from '../../src/errors.js';
import type { Segment } from '../../src/ports.js';
import type { archive } from './job.js';
import { openCold } from './cold-place.js';
import { openLedger } from './ledger.js';
import { type Copied, copyToCold, finishMove } from './move-one.js';
import { type ArchiveContext, PAGE, type Work } from './needs.js';
import { deleteCold, deleteHot, settleLeftovers } from './remove.js';
import { closeRun, type RunEnd, troubleOf } from './run-end.js';

const GB = 1e9;

type Move = Extract<z.output<(typeof archive)['payload']>, { action: 'move' }>;

/**
 * One run over the recordings of this machine: what is old goes to the cold store, what is older than it is kept goes.
 * When the cold store is away or full nothing more is moved; what needs no copy goes on.
 * @param options.id names the report; `isKept` false: it is stored nowhere
 */
export async function move(
  ctx: ArchiveContext,
  payload: Pick<Move, 'dryRun' | 'cameraId'>,
  options: { readonly id: string; readonly isKept?: boolean },
): Promise<RunEnd> {
  const { dryRun: isDryRun, cameraId } = payload;
  const about = { id: options.id, action: 'move', isDryRun } as const;
  const work: Work = { ctx, isDryRun, cameraId, ledger: await openLedger(ctx, about, options.isKept) };
  const policy = policyOf(ctx);
  let trouble: Error | undefined;
  try {
    if (policy.hasCold) {
      trouble = await troubleOf(ctx, () => openCold(ctx, isDryRun));
      if (trouble === undefined && !isDryRun)
        trouble = await troubleOf(ctx, () => settleLeftovers(work, ctx.now()));
    }
    trouble ??= await runOver(work, policy, trouble);
    if (trouble === undefined && policy.hasCold) trouble = await troubleOf(ctx, () => endCold(work, policy));
  } catch (error) {
    // Aborted, or the database is away: what was done is told all the same.
    await work.ledger.end(messageOf(error)).catch(() => undefined);
    throw error;
  }
  return closeRun(work, trouble);
}

/** As the camera file says it now. */
export function policyOf({ ports }: Pick<ArchiveContext, 'ports'>): KeepPolicy {
  const { cameras, cold } = ports;
  return { rules: cameras.retention, cameras: cameras.all(), hasCold: cold.store.off === undefined };
}

/** Age and size first, then room: that is made by what is old and small as well. @returns what is wrong with the cold store */
async function runOver(
  work: Work,
  policy: KeepPolicy,
  before: Error | undefined,
): Promise<Error | undefined> {
  const { ctx } = work;
  const { recordings, recordingFiles, cameras } = ctx.ports;
  const input = async (): Promise<PlanInput> => ({
    ...{ ...policy, now: ctx.now() },
    sums: (await recordings.sums(recordingFiles.node)).filter(({ tier }) => tier === 'hot'),
  });
  const all = await bytesOf(work, await input());
  const progress = progressOf(work, all);
  let trouble = before;
  const first = await stepThrough(work, await input(), (fate) => fate.because !== 'room', progress, trouble);
  trouble ??= first.trouble;
  const { freeGb } = cameras.archive;
  if (freeGb === undefined || trouble !== undefined || !policy.hasCold) return trouble;
  const { freeBytes } = await recordingFiles.space();
  const wantedBytes = freeGb * GB - freeBytes - (work.isDryRun ? first.freedBytes : 0);
  if (wantedBytes <= 0) return undefined;
  const plan = { ...(await input()), wantedBytes };
  return (await stepThrough(work, plan, (fate) => fate.because === 'room', progress, undefined)).trouble;
}

/** Of what age and size ask for. */
async function bytesOf(work: Work, input: PlanInput): Promise<number> {
  let bytes = 0;
  for await (const { segment, fate } of fates(work, input))
    if (fate.action !== 'hold') bytes += segment.bytes;
  return bytes;
}

/** The recordings of this machine whose fate it is to go, oldest first. */
async function* fates(
  { ctx, cameraId }: Work,
  input: PlanInput,
): AsyncGenerator<{ segment: Segment; fate: Fate }> {
  const { recordings, recordingFiles } = ctx.ports;
  const plan = planArchive(input);
  let after: Segment | undefined;
  for (;;) {
    const page = await recordings.aging({
      ...{ node: recordingFiles.node, limit: PAGE },
      ...(cameraId !== undefined && { cameraId }),
      ...(after && { after }),
    });
    for (const segment of page) {
      if (!plan.mayGoOn(segment.startAt)) return;
      ctx.signal.throwIfAborted();
      const fate = plan.fate(segment);
      if (fate) yield { segment, fate };
    }
    after = page.at(-1);
    if (page.length < PAGE) return;
  }
}

/**
 * While one copy is read back the next one is made.
 * @param before set: the cold store is in trouble already, only deleting goes on
 */
async function stepThrough(
  work: Work,
  input: PlanInput,
  isMeant: (fate: Fate) => boolean,
  progress: (bytes: number) => Promise<void>,
  before: Error | undefined,
): Promise<{ freedBytes: number; trouble: Error | undefined }> {
  const { ctx, ledger, isDryRun } = work;
  let [freedBytes, trouble] = [0, before];
  let finishing: Promise<Error | undefined> = Promise.resolve(undefined);
  const done: string[] = [];
  const finish = async (copied: Copied): Promise<void> => {
    if (await finishMove(work, copied)) done.push(copied.segment.id);
    if (done.length >= 20) await ctx.ports.recordings.settled(done.splice(0));
  };
  try {
    for await (const { segment, fate } of fates(work, input)) {
      if (!isMeant(fate)) continue;
      if (fate.action === 'hold') {
        await ledger.did(segment, { kind: 'protected' });
        continue;
      }
      freedBytes += segment.bytes;
      if (isDryRun) await foresee(work, segment, fate);
      else if (fate.action === 'delete') await deleteHot(work, segment);
      else if (trouble === undefined) {
        trouble = await troubleOf(ctx, async () => {
          const copied = await copyToCold(work, segment, fate.keep);
          const last = await finishing;
          finishing = copied ? troubleOf(ctx, () => finish(copied)) : Promise.resolve(undefined);
          if (last !== undefined) throw last;
        });
      }
      await progress(segment.bytes);
    }
  } finally {
    trouble ??= await finishing;
    await ctx.ports.recordings.settled(done);
  }
  return { freedBytes, trouble };
}

async function foresee({ ledger }: Work, segment: Segment, { action }: Fate): Promise<void> {
  if (action === 'delete') await ledger.did(segment, { kind: 'deleted', tier: 'hot' });
  else await ledger.did(segment, { kind: 'moved', copyBytes: segment.bytes, isEncoded: false });
}

function progressOf({ ctx }: Work, all: number): (bytes: number) => Promise<void> {
  const startedAt = ctx.now();
  let [done, toldAt] = [0, -Infinity];
  return async (bytes) => {
    done += bytes;
    const now = ctx.now();
    if (now - toldAt < 1000) return;
    toldAt = now;
    const fraction = Math.min(1, done / Math.max(1, all));
    await ctx.progress(fraction, fraction > 0 ? ((now - startedAt) / fraction) * (1 - fraction) : undefined);
  };
}

/** Copies in the cold store go when both their times are over, whichever machine they are from. */
async function endCold(work: Work, policy: KeepPolicy): Promise<void> {
  const { ctx, cameraId } = work;
  const { recordings } = ctx.ports;
  const keepOf = keeper(policy);
  const sums = (await recordings.sums()).filter(({ tier }) => tier === 'cold');
  for (const about of sums) {
    if (cameraId !== undefined && about.cameraId !== cameraId) continue;
    const { hotMs, coldMs } = keepOf(about);
    const before = ctx.now() - hotMs - coldMs;
    let after: Segment | undefined;
    for (let page: Segment[] = []; after === undefined || page.length === PAGE; after = page.at(-1)) {
      page = await recordings.cold({
        ...{ cameraId: about.cameraId, why: about.why, before, limit: PAGE },
        ...(after && { after }),
      });
      for (const segment of page) await deleteCold(work, segment);
      if (page.length === 0) break;
    }
  }
}
