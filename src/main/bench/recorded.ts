import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { link, mkdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Camera } from '../../domain/camera.js';
import { planClip } from '../../domain/export/plan-clip.js';
import { segmentId, segmentPath } from '../../domain/segment-path.js';
import type { RecordingIndex, Segment } from '../../ports.js';
import type { ClipOrder } from '../../ports/clips.js';

const MINUTE_MS = 60_000;
/** When the first recording begins. */
export const RECORDED_AT = Date.parse('2026-11-22T00:00:00Z');

/**
 * Recordings as the recorder makes them: a minute each, all with the same pictures (the same file under many names).
 * @param encode ffmpeg's input and encoding of that minute
 */
export async function recordMinutes(
  to: { readonly folder: string; readonly node: string; readonly index: RecordingIndex },
  about: {
    readonly cameraId: string;
    readonly minutes: number;
    readonly encode: readonly string[];
    readonly size: readonly [number, number];
  },
  signal: AbortSignal,
): Promise<Segment[]> {
  const { cameraId, minutes, size } = about;
  const made = join(to.folder, `${cameraId}.mp4`);
  const cut = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof', '-frag_duration', '1000000'];
  await promisify(execFile)(
    'ffmpeg',
    ['-v', 'error', '-y', ...about.encode, '-t', '60', '-an', ...cut, made],
    { signal },
  );
  const sha256 = createHash('sha256')
    .update(await readFile(made))
    .digest('hex');
  const { size: bytes } = await stat(made);
  const segments: Segment[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    const startAt = RECORDED_AT + minute * MINUTE_MS;
    const path = segmentPath(cameraId, startAt);
    await mkdir(dirname(join(to.folder, path)), { recursive: true });
    await link(made, join(to.folder, path));
    const segment: Segment = {
      ...{
        id: segmentId(cameraId, startAt),
        cameraId,
        node: to.node,
        path,
        startAt,
        endAt: startAt + MINUTE_MS,
      },
      ...{ bytes, sha256, codec: 'avc1.640028', width: size[0], height: size[1] },
      ...{ why: 'always', state: 'closed', tier: 'hot', isProtected: false },
    };
    await to.index.open(segment);
    segments.push(segment);
  }
  return segments;
}

/** All of some recordings but the first and the last `edgeMs`. */
export function orderOf(
  id: string,
  segments: readonly Segment[],
  look: ClipOrder['look'],
  edgeMs = 1234,
): ClipOrder {
  const asked = { from: RECORDED_AT + edgeMs, to: (segments.at(-1)?.endAt ?? RECORDED_AT) - edgeMs };
  const camera = Camera.parse({ id: segments[0]?.cameraId ?? '', source: 'rtsp://127.0.0.1/x', fps: 10 });
  const plan = planClip(asked, segments, []);
  return { id, camera, timeZone: 'Asia/Ho_Chi_Minh', plan, format: 'mp4', look, showGaps: false };
}
