import type { RetentionRule } from '../../domain/camera-fields/retention.js';

export type EncodeHow = NonNullable<RetentionRule['encode']>;

const ENCODERS = {
  // Apple's players take H.265 under no other name. One pool: the rest of the machine is for the cameras.
  h265: ['-c:v', 'libx265', '-tag:v', 'hvc1', '-x265-params', 'log-level=error:pools=1:bframes=0'],
  h264: ['-c:v', 'libx264', '-bf', '0', '-threads', '1'],
} as const satisfies Record<EncodeHow['codec'], readonly string[]>;

/**
 * Output arguments of ffmpeg that encode a recording anew: pictures keep their times to the tick, so that the capture time
 * of each is still the start plus its time; sound is copied; fragmented MP4 as the recorder writes it. No pictures are
 * shown in another order than they are stored: times in such a file begin at 0.
 */
export function encodeArguments({ codec, crf, maxHeight, fps }: EncodeHow): string[] {
  const filters = [
    ...(fps === undefined
      ? []
      : // Drops pictures and never adds one. A little early is in time: capture times are whole ms.
        [`select='isnan(prev_selected_t)+gte(t-prev_selected_t,${(1 / fps - 0.002).toFixed(6)})'`]),
    ...(maxHeight === undefined ? [] : [`scale=-2:'trunc(min(ih,${maxHeight})/2)*2'`]),
  ];
  return [
    ...['-map', '0:v:0', '-map', '0:a?', '-c:a', 'copy'],
    ...(filters.length === 0 ? [] : ['-vf', filters.join(',')]),
    ...[...ENCODERS[codec], '-preset', 'fast', '-crf', String(crf), '-pix_fmt', 'yuv420p'],
    ...['-fps_mode', 'passthrough', '-enc_time_base', '-1', '-video_track_timescale', '90000'],
    ...['-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof'],
    ...['-frag_duration', '1000000'],
  ];
}

/** How much of the end may be missing because its pictures are left out, ms. */
export function leftOutMs({ fps }: EncodeHow): number {
  return fps === undefined ? 0 : Math.ceil(1000 / fps);
}
