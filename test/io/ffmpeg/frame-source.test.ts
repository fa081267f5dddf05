import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { OpenOptions, SourceFrame } from '../../../src/domain/frame-source.js';
import { parseSource } from '../../../src/domain/source-address.js';
import { readArguments } from '../../../src/io/ffmpeg/arguments.js';
import { checkFfmpeg } from '../../../src/io/ffmpeg/binary.js';
import { createFfmpegSources } from '../../../src/io/ffmpeg/sources.js';
import { H264, makeClip, makeFolder, processesWith } from './media.js';

const sources = createFfmpegSources();
const signal = new AbortController().signal;
let folder: Awaited<ReturnType<typeof makeFolder>>;

beforeAll(async () => {
  folder = await makeFolder();
});
afterAll(() => folder.remove());

const open = (source: string, options: Partial<OpenOptions> = {}) =>
  sources.open(parseSource(source), { fps: 5, maxWidth: 1280, signal, ...options });

async function readAll(source: string, options: Partial<OpenOptions> = {}) {
  const reading = open(source, options);
  const frames: SourceFrame[] = [];
  for (let next = await reading.next(); next; next = await reading.next()) frames.push(next);
  const ending = reading.ending();
  await reading.close();
  return { frames, ending };
}

/** Frame n of these clips has luma 16 + n (limited range) in every pixel. */
const COUNTING = 'color=size=64x48:rate=25:duration=8,format=yuv420p,geq=lum=16+N:cb=128:cr=128';
const lossless = ['-c:v', 'ffv1'];

describe('frames and times', () => {
  it('takes every fifth of 25 frames/s at 5, each with its own index, time and picture', async () => {
    const clip = await makeClip(folder.path('cfr.mkv'), COUNTING, ...lossless);
    const { frames, ending } = await readAll(clip);
    expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: 40 }, (_, i) => i * 5));
    for (const { frame, mediaMs, picture } of frames) {
      expect(mediaMs).toBe(frame * 40);
      expect(picture).toMatchObject({ width: 64, height: 48, format: 'i420' });
      expect(picture.data.length).toBe((64 * 48 * 3) / 2);
      expect(Math.abs((picture.data[64 * 20 + 30] ?? 0) - (16 + frame))).toBeLessThanOrEqual(1);
    }
    expect(new Set(frames.map(({ picture }) => picture.data.buffer)).size).toBe(frames.length);
    expect(ending).toEqual({});
  });

  it('gives every frame once when more are wanted than there are', async () => {
    const clip = await makeClip(folder.path('slow.mp4'), 'testsrc=size=64x48:rate=10:duration=3', ...H264);
    const { frames } = await readAll(clip, { fps: 60 });
    expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: 30 }, (_, i) => i));
  });

  it('keeps every frame at the rate of the source although Matroska rounds times to ms', async () => {
    const clip = await makeClip(
      folder.path('ntsc.mkv'),
      'testsrc=size=64x48:rate=30000/1001:duration=5',
      ...H264,
    );
    const { frames } = await readAll(clip, { fps: 30 });
    expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: 150 }, (_, i) => i));
  });

  it('follows the real times of a clip with a variable rate and a gap', async () => {
    const gaps = "select='not(between(n,20,50))*mod(n,7)'";
    const clip = await makeClip(
      folder.path('vfr.mkv'),
      'testsrc=size=64x48:rate=30:duration=4',
      '-vf',
      gaps,
      '-fps_mode',
      'vfr',
      ...H264,
    );
    const kept = Array.from({ length: 120 }, (_, n) => n).filter((n) => (n < 20 || n > 50) && n % 7 !== 0);
    const { frames } = await readAll(clip, { fps: 10 });
    const first = (kept[0] ?? 0) / 30;
    for (const { frame, mediaMs } of frames) {
      expect(Math.abs(mediaMs - ((kept[frame] ?? NaN) / 30 - first) * 1000)).toBeLessThanOrEqual(1);
    }
    const slots = frames.map(({ mediaMs }) => Math.floor(mediaMs / 100 + 0.07));
    const all = kept.map((n) => Math.floor(Math.round((n / 30 - first) * 1000) / 100 + 0.07));
    expect(slots).toEqual([...new Set(all)]);
  });

  it('counts time from the first frame when the container starts later', async () => {
    const clip = await makeClip(
      folder.path('late.ts'),
      'testsrc=size=64x48:rate=25:duration=2',
      ...H264,
      '-output_ts_offset',
      '5000',
    );
    const { frames } = await readAll(clip);
    expect(frames.slice(0, 3).map(({ mediaMs }) => mediaMs)).toEqual([0, 200, 400]);
  });

  it('leaves out what comes before fromMs without changing indexes and times', async () => {
    const clip = await makeClip(folder.path('from.mkv'), COUNTING, ...lossless);
    const whole = await readAll(clip, { fps: 7 });
    const rest = await readAll(clip, { fps: 7, fromMs: 3210 });
    const view = ({ frame, mediaMs, picture }: SourceFrame) => [frame, mediaMs, picture.data[0]];
    expect(rest.frames.map(view)).toEqual(whole.frames.filter(({ mediaMs }) => mediaMs >= 3210).map(view));
  });

  const vtest = '/usr/share/doc/opencv-doc/examples/data/vtest.avi';
  it('reads vtest.avi: 795 frames at 10 frames/s', async () => {
    const here = await sources.inspect(vtest, signal).catch(() => undefined);
    if (!here)
      return process.stdout.write('skipped: vtest.avi (Debian package opencv-doc) is not installed\n');
    const { frames } = await readAll(vtest, { maxWidth: 160 });
    expect(frames.map(({ frame, mediaMs }) => [frame, mediaMs])).toEqual(
      Array.from({ length: 398 }, (_, i) => [i * 2, i * 200]),
    );
  });
});

