import { PART_FLAGS } from './part-arguments.js';

/** How pictures are encoded. */
export interface PictureEncoding {
  readonly encoder: 'libx264' | 'libx265' | 'mjpeg';
  readonly pixelFormat: string;
  /** As the encoder calls it; left to it where none is said. */
  readonly profile?: string;
  /** Number of the H.264 parameter sets, so that those of other pictures in the file stay valid beside them. */
  readonly setId?: number;
  readonly threads: number;
  /** Constant quality, lower is better: x264's and x265's scale. */
  readonly crf: number;
  /** Pictures between key frames at most. */
  readonly keyEvery: number;
}

/** What is shown is scaled into this size, with black beside it where its shape is another. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

export interface EncodeJob {
  readonly path: string;
  /** Pictures with presentation times in [from, to), units of the file. */
  readonly from: number;
  readonly to: number;
  /** Units a second. */
  readonly timescale: number;
  readonly encoding: PictureEncoding;
  /** Default: as they are. */
  readonly size?: PictureSize;
}

/** Encodes exactly the pictures of a stretch, each at the time it had. */
export function encodeArguments(job: EncodeJob): { inputs: string[][]; output: string[] } {
  const { path, from, to, timescale, encoding, size } = job;
  const filters = [`select='gte(pts,${from})*lt(pts,${to})'`, ...(size ? fitInto(size) : [])];
  return {
    // Times as they stand in the file: the first picture of a recording is not always at 0.
    inputs: [['-copyts', '-threads', String(encoding.threads), '-i', path]],
    output: [
      ...['-map', '0:V:0', '-vf', filters.join(','), '-fps_mode', 'passthrough'],
      ...['-enc_time_base', `1:${timescale}`, ...encoderArguments(encoding)],
      ...['-video_track_timescale', String(timescale), ...PART_FLAGS],
    ],
  };
}

function fitInto({ width, height }: PictureSize): string[] {
  const box = `${width}:${height}`;
  return [
    `scale=${box}:force_original_aspect_ratio=decrease:force_divisible_by=2`,
    `pad=${box}:-1:-1:color=black,setsar=1`,
  ];
}

/** The pictures as they are, with sound of one kind. */
export function soundArguments(
  path: string,
  { rateHz, channels }: { readonly rateHz: number; readonly channels: number },
): { inputs: string[][]; output: string[] } {
  return {
    inputs: [['-copyts', '-i', path]],
    output: [
      ...['-map', '0:V:0', '-map', '0:a:0', '-c:v', 'copy', '-c:a', 'aac', '-ar', String(rateHz)],
      ...['-ac', String(channels), ...PART_FLAGS],
    ],
  };
}

/** One still picture shown for a while, once a second. */
export function stillArguments(still: {
  readonly path: string;
  readonly lengthMs: number;
  readonly encoding: PictureEncoding;
}): { inputs: string[][]; output: string[] } {
  const { path, lengthMs, encoding } = still;
  return {
    inputs: [['-loop', '1', '-framerate', '1', '-i', path]],
    output: [
      ...['-map', '0:V:0', '-frames:v', String(Math.max(1, Math.ceil(lengthMs / 1000)))],
      ...encoderArguments(encoding),
      ...PART_FLAGS,
    ],
  };
}

/**
 * No B-frames: each picture's time is then its place, AVI can hold them, and a clip that is cut is cut where it says.
 */
export function encoderArguments(encoding: PictureEncoding): string[] {
  const { encoder, pixelFormat, profile, setId, threads, crf, keyEvery } = encoding;
  const common = ['-c:v', encoder, '-pix_fmt', pixelFormat, '-threads', String(threads)];
  if (encoder === 'mjpeg') return [...common, '-q:v', '3'];
  const shared = ['-preset', 'veryfast', '-crf', String(crf), '-bf', '0', '-g', String(keyEvery)];
  const asked = profile === undefined ? [] : ['-profile:v', profile];
  if (encoder === 'libx265') {
    const params = `log-level=error:bframes=0:open-gop=0:pools=${threads}:frame-threads=1`;
    return [...common, ...shared, ...asked, '-tag:v', 'hvc1', '-x265-params', params];
  }
  const params = [HEADER_RATE, ...(setId === undefined ? [] : [`sps-id=${setId}`])];
  return [...common, ...shared, ...asked, '-x264-params', params.join(':')];
}

