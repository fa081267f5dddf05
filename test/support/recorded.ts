import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { segmentId, segmentPath } from '../../src/domain/segment-path.js';
import { codecString, sampleEntry } from '../../src/io/mp4/codec-string.js';
import { boxAt, viewOf } from '../../src/io/mp4/boxes.js';
import type { Segment } from '../../src/ports.js';
import type { TestApi } from './api.js';
import { NODE } from './recordings.js';

const run = promisify(execFile);
const FOOTAGE = resolve(__dirname, '../../media/vtest.avi');

/** Footage as the recorder writes it: H.264 in whole fragments of a second, without an index at the end. */
export async function makeFootage(file: string, options: { seconds: number; fromS?: number }): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const { seconds, fromS = 0 } = options;
  await run('ffmpeg', [
    ...['-v', 'error', '-y', '-ss', String(fromS), '-t', String(seconds), '-i', FOOTAGE],
    ...['-vf', 'scale=320:240', '-c:v', 'libx264', '-preset', 'ultrafast', '-threads', '1', '-g', '10'],
    ...['-pix_fmt', 'yuv420p', '-bf', '0', '-f', 'mp4'],
    ...['-movflags', 'frag_keyframe+empty_moov+default_base_moof+skip_trailer', file],
  ]);
}

/** Puts a recording of the test API's camera into its folder and its index; its bytes are `footage` (a file). */
export async function addRecording(
  api: TestApi,
  footage: string,
  given: Partial<Segment> & { startAt: number; endAt: number },
): Promise<{ segment: Segment; bytes: Buffer }> {
  const bytes = await readFile(footage);
  const view = viewOf(bytes);
  const stsd = boxAt(view, { from: 0, to: bytes.length }, 'moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd');
  const { cameraId = 'gate-1', startAt } = given;
  const segment: Segment = {
    ...{ id: segmentId(cameraId, startAt), cameraId, node: NODE, path: segmentPath(cameraId, startAt) },
    ...{ bytes: bytes.length, codec: codecString(view, sampleEntry(view, stsd)), width: 320, height: 240 },
    ...{ why: 'always', state: 'closed', tier: 'hot', isProtected: false },
    ...(given.state !== 'open' && { sha256: createHash('sha256').update(bytes).digest('hex') }),
    ...given,
  };
  const { recordingFiles } = api.deps.ports;
  if (segment.node === recordingFiles.node) {
    const path = recordingFiles.localPath(segment.path);
    await mkdir(dirname(path), { recursive: true });
    await run('cp', [footage, path]);
  }
  await api.deps.ports.recordings.open(segment);
  return { segment, bytes };
}