describe('size', () => {
  it.each([
    [641, 361, 1280, 641, 361],
    [641, 361, 320, 320, 180],
    [641, 361, 321, 320, 180],
    [1000, 10, 160, 160, 2],
    [320, 240, 320, 320, 240],
  ])('%d x %d with maxWidth %d gives %d x %d', async (width, height, maxWidth, outWidth, outHeight) => {
    const clip = await makeClip(
      folder.path(`size-${width}-${maxWidth}.mkv`),
      `testsrc=size=${width}x${height}:rate=5:duration=1`,
      '-pix_fmt',
      'yuv444p',
      ...lossless,
    );
    const { frames } = await readAll(clip, { maxWidth });
    expect(frames).toHaveLength(5);
    for (const { picture } of frames) {
      expect([picture.width, picture.height]).toEqual([outWidth, outHeight]);
      const chroma = Math.ceil(outWidth / 2) * Math.ceil(outHeight / 2);
      expect(picture.data.length).toBe(outWidth * outHeight + 2 * chroma);
    }
  });

  it('stays when the picture changes its size in the middle, and so do the indexes', async () => {
    const a = await makeClip(folder.path('a.ts'), 'testsrc=size=320x240:rate=10:duration=2', ...H264);
    const b = await makeClip(folder.path('b.ts'), 'testsrc=size=160x120:rate=10:duration=2', ...H264);
    const both = folder.path('both.ts');
    writeFileSync(both, Buffer.concat([readFileSync(a), readFileSync(b)]));
    const { frames } = await readAll(both, { fps: 10 });
    expect(frames.map(({ frame }) => frame)).toEqual(Array.from({ length: 40 }, (_, i) => i));
    expect(new Set(frames.map(({ picture }) => `${picture.width}x${picture.height}`))).toEqual(
      new Set(['320x240']),
    );
  });
});