/** Only written into the headers: those of parts with other rates stay the same. */
const HEADER_RATE = 'fps=30';

/** Encoders' names of the profiles that ffprobe tells of. */
const PROFILES: Readonly<Record<string, string>> = {
  'Constrained Baseline': 'baseline',
  Baseline: 'baseline',
  Main: 'main',
  High: 'high',
  'High 10': 'high10',
  'High 4:2:2': 'high422',
  'High 4:4:4 Predictive': 'high444',
  'Main 10': 'main10',
};

/**
 * How pictures are encoded that stand beside copied ones.
 * @param found what ffprobe says of the copied ones
 * @returns `undefined` when no encoder here makes such pictures
 */
export function encodingLike(
  family: 'h264' | 'hevc' | 'mjpeg',
  found: { readonly profile: string; readonly pixelFormat: string },
  options: { readonly setId?: number; readonly threads: number },
): PictureEncoding | undefined {
  const base = { pixelFormat: found.pixelFormat, threads: options.threads, keyEvery: 250 };
  if (family === 'mjpeg') return { ...base, encoder: 'mjpeg', crf: 0 };
  const profile = PROFILES[found.profile];
  if (profile === undefined) return undefined;
  if (family === 'hevc') return { ...base, encoder: 'libx265', profile, crf: 20 };
  const { setId } = options;
  return { ...base, encoder: 'libx264', profile, crf: 18, ...(setId !== undefined && { setId }) };
}

/** How all is encoded where nothing can be copied: what every player shows. */
export function encodingForAll(threads: number): PictureEncoding {
  return { encoder: 'libx264', pixelFormat: 'yuv420p', profile: 'high', threads, crf: 21, keyEvery: 50 };
}

/** Puts a finished MP4 into another container. AVI's players know no AAC, and MP3's lead-in would push the pictures back. */
export function rewrapArguments(
  path: string,
  format: 'avi' | 'mkv',
): { inputs: string[][]; output: string[] } {
  const sound = format === 'avi' ? ['-c:a', 'pcm_s16le'] : ['-c:a', 'copy'];
  return {
    inputs: [['-i', path]],
    output: [...['-map', '0', '-c:v', 'copy', ...sound], ...['-f', format === 'avi' ? 'avi' : 'matroska']],
  };
}

/** The first picture that is not black; the first of all when all are is taken with `least` 0. */
export function posterArguments(path: string, least: number): { inputs: string[][]; output: string[] } {
  const filters = [
    'signalstats',
    `metadata=select:key=lavfi.signalstats.YAVG:value=${least}:function=greater`,
    "scale='min(1280,iw)':-2",
    'format=yuvj420p',
  ];
  return {
    inputs: [['-threads', '1', '-i', path]],
    output: [
      ...['-map', '0:V:0', '-vf', filters.join(','), '-frames:v', '1', '-q:v', '3'],
      ...['-f', 'image2', '-update', '1'],
    ],
  };
}

/** Small pictures of a file that has as many as there are places. */
export function spriteArguments(
  path: string,
  sprite: {
    readonly columns: number;
    readonly rows: number;
    readonly widthPx: number;
    readonly heightPx: number;
  },
): { inputs: string[][]; output: string[] } {
  const { columns, rows, widthPx, heightPx } = sprite;
  const filters = [`scale=${widthPx}:${heightPx}`, `tile=${columns}x${rows}`, 'format=yuvj420p'];
  return {
    inputs: [['-threads', '1', '-i', path]],
    output: [
      ...['-map', '0:V:0', '-vf', filters.join(','), '-fps_mode', 'passthrough', '-frames:v', '1'],
      ...['-q:v', '5', '-f', 'image2', '-update', '1'],
    ],
  };
}
