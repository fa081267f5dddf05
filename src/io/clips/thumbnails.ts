import { rm } from 'node:fs/promises';
import type { MadeClip } from '../../ports/clips.js';
import { joinEntries } from '../mp4/parameter-sets.js';
import { createAssembly, type KeyPlace } from './assembly.js';
import { posterArguments, spriteArguments } from './encode-arguments.js';
import { runFfmpeg } from './run-ffmpeg.js';
import type { WorkFolder } from './work-folder.js';
import { writeClip } from './write-clip.js';

const MOST_THUMBNAILS = 100;
const COLUMNS = 10;
const WIDTH_PX = 160;
/** No more often than this, ms. */
const LEAST_EVERY_MS = 1000;
/** The poster is one of so many key pictures, from a tenth of the clip on. */
const POSTER_CANDIDATES = 30;
/** Mean brightness, of 16 (black) to 235; a picture of a dark night is above it. */
const BLACK = 20;

interface Clip {
  readonly keys: readonly KeyPlace[];
  readonly durationMs: number;
  readonly timescale: number;
  readonly width: number;
  readonly height: number;
}

/** One picture for the whole clip, JPEG. */
export async function makePoster(clip: Clip, folder: WorkFolder, signal: AbortSignal): Promise<string> {
  const { keys, durationMs, timescale } = clip;
  const from = (durationMs / 10_000) * timescale;
  const first = Math.max(
    0,
    keys.findLastIndex(({ shownAt }) => shownAt <= from),
  );
  const chosen = keys.slice(first, first + POSTER_CANDIDATES);
  const film = await filmOf(clip, chosen, folder, 'poster.mp4', signal);
  try {
    await folder.replace('poster.jpg', async (draft) => {
      await runFfmpeg(posterArguments(film, BLACK), draft, { signal }).catch(async (error: unknown) => {
        // All black: then that is what it shows.
        if (signal.aborted) throw error;
        await runFfmpeg(posterArguments(film, 0), draft, { signal });
      });
    });
  } finally {
    await rm(film, { force: true });
  }
  return folder.place('poster.jpg');
}

/** Small pictures over the whole length, from key pictures only: of a day they cost no more than of a minute. */
export async function makeSprite(
  clip: Clip,
  folder: WorkFolder,
  signal: AbortSignal,
): Promise<MadeClip['sprite']> {
  const { keys, durationMs, timescale, width, height } = clip;
  const everyMs = Math.max(LEAST_EVERY_MS, Math.ceil(durationMs / MOST_THUMBNAILS));
  const count = Math.max(1, Math.ceil(durationMs / everyMs));
  const chosen = Array.from({ length: count }, (_, i) => {
    const at = ((i * everyMs) / 1000) * timescale;
    return keys.findLast(({ shownAt }) => shownAt <= at) ?? keys[0]!;
  });
  const columns = Math.min(COLUMNS, count);
  const rows = Math.ceil(count / columns);
  const heightPx = Math.max(2, 2 * Math.round(((WIDTH_PX / width) * height) / 2));
  const shape = { columns, rows, count, everyMs, widthPx: WIDTH_PX, heightPx };
  const film = await filmOf(clip, chosen, folder, 'sprite.mp4', signal);
  try {
    await folder.replace('sprite.jpg', (draft) => runFfmpeg(spriteArguments(film, shape), draft, { signal }));
  } finally {
    await rm(film, { force: true });
  }
  return { path: folder.place('sprite.jpg'), ...shape };
}

/** A film of these key pictures alone, a second each. */
async function filmOf(
  { timescale, width, height }: Clip,
  keys: readonly KeyPlace[],
  folder: WorkFolder,
  name: string,
  signal: AbortSignal,
): Promise<string> {
  const entry = joinEntries(keys.map((key) => key.entry));
  const film = createAssembly({ timescale, width, height, entry, sound: undefined });
  for (const [i, { path, sample, entry: own }] of keys.entries()) {
    film.add([{ path, entry: own, pictures: [{ sample, shownAt: i * timescale }] }], undefined);
  }
  const { head, runs } = film.end(timescale);
  await folder.replace(name, (draft) => writeClip(draft, head, runs, { signal, onBytes: () => undefined }));
  return folder.place(name);
}