describe('the process', () => {
  it('stands still while nobody asks for frames, and loses none', async () => {
    const clip = await makeClip(folder.path('wait.mkv'), 'testsrc=size=640x480:rate=25:duration=8', ...H264);
    const source = open(clip, { fps: 25 });
    await source.next();
    const [pid] = await processesWith(clip);
    const ticks = () => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[13]);
    await untilStill(ticks);
    expect(await processesWith(clip)).toEqual([pid]);
    let count = 1;
    while (await source.next()) count++;
    expect(count).toBe(200);
    await source.close();
  });

  it('is gone after close, also when it was blocked', async () => {
    const clip = await makeClip(folder.path('close.mkv'), 'testsrc=size=640x480:rate=25:duration=8', ...H264);
    const source = open(clip, { fps: 25 });
    await source.next();
    await source.close();
    expect(await processesWith(clip)).toEqual([]);
    while (await source.next());
    await source.close();
  });

  it('is gone when the signal comes, and next ends', async () => {
    const clip = await makeClip(folder.path('abort.mkv'), 'testsrc=size=640x480:rate=25:duration=8', ...H264);
    const stop = new AbortController();
    const source = open(clip, { fps: 25, signal: stop.signal });
    await source.next();
    stop.abort();
    while (await source.next());
    expect(await processesWith(clip)).toEqual([]);
  });

  it('killed from outside ends the reading and says so', async () => {
    const clip = await makeClip(
      folder.path('killed.mkv'),
      'testsrc=size=640x480:rate=25:duration=8',
      ...H264,
    );
    const source = open(clip, { fps: 25 });
    await source.next();
    const [pid] = await processesWith(clip);
    process.kill(pid ?? 0, 'SIGKILL');
    while (await source.next());
    expect(source.ending().problem).toEqual({
      fault: 'killed',
      message: `ffmpeg was stopped by SIGKILL while it read ${clip}`,
    });
  });

  it('dies with a parent that is killed', async () => {
    const clip = await makeClip(
      folder.path('orphan.mkv'),
      'testsrc=size=640x480:rate=25:duration=8',
      ...H264,
    );
    const args = JSON.stringify(readArguments(parseSource(clip), { fps: 25, maxWidth: 1280 }));
    const code = `const c = require('node:child_process').spawn('ffmpeg', ${args}, { stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
      c.stdout.once('data', () => { c.stdout.pause(); console.log('up'); });`;
    const parent = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(parent.stdout, 'data');
    const children = (await processesWith(clip)).filter((pid) => pid !== parent.pid);
    expect(children).toHaveLength(1);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    await until(async () => (await processesWith(clip)).length === 0);
  });

  it('that is not installed is an error that names the package', async () => {
    const missing = createFfmpegSources({ ffmpeg: '/nowhere/ffmpeg', ffprobe: '/nowhere/ffprobe' });
    const source = missing.open(parseSource('/tmp/x.mp4'), { fps: 5, maxWidth: 640, signal });
    await expect(source.next()).rejects.toThrow(
      '/nowhere/ffmpeg is not installed; install ffmpeg 5.1 or newer (Debian and Ubuntu: apt-get install ffmpeg)',
    );
    await source.close();
    await expect(checkFfmpeg({ ffmpeg: '/nowhere/ffmpeg', ffprobe: 'ffprobe' })).rejects.toThrow(
      'apt-get install ffmpeg',
    );
    await expect(checkFfmpeg()).resolves.toBeUndefined();
  });
});

describe('broken files', () => {
  it('are read up to the damage, which is named with its frame', async () => {
    const clip = await makeClip(
      folder.path('fast.mp4'),
      'testsrc=size=320x240:rate=25:duration=4',
      ...H264,
      '-movflags',
      '+faststart',
    );
    const half = folder.path('half.mp4');
    const bytes = readFileSync(clip);
    writeFileSync(half, bytes.subarray(0, bytes.length / 2));
    const whole = await readAll(clip);
    const { frames, ending } = await readAll(half);
    expect(whole.ending).toEqual({});
    expect(frames.length).toBeGreaterThan(3);
    expect(frames.length).toBeLessThan(20);
    expect(ending.damage?.message).toMatch(/partial file|corrupt|Invalid/);
    expect(ending.damage?.message).not.toMatch(/0x|\[error\]/);
    // What ffmpeg has read ahead when it meets the damage has not come out of the decoder yet.
    const last = frames.at(-1)?.frame ?? NaN;
    expect(Math.abs((ending.damage?.afterFrame ?? NaN) - last)).toBeLessThan(15);
  });
});

