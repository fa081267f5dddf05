import { join } from 'node:path';
import { Camera } from '../../src/domain/camera.js';
import { planClip, type ClipGap } from '../../src/domain/export/plan-clip.js';
import { createClipMaker, type ClipMakerOptions } from '../../src/io/clips/clip-maker.js';
import { noStorage } from '../../src/io/storage/open-storage.js';
import type { ClipMaker, ClipOrder } from '../../src/ports/clips.js';
import { FIRST_AT, type TakenPicture, type TestRecordings } from './recordings.js';

export const CAMERA = Camera.parse({ id: 'gate-1', source: 'rtsp://10.0.0.5/main' });

/** A clip maker that works below a folder, on recordings of a test. */
export function clipMakerOf(
  recordings: Pick<TestRecordings, 'index' | 'files'>,
  dataDir: string,
  more: Partial<ClipMakerOptions> = {},
): ClipMaker {
  const noNetwork = () => Promise.reject(new Error('no network is needed'));
  return createClipMaker({
    workDir: join(dataDir, 'clips'),
    recordings: recordings.index,
    files: recordings.files,
    cold: noStorage('COLD_URL'),
    threads: 1,
    ...{ detectors: noNetwork, faces: noNetwork },
    ...more,
  });
}

/** An order of the stretch between two times after `FIRST_AT`, ms. */
export function orderOf(
  { segments }: Pick<TestRecordings, 'segments'>,
  [from, to]: readonly [number, number],
  more: Partial<ClipOrder> & { readonly gaps?: readonly ClipGap[] } = {},
): ClipOrder {
  const { gaps = [], ...rest } = more;
  const plan = planClip({ from: FIRST_AT + from, to: FIRST_AT + to }, segments, gaps);
  return {
    ...{ id: 'clip', camera: CAMERA, timeZone: 'Asia/Ho_Chi_Minh', plan, format: 'mp4', look: {} },
    showGaps: false,
    ...rest,
  };
}

/** `1@0 2@100`: which picture is shown when, ms after the first. */
export function spelled(pictures: readonly TakenPicture[], from = pictures[0]?.at ?? 0): string {
  return pictures.map(({ number, at }) => `${number ?? '-'}@${Math.round(at - from)}`).join(' ');
}
