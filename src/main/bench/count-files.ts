import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCounter } from '../counter/counter.js';
import type { CountDocument } from '../counter/document.js';
import type { Figure } from './figure.js';
import type { BenchContext } from './parts.js';

const FILES = 4;
const WORKERS = 2;
/** Frames a second of all files together that are expected: how long the clips are made. */
const EXPECTED = 60;
const FPS = 10;

/**
 * The parallel counter on four files with two workers, each file read whole: frames a second of each, and how much
 * faster than it plays. Of each second of footage ten frames are sampled, and those that moved are looked at.
 */
export async function measureCountFiles({ footage, seconds, signal }: BenchContext): Promise<Figure[]> {
  const lengthS = Math.max(2, Math.round((seconds * EXPECTED) / FILES / FPS));
  const clip = await footage.start(lengthS);
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-bench-count-'));
  try {
    const counter = createCounter({
      workers: WORKERS,
      fps: FPS,
      output: join(folder, 'results'),
      throttle: false,
    });
    for (let n = 1; n <= FILES; n++) {
      const path = join(folder, `file-${n}.mkv`);
      await copyFile(clip, path);
      counter.addVideo({ path });
    }
    const stop = (): void => void counter.stop();
    signal.addEventListener('abort', stop, { once: true });
    try {
      const begun = new Promise<number>((resolve) => counter.onStatus(() => resolve(performance.now())));
      await counter.start();
      // Loading the network is no part of it.
      const startedAt = await begun;
      const document = await counter.done();
      signal.throwIfAborted();
      return figuresOf(document, lengthS, (performance.now() - startedAt) / 1000);
    } finally {
      signal.removeEventListener('abort', stop);
      await counter.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function figuresOf({ sources }: CountDocument, lengthS: number, seconds: number): Figure[] {
  const failed = sources.find(({ error }) => error !== undefined);
  if (failed) throw new Error(`${failed.id}: ${failed.error ?? ''}`);
  const part = 'count-files';
  const sampled = sources.reduce((sum, { frames }) => sum + frames.captured, 0);
  const each = sources.map(({ id, fps: value }): Figure => {
    return { part, what: `${id}, of its own frames`, value, unit: 'frames/s', aim: { least: 15 } };
  });
  return [
    ...each,
    { part, what: 'all files together, sampled frames', value: sampled / seconds, unit: 'frames/s' },
    {
      ...{ part, what: 'to playing them one by one', value: (FILES * lengthS) / seconds, unit: 'x' },
      aim: { least: 1 },
    },
  ];
}
