import { localIso } from '../../src/domain/flow/render/format.js';
import { SYSTEM } from '../../src/domain/ids.js';
import { PermanentError } from '../../src/errors.js';
import type { Segment } from '../../src/ports.js';
import { alert } from '../alert/job.js';
import { isColdThere } from './cold-place.js';
import type { Work } from './needs.js';

/** Where the bad bytes are. */
type Where = 'recordings' | 'cold';

/**
 * A recording is not what was recorded: it becomes a gap, people are told once, and it is never copied or deleted for it.
 * The mark comes last: after a crash the same happens again, and changes nothing.
 * @param what for people, as in "the recording … is damaged: <what>"
 */
export async function markDamaged(work: Work, segment: Segment, where: Where, what: string): Promise<void> {
  const { ctx, ledger } = work;
  const { cameras, gaps, recordings, cold, recordingFiles } = ctx.ports;
  const { id, cameraId, startAt, endAt, path } = segment;
  const place = where === 'cold' ? `cold storage (${cold.store.place})` : recordingFiles.node;
  await ledger.failed(segment, 'check', `${what}, in ${place}`);
  if (work.isDryRun) return;
  const reason = `the recording ${path} is damaged: ${what}`;
  if (endAt > startAt)
    await gaps.begin({ cameraId, track: 'recording', from: startAt, to: endAt, cause: 'disk', reason });
  const isKnown = cameras.all().some((camera) => camera.id === cameraId);
  await ctx.enqueue(alert, {
    ...{ id: `damaged-${id}`, cameraId: isKnown ? cameraId : SYSTEM, kind: 'recording-damaged' },
    ...{ severity: 'warning', at: Math.round(ctx.now()) },
    summary:
      `the recording of ${cameraId} from ${localIso(startAt, cameras.site.timeZone)} is damaged, in ${place}: ${what}`.slice(
        0,
        300,
      ),
  });
  await recordings.damaged(id, ctx.now());
  ctx.log.warn({ cameraId, path, where, what }, 'a recording is damaged');
}

/**
 * Its file is not in the recordings folder. A copy that was verified before its row was lost (a power cut) takes its
 * place; else it is lost.
 * @throws PermanentError when it is the folder that is not there: then nothing is lost.
 */
export async function vanished(work: Work, segment: Segment, key: string): Promise<void> {
  const { ctx } = work;
  const { recordingFiles, recordings, cold } = ctx.ports;
  if (!(await recordingFiles.isThere()))
    throw new PermanentError(
      `the recordings folder of ${recordingFiles.node} is not there, or is another one: mount its disk`,
    );
  const row = await recordings.get(segment.id);
  // Somebody else has moved or removed it in this moment.
  if (!row || row.tier !== 'hot' || row.sha256 === undefined) return;
  if (!work.isDryRun && cold.store.off === undefined && (await isColdThere(ctx))) {
    const copy = await cold.store.sha256(key, ctx.signal);
    const isIt = copy?.sha256 === row.sha256;
    if (
      copy &&
      isIt &&
      (await recordings.moved(row.id, { key, ...copy, codec: row.codec, movedAt: ctx.now() }))
    ) {
      await recordings.settled([row.id]);
      return;
    }
  }
  await markDamaged(work, segment, 'recordings', 'its file is gone');
}