describe('streams', () => {
  it('reads MPEG-TS over TCP until the sender ends', async () => {
    const port = await freePort();
    const args = [
      '-v',
      'error',
      '-nostdin',
      '-re',
      '-f',
      'lavfi',
      '-i',
      'testsrc=size=320x240:rate=25:duration=2',
      ...H264,
      '-g',
      '5',
      '-f',
      'mpegts',
      `tcp://127.0.0.1:${port}?listen=1`,
    ];
    const sender = spawn('ffmpeg', args, { stdio: 'ignore' });
    const exit = once(sender, 'exit');
    await until(() => isListening(port));
    const { frames, ending } = await readAll(`tcp://127.0.0.1:${port}`);
    await exit;
    expect(frames.length).toBeGreaterThanOrEqual(7);
    expect(frames.length).toBeLessThanOrEqual(11);
    expect(ending.problem?.fault).toBe('ended');
  });

  it('says that nobody answers, without the password', async () => {
    const port = await freePort();
    const { frames, ending } = await readAll(`rtsp://viewer:s3cret@127.0.0.1:${port}/main`);
    expect(frames).toEqual([]);
    expect(ending.problem?.fault).toBe('refused');
    expect(ending.problem?.message).toContain(`rtsp://127.0.0.1:${port}/main refuses connections`);
    expect(JSON.stringify(ending)).not.toContain('s3cret');
  });

  it.each([
    ['HTTP/1.1 401 Unauthorized', 'unauthorised'],
    ['HTTP/1.1 404 Not Found', 'missing'],
    ['HTTP/1.1 500 Internal Server Error', 'failed'],
    ['HTTP/1.1 200 OK\r\nContent-Length: 24\r\n\r\nhello, this is no video\n', 'unsupported'],
  ])('understands the answer %j', async (answer, fault) => {
    const server = createServer((socket) =>
      socket.on('error', () => undefined).once('data', () => socket.end(`${answer}\r\n\r\n`)),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const { ending } = await readAll(`http://viewer:s3cret@127.0.0.1:${port}/video`);
    server.close();
    expect(ending.problem).toMatchObject({ fault });
    expect(JSON.stringify(ending)).not.toContain('s3cret');
  });

  it('cannot be made to read a local file by a playlist', async () => {
    const clip = await makeClip(folder.path('secret.ts'), 'testsrc=size=64x48:rate=25:duration=1', ...H264);
    const playlist = `#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:1,\nfile://${clip}\n#EXT-X-ENDLIST\n`;
    const server = createServer((socket) =>
      socket
        .on('error', () => undefined)
        .once('data', () =>
          socket.end(
            `HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\nConnection: close\r\n\r\n${playlist}`,
          ),
        ),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { frames } = await readAll(
      `http://127.0.0.1:${(server.address() as { port: number }).port}/list.m3u8`,
    );
    server.close();
    expect(frames).toEqual([]);
  });
});

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error('it did not come to be');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function untilStill(read: () => number): Promise<void> {
  let last = -1;
  let same = 0;
  await until(() => {
    const value = read();
    same = value === last ? same + 1 : 0;
    last = value;
    return same >= 10;
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

/** Is there a listening socket? Connecting to look would use up the sender's only connection. */
function isListening(port: number): boolean {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return new RegExp(`:${hex} 00000000:0000 0A`).test(readFileSync('/proc/net/tcp', 'utf8'));
}
