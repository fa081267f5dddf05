import { passageId } from '../../src/domain/plates/passage-id.js';
import { sceneKey } from '../../src/domain/plates/picture-keys.js';
import { NotReadyError } from '../../src/errors.js';
import { done, skipped, type JobContext, type Outcome } from '../define.js';
import { announce } from './announce.js';
import type { PlateFinishPayload } from './job.js';
import { gather, type PlatePorts } from './passage.js';

/** Looks are under way in other workers, or wait for another try, ms. */
const WAIT_MS = 400;

/**
 * No more looks come: the passage becomes final with what was seen. Of a vehicle that only stands, when that is sure:
 * it may come nearer.
 */
export async function finish(payload: PlateFinishPayload, ctx: JobContext<PlatePorts>): Promise<Outcome> {
  const { passages } = ctx.ports;
  const { cameraId, trackId, bornAt, why, looks, until } = payload;
  const id = passageId(cameraId, trackId, bornAt);
  const passage = await passages.get(id);
  if (passage && passage.state !== 'open') {
    await announce(passage, ctx);
    return skipped('the passage is final');
  }
  const reads = await passages.reads(id);
  if (reads.length < looks && ctx.now() < until)
    throw new NotReadyError(`${looks - reads.length} of ${looks} looks are still to come`, WAIT_MS);
  const now = await gather(
    { id, cameraId, trackId, scene: sceneKey(payload) },
    ({ verdict }) => why !== 'still' || verdict === 'accepted',
    ctx,
  );
  return now
    ? done({ passageId: id, state: now.state, sights: now.reading.sights })
    : skipped('no plate was seen');
}
