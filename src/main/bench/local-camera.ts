import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import type { FrameSource, OpenOptions, SourceFrame } from '../../domain/frame-source.js';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';

/** A camera on this machine: a clip sent live over TCP, and the reading of it. */
export interface LocalCamera {
  readonly source: FrameSource;
  readonly first: SourceFrame;
  /** The process that sends: not part of what is measured. */
  readonly senderPid: number;
  close(): Promise<void>;
}

const READY_MS = 15_000;
const RETRY_MS = 100;

/**
 * Sends a clip in its own time, from its beginning when it is connected to, and connects.
 * @throws Error when no picture comes in time.
 */
export async function openLocalCamera(clip: string, options: OpenOptions): Promise<LocalCamera> {
  const location = `tcp://127.0.0.1:${await freePort()}`;
  const sending = ['-re', '-i', clip, '-c', 'copy', '-f', 'mpegts', `${location}?listen=1`];
  const sender = spawn('ffmpeg', ['-v', 'error', '-nostdin', ...sending], { stdio: 'ignore' });
  try {
    const connected = await connect(location, options);
    return {
      ...connected,
      senderPid: sender.pid ?? 0,
      async close() {
        await connected.source.close();
        await stop(sender);
      },
    };
  } catch (error) {
    await stop(sender);
    throw error;
  }
}

async function connect(
  location: string,
  options: OpenOptions,
): Promise<{ source: FrameSource; first: SourceFrame }> {
  const address = { kind: 'stream', location, label: location } as const;
  for (const endAt = Date.now() + READY_MS; ;) {
    options.signal.throwIfAborted();
    const source = createFfmpegSources().open(address, options);
    const first = await source.next();
    if (first) return { source, first };
    await source.close();
    const { problem } = source.ending();
    if (problem?.fault !== 'refused' || Date.now() > endAt) {
      throw new Error(problem?.message ?? `${location} gave no picture`);
    }
    await wait(RETRY_MS);
  }
}

async function stop(sender: ChildProcess): Promise<void> {
  if (sender.exitCode !== null || sender.signalCode !== null) return;
  const gone = once(sender, 'exit');
  sender.kill('SIGKILL');
  await gone;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
