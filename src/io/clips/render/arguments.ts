import { offsetLabel, watermarkSizes, type ClockPiece } from '../../../domain/export/watermark.js';
import type { Size } from '../../../domain/geometry.js';
import { encoderArguments, encodingForAll } from '../encode-arguments.js';
import { PART_FLAGS } from '../part-arguments.js';
import type { FfmpegJob } from '../run-ffmpeg.js';
import { SLACK_US } from './timeline.js';
import type { Patch } from './watermark-pictures.js';

/** All that the command line of one render depends on. Times are µs. */
export interface RenderPlan {
  /** Scripts for the concat demuxer. */
  readonly video: { readonly script: string; readonly shiftUs: number };
  /** `silence`: what is joined with it has sound, this has none. */
  readonly audio?:
    { readonly script: string; readonly shiftUs: number; readonly beginUs: number } | 'silence';
  /** From `from` to `to`. */
  readonly durationUs: number;
  /** Of the recorded pictures. */
  readonly source: Size;
  readonly out: Size & { readonly path: string; readonly timescale: number; readonly threads: number };
  /** Where to cover faces, and how large the squares are that they become, pixels. */
  readonly mask?: { readonly path: string; readonly blockPx: number };
  /** A film of transparent pictures. */
  readonly overlay?: string;
  readonly title?: Patch;
  readonly logo?: Patch;
  readonly clock?: { readonly font: string; readonly from: number; readonly pieces: readonly ClockPiece[] };
}

/** What lies over the pictures comes so much before them, so that none is shown without it for a rounding error. */
const LEAD_US = 5 * SLACK_US;
/** All parts have the same: they are joined without being encoded anew. */
const SOUND = { rate: 48_000, channels: 2, bitrate: '128k' };

/** How ffmpeg is called; everything that is text for people is in pictures, not in here. */
export function renderArguments(plan: RenderPlan): FfmpegJob {
  const { audio, out } = plan;
  const files = [plan.mask?.path, plan.overlay, plan.title?.path, plan.logo?.path];
  const given = files.filter((path) => path !== undefined);
  const indexOf = (path: string): number => given.indexOf(path) + 1;
  const threads = ['-threads', String(out.threads)];
  const joined = ['-protocol_whitelist', 'file', '-f', 'concat', '-safe', '0'];
  const sound =
    audio === 'silence'
      ? [['-f', 'lavfi', '-i', `anullsrc=r=${SOUND.rate}:cl=stereo`]]
      : audio
        ? [[...joined, '-i', audio.script]]
        : [];
  const filters = [
    ...pictureFilters(plan, indexOf),
    ...(audio ? [soundFilter(plan, audio, given.length + 1)] : []),
  ];
  return {
    inputs: [
      // A picture of another size must not begin the filters anew: masks that have been read would be gone.
      ['-copyts', '-reinit_filter', '0', ...threads, ...joined, '-i', plan.video.script],
      ...given.map((path) => ['-threads', '1', '-i', path]),
      ...sound,
    ],
    output: [
      ...['-filter_complex', filters.join(';'), '-map', '[pictures]', ...(audio ? ['-map', '[sound]'] : [])],
      ...['-map_metadata', '-1', '-map_chapters', '-1', '-sn', '-dn'],
      ...videoOutput(out),
      ...(audio ? ['-c:a', 'aac', '-b:a', SOUND.bitrate, '-ar', String(SOUND.rate)] : []),
      ...PART_FLAGS,
    ],
  };
}

/** Headers depend on nothing but size and settings: `fps` is only written into them. */
function videoOutput({ timescale, threads }: RenderPlan['out']): string[] {
  return [
    ...encoderArguments(encodingForAll(threads)),
    ...['-x264-params', 'fps=30', '-fps_mode', 'passthrough', '-enc_time_base', `1:${timescale}`],
    ...['-video_track_timescale', String(timescale)],
  ];
}

