import { iso } from './fields.js';
import type { Passage, PlateRead } from '../domain/plates/passage.js';

/** A passage as it leaves the system: times as ISO 8601, pictures as addresses; a review wins over what was read. */
export function publicPassage(passage: Passage): object {
  const { id, cameraId, trackId, jobId, reading, review, vehicle, state, hits } = passage;
  const href = `/api/v1/passages/${encodeURIComponent(id)}`;
  return {
    id,
    ...(cameraId !== undefined && { camera: cameraId }),
    ...(trackId !== undefined && { trackId }),
    ...(jobId !== undefined && { job: jobId }),
    firstAt: iso(passage.firstAt),
    at: iso(passage.at),
    lastAt: iso(passage.lastAt),
    text: review?.text ?? reading.text,
    key: review?.key ?? reading.key,
    verdict: review ? 'accepted' : reading.verdict,
    ...(vehicle !== undefined && { vehicle }),
    state,
    hits,
    reading,
    ...(review && { review: { ...review, at: iso(review.at) } }),
    ...(passage.crop !== undefined && { crop: `${href}/crop.jpg` }),
    ...(passage.scene !== undefined && { scene: `${href}/scene.jpg` }),
  };
}

/** One look, without the characters it is made of. */
export function publicRead({ id, at, box, sight, reading }: PlateRead): object {
  return {
    id,
    at: iso(at),
    ...(box && { box }),
    ...(sight && {
      corners: sight.corners,
      charHeightPx: sight.charHeightPx,
      sharpness: sight.sharpness,
      plausibility: sight.plausibility,
    }),
    ...(reading && { text: reading.text, key: reading.key, p: reading.p, verdict: reading.verdict }),
  };
}
