import { howToMake } from '../../domain/export/how-to-make.js';
import type { ClipEstimate, ClipOrder } from '../../ports/clips.js';
import type { Segment } from '../../ports.js';

/** What encoding makes of recordings' bytes, by experience with this house's encoder settings. */
const ENCODED = { h264: 1.5, hevc: 3, mjpeg: 0.5, other: 1.5 };
/** Index, poster, sprite, edges. */
const BESIDE_BYTES = 2 * 1024 ** 2;

/** What a clip will need, by the rows of its recordings. @param segments those of the plan that are known */
export function estimateClip(order: ClipOrder, segments: ReadonlyMap<string, Segment>): ClipEstimate {
  const { plan, format, look } = order;
  let copied = 0;
  let encoded = 0;
  let fetched = 0;
  const seen = new Set<string>();
  const kinds: Parameters<typeof howToMake>[0][number][] = [];
  for (const { segmentId, from, to } of plan.stretches) {
    const segment = segments.get(segmentId);
    if (!segment) continue;
    const { startAt, endAt, codec, width, height } = segment;
    const share = Math.min(1, (to - from) / Math.max(1, endAt - startAt));
    const bytes = fileBytes(segment);
    const family = familyOfCodec(segment.tier === 'cold' && segment.cold ? segment.cold.codec : codec);
    copied += bytes * share;
    encoded += bytes * share * ENCODED[family];
    kinds.push({ codec: family, width, height, isReordered: false });
    if ((segment.tier === 'cold' || segment.state === 'open') && !seen.has(segmentId)) fetched += bytes;
    seen.add(segmentId);
  }
  const hasLook = look.watermark !== undefined || look.overlay === true || look.blurFaces === true;
  const how = howToMake(kinds, { format, hasLook });
  const bytes = Math.round((how === 'copy' ? copied : encoded) + BESIDE_BYTES);
  const files = (format === 'mp4' ? 1 : 2) + (how === 'encode' ? 1 : 0);
  return { bytes, workBytes: Math.round(bytes * files + fetched), how };
}

function fileBytes({ tier, cold, bytes }: Segment): number {
  return tier === 'cold' && cold ? cold.bytes : bytes;
}

/** @param codec as browsers want it (RFC 6381) */
function familyOfCodec(codec: string): keyof typeof ENCODED {
  if (codec.startsWith('avc')) return 'h264';
  if (codec.startsWith('hvc1') || codec.startsWith('hev1')) return 'hevc';
  return codec === 'mp4v.6C' || codec === 'jpeg' ? 'mjpeg' : 'other';
}
