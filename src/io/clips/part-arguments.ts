/**
 * How parts of a clip are kept until they are joined: fragmented MP4, so that one reader knows recordings and parts.
 * Output arguments of ffmpeg.
 */
export const PART_FLAGS: readonly string[] = [
  ...['-f', 'mp4', '-movflags', 'frag_keyframe+empty_moov+default_base_moof+negative_cts_offsets'],
  ...['-frag_duration', '1000000'],
];
