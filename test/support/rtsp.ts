import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export type Codec = 'h264' | 'h265' | 'mjpeg';
export type Behaviour = 'play' | 'freeze' | 'silence' | 'garbage' | 'end';

export interface Mount {
  /** Begins with `/`. */
  readonly path: string;
  readonly codec?: Codec;
  readonly user?: string;
  readonly password?: string;
}

export interface RtspServer {
  /** Of the mounts without a password. */
  readonly port: number;
  /** @param credentials `user:password` */
  url(path: string, credentials?: string): string;
  /** From now on this mount behaves like that. */
  set(path: string, behaviour: Behaviour): void;
  /** Kills it: connections break, new ones are refused. */
  stop(): Promise<void>;
  /** On the same port again, everything playing. */
  restart(): Promise<void>;
}

/** Frames a second that every mount sends; a key frame every second. */
export const RTSP_FPS = 10;
const SAMPLE = resolve(__dirname, '../../media/vtest.avi');
const FOOTAGE_S = 6;

/**
 * Real RTSP cameras: one GStreamer server (`rtsp-server.py`) on a free port of this machine, sending real footage
 * (pedestrians, 768x576) in a loop, live. It ends with this process at the latest.
 */
export async function startRtsp(mounts: readonly Mount[]): Promise<RtspServer> {
  const about = mounts.map((mount) => {
    const codec = mount.codec ?? 'h264';
    return { ...mount, codec, fps: RTSP_FPS, file: footageFile(codec) };
  });
  let running = await start([0, 0], about);
  const [port, lockedPort] = running.ports;
  const portOf = (path: string): number =>
    about.find((mount) => mount.path === path)?.password === undefined ? port : lockedPort;
  return {
    port,
    url: (path, credentials) =>
      `rtsp://${credentials === undefined ? '' : `${credentials}@`}127.0.0.1:${portOf(path)}${path}`,
    set: (path, behaviour) => void running.child.stdin?.write(`${JSON.stringify({ path, do: behaviour })}\n`),
    stop: () => stop(running.child),
    async restart() {
      await stop(running.child);
      running = await start([port, lockedPort], about);
    },
  };
}

type Ports = readonly [open: number, locked: number];

async function start(
  ports: Ports,
  mounts: readonly object[],
): Promise<{ child: ChildProcess; ports: Ports }> {
  // The system's Python: GStreamer's bindings are a package of the system.
  const child = spawn('/usr/bin/python3', [join(__dirname, 'rtsp-server.py'), ...ports.map(String)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.write(`${JSON.stringify(mounts)}\n`);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  child.stdin.on('error', () => undefined); // it was stopped
  const answered = once(child.stdout, 'data').then(([text]): Ports => {
    const [open = 0, locked = 0] = String(text).split(' ').map(Number);
    return [open, locked];
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`the RTSP server ended: ${said}`)));
  ended.catch(() => undefined);
  return { child, ports: await Promise.race([answered, ended]) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Encoded once, kept for all tests. Every access unit begins with a delimiter, see rtsp-server.py. */
export function footageFile(codec: Codec): string {
  const folder = join(tmpdir(), 'camqueue-rtsp-footage');
  const file = join(folder, `plaza-2.${codec}`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const input = existsSync(SAMPLE) ? ['-i', SAMPLE] : ['-f', 'lavfi', '-i', 'testsrc2=s=768x576:r=10'];
  const still = ['-bf', '0', '-g', String(RTSP_FPS)];
  const encoders: Record<Codec, string[]> = {
    h264: [
      ...still,
      '-c:v',
      'libx264',
      '-preset',
      'veryfast',
      '-sc_threshold',
      '0',
      '-bsf:v',
      'h264_metadata=aud=insert',
      '-f',
      'h264',
    ],
    h265: [
      ...still,
      '-c:v',
      'libx265',
      '-preset',
      'ultrafast',
      '-x265-params',
      'log-level=error:bframes=0:keyint=10',
      '-bsf:v',
      'hevc_metadata=aud=insert',
      '-f',
      'hevc',
    ],
    mjpeg: [
      '-c:v',
      'mjpeg',
      '-q:v',
      '6', // RTP carries no Huffman tables: receivers assume the standard's.
      '-huffman',
      'default',
      '-pix_fmt',
      'yuvj420p',
      '-f',
      'mjpeg',
    ],
  };
  const part = `${file}.${process.pid}`;
  const size = ['-t', String(FOOTAGE_S), '-vf', 'format=yuv420p', '-threads', '1'];
  execFileSync('ffmpeg', ['-v', 'error', '-y', ...input, ...size, ...encoders[codec], part]);
  renameSync(part, file);
  return file;
}
