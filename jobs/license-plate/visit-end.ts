import { visitId, visitOf } from '../../src/domain/plates/passage-id.js';
import { NotReadyError } from '../../src/errors.js';
import { done, type JobContext, type Outcome } from '../define.js';
import { announce } from './announce.js';
import type { PlateVisitEndPayload } from './job.js';
import { gather, type PlatePorts } from './passage.js';

/** Looks are under way in other workers, or wait for another try, ms. */
const WAIT_MS = 400;
/** A passage may have begun in the visit before. */
const BEFORE_MS = 600_000;

/**
 * What was seen until then is over: its passages become final. The sure ones first, so that poor views of them find
 * them. Told of are all, also those that were final: whoever made them so may have been killed before telling.
 */
export async function endVisit(payload: PlateVisitEndPayload, ctx: JobContext<PlatePorts>): Promise<Outcome> {
  const { passages } = ctx.ports;
  const { cameraId, bornAt, at, looks, until } = payload;
  const taken = looks === 0 ? 0 : (await passages.reads(visitId(cameraId, bornAt))).length;
  if (taken < looks && ctx.now() < until)
    throw new NotReadyError(`${looks - taken} of ${looks} looks are still to come`, WAIT_MS);
  const seen = await passages.seen({ cameraId, from: bornAt - BEFORE_MS, to: at });
  const over = seen
    .filter(({ id, lastAt }) => visitOf(id) !== undefined && lastAt <= at)
    .sort((a, b) => b.reading.p - a.reading.p);
  for (const passage of over) {
    if (passage.state === 'open') await gather({ id: passage.id, cameraId }, () => true, ctx);
    else await announce(passage, ctx);
  }
  return done({ passages: over.length });
}
