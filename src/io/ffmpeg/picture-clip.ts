import ffmpeg from 'fluent-ffmpeg';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

/** A picture whose successor comes later than this is shown this long: nothing happened in between. */
const LONGEST_STILL_MS = 1000;

/**
 * Makes an MP4 (H.264) of a folder of pictures named by their capture time, `<epoch ms>.jpg`, each shown until
 * the next one's time.
 * @returns how many pictures it shows; 0: there are none, and no file is written.
 */
export async function clipOfPictures(folder: string, target: string, signal: AbortSignal): Promise<number> {
  const times = (await readdir(folder).catch(() => [] as string[]))
    .filter((name) => /^\d+\.jpg$/.test(name))
    .map((name) => Number.parseInt(name, 10))
    .sort((a, b) => a - b);
  if (times.length === 0) return 0;
  const list = `${target}.txt`;
  await writeFile(list, concatList(resolve(folder), times));
  try {
    await encode(list, target, signal);
  } finally {
    await rm(list, { force: true });
  }
  return times.length;
}

/** The concat demuxer's script: every file with the time it is shown, the last one twice (its own time is ignored else). */
export function concatList(folder: string, times: readonly number[]): string {
  const entries = times.map((at, i) => {
    const shownMs = Math.min(LONGEST_STILL_MS, (times[i + 1] ?? at + LONGEST_STILL_MS) - at);
    return `file '${quoted(join(folder, `${at}.jpg`))}'\nduration ${(shownMs / 1000).toFixed(3)}\n`;
  });
  const last = times.at(-1);
  return `ffconcat version 1.0\n${entries.join('')}${last === undefined ? '' : `file '${quoted(join(folder, `${last}.jpg`))}'\n`}`;
}

function quoted(path: string): string {
  return path.replaceAll("'", String.raw`'\''`);
}

function encode(list: string, target: string, signal: AbortSignal): Promise<void> {
  return new Promise((done, fail) => {
    const command = ffmpeg(list)
      .inputFormat('concat')
      .inputOptions(['-safe', '0'])
      // Even sizes for 4:2:0; a constant rate so that every player shows it.
      .outputOptions([
        '-vf',
        'scale=trunc(iw/2)*2:trunc(ih/2)*2',
        '-r',
        '10',
        '-c:v',
        'libx264',
        '-preset',
        'veryfast',
        '-pix_fmt',
        'yuv420p',
        '-movflags',
        '+faststart',
      ])
      .on('end', () => done())
      .on('error', fail);
    signal.addEventListener('abort', () => command.kill('SIGKILL'), { once: true });
    command.save(target);
  });
}