function pictureFilters(plan: RenderPlan, indexOf: (path: string) => number): string[] {
  const { video, durationUs, source, out, mask, overlay, title, logo, clock } = plan;
  const { width, height } = source;
  const sizes = watermarkSizes(out);
  const filters: string[] = [];
  let chain = [
    `[0:V:0]settb=AVTB,setpts=PTS+(${video.shiftUs + LEAD_US}),trim=start_pts=${LEAD_US - SLACK_US}:end_pts=${LEAD_US - SLACK_US + durationUs}`,
    // Where recordings overlap the one that began first goes on to its end.
    'select=isnan(prev_selected_t)+gt(t\\,prev_selected_t)',
    `scale=${width}:${height},format=yuv420p`,
  ].join(',');
  let made = 0;
  /** Lays a film over what there is so far. */
  const lay = (film: string, at = ''): void => {
    const name = `laid${made++}`;
    filters.push(`${chain}[${name}]`);
    chain = `[${name}]${film}overlay=${at}format=yuv420`;
  };
  if (mask) {
    const across = Math.max(2, Math.floor(width / mask.blockPx));
    const down = Math.max(2, Math.floor(height / mask.blockPx));
    filters.push(
      `${chain},split[clear][coarse]`,
      // Each square becomes the mean of its pixels.
      `[coarse]scale=${across}:${down}:flags=area,scale=${width}:${height}:flags=neighbor,format=yuva420p[squares]`,
      `[${indexOf(mask.path)}:v:0]format=gray,scale=${width}:${height}:flags=neighbor[where]`,
      `[squares][where]alphamerge[faces]`,
    );
    chain = `[clear][faces]overlay=format=yuv420`;
  }
  if (overlay !== undefined) lay(`[${indexOf(overlay)}:v:0]`);
  chain += fitted(source, out);
  if (title) {
    const y = out.height - sizes.marginPx - sizes.lineHeightPx - title.height;
    lay(`[${indexOf(title.path)}:v:0]`, `x=${sizes.marginPx}:y=${Math.max(0, y)}:`);
  }
  if (logo) {
    const x = out.width - sizes.marginPx - logo.width;
    const y = out.height - sizes.marginPx - logo.height;
    lay(`[${indexOf(logo.path)}:v:0]`, `x=${x}:y=${y}:`);
  }
  if (clock) chain += clock.pieces.map((piece) => clockFilter(piece, clock, out)).join('');
  // Times count from the first picture, in units that joined parts share.
  filters.push(`${chain},setpts=PTS-STARTPTS,settb=1/${out.timescale}[pictures]`);
  return filters;
}

function fitted(source: Size, { width, height }: Size): string {
  if (source.width === width && source.height === height) return ',setsar=1';
  const inside = `scale=${width}:${height}:force_original_aspect_ratio=decrease:force_divisible_by=2`;
  return `,${inside},pad=${width}:${height}:-1:-1,setsar=1`;
}

/** The capture time, to the tenth of a second. `t` is the time after `from`; the zone's offset is ours, not the system's. */
function clockFilter(piece: ClockPiece, clock: NonNullable<RenderPlan['clock']>, out: Size): string {
  const { fontPx, outlinePx, marginPx, lineHeightPx } = watermarkSizes(out);
  // A picture that is a rounding error early must not show the tenth before.
  const wallS = ((clock.from + piece.offsetMs) / 1000 + (SLACK_US - LEAD_US) / 1e6).toFixed(6);
  const text = `%{pts:gmtime:${wallS}}.%{eif:mod(floor((t+${wallS})*10),10):d} ${offsetLabel(piece.offsetMs)}`;
  const shownFrom = (at: number): string => seconds((at - clock.from) * 1000 + LEAD_US - SLACK_US);
  const shown =
    clock.pieces.length === 1
      ? ''
      : `:enable=${escaped(`gte(t,${shownFrom(piece.from)})*lt(t,${shownFrom(piece.to)})`)}`;
  const y = out.height - marginPx - lineHeightPx + Math.round((lineHeightPx - fontPx) / 2) + outlinePx;
  return (
    `,drawtext=fontfile=${escaped(clock.font)}:text=${escaped(escapedText(text))}:fontsize=${fontPx}:fontcolor=white` +
    `:borderw=${outlinePx}:bordercolor=black@0.9:x=${marginPx + outlinePx}:y=${y}${shown}`
  );
}

/** drawtext takes `\` for itself. */
function escapedText(text: string): string {
  return text.replaceAll('\\', '\\\\');
}

/** A value in a filter graph: escaped once for the filter's options and once for the graph (ffmpeg-filters, "Notes on filtergraph escaping"). */
function escaped(value: string): string {
  return value.replace(/[\\':]/g, '\\$&').replace(/[\\',;[\]]/g, '\\$&');
}

function soundFilter(plan: RenderPlan, audio: NonNullable<RenderPlan['audio']>, index: number): string {
  const shape = `aformat=sample_fmts=fltp:sample_rates=${SOUND.rate}:channel_layouts=stereo`;
  if (audio === 'silence') return `[${index}:a:0]${shape},atrim=end=${seconds(plan.durationUs)}[sound]`;
  const begin = seconds(audio.beginUs);
  const length = seconds(plan.durationUs - audio.beginUs);
  return (
    `[${index}:a:0]asetpts=PTS+(${seconds(audio.shiftUs)})/TB,atrim=start=${begin}:end=${seconds(plan.durationUs)},` +
    // Where sound is missing there is silence: it stays beside its pictures.
    `asetpts=PTS-${begin}/TB,aresample=${SOUND.rate}:async=1000:first_pts=0,${shape},apad=whole_dur=${length},atrim=end=${length}[sound]`
  );
}

function seconds(us: number): string {
  return (us / 1e6).toFixed(6);
}
