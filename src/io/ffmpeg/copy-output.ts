import type { Readable } from 'node:stream';
import type { FragmentSink } from '../../domain/fragment.js';
import type { SourceStats } from '../../domain/frame-source.js';
import { messageOf } from '../../errors.js';
import { createFragmentCutter, type CutterEvents } from '../mp4/fragment-cutter.js';
import type { SourceInput } from './source-input.js';

/**
 * The compressed pictures of a source as fragmented MP4, each fragment as soon as it is complete: the next picture
 * must have come, as it says how long the last one lasts.
 */
const FRAGMENTED = 'empty_moov+default_base_moof';

/** Key frames begin a fragment, and one lasts no longer than this, so that a killed process loses no more. */
const FRAGMENT_US = '1000000';

/**
 * Sound beside the pictures, where the source has any: always AAC, as MP4 cannot hold what many cameras send (G.711). The
 * pictures do not wait for sound that stops coming (µs), and keep their times: what the encoder puts before the sound (a frame,
 * 21 ms at this rate) would otherwise move all but the first of them.
 */
const SOUND = [
  ...['-map', '0:a:0?', '-c:a', 'aac', '-ac', '1', '-ar', '48000', '-b:a', '64k'],
  ...['-flags:a', '+global_header', '-max_interleave_delta', '1000000', '-avoid_negative_ts', 'disabled'],
];

/** The descriptor that ffmpeg writes the compressed pictures to, beside decoding. */
export const COPY_FD = 4;

/**
 * Containers give codecs names of their own (tags), which MP4 would refuse; without them it chooses its own. They are
 * taken away at the input, as the outputs take them from there.
 */
export function copyable(input: SourceInput): SourceInput {
  return { ...input, args: ['-tag:v', '0', ...input.args] };
}

/**
 * Output arguments: the compressed pictures beside the decoded ones. What MP4 cannot hold ends this output only (`tee`
 * goes on with an output to nowhere); it would end the decoding otherwise.
 */
export function besideArguments(withSound: boolean): string[] {
  const times = withSound ? ':avoid_negative_ts=disabled' : '';
  const mp4 = `f=mp4${times}:movflags=frag_keyframe+${FRAGMENTED}:frag_duration=${FRAGMENT_US}:flush_packets=1:onfail=ignore`;
  const sound = withSound ? SOUND : [];
  return ['-map', '0:V:0', '-c:v', 'copy', ...sound, '-f', 'tee', `[${mp4}]pipe\\:${COPY_FD}|[f=null]-`];
}

/** All arguments of an ffmpeg that only copies, to its standard output. @param everyFrame a fragment for each picture, no sound */
export function copyArguments(input: SourceInput, everyFrame: boolean, withSound: boolean): string[] {
  const cut = everyFrame ? [] : ['-frag_duration', FRAGMENT_US];
  const flags = `${everyFrame ? 'frag_every_frame' : 'frag_keyframe'}+${FRAGMENTED}`;
  return [
    ...['-nostdin', '-hide_banner', '-nostats', '-loglevel', 'level+warning', ...copyable(input).args],
    ...['-map', '0:V:0', ...(withSound && !everyFrame ? SOUND : ['-an']), '-sn', '-dn'],
    ...['-c:v', 'copy', '-f', 'mp4', '-movflags', flags, ...cut],
    ...['-flush_packets', '1', 'pipe:1'],
  ];
}

/** Is this line of ffmpeg about the copy, and not about what is read? */
export function isAboutCopy(line: string): boolean {
  return /\[(mp4|tee|null) @ 0x[0-9a-f]+\]|could not write header|error initializing output/i.test(line);
}

/** Does this line say that the pictures cannot be copied at all? */
export function isCopyRefusal(line: string): boolean {
  return /\[(mp4|tee) @ .*(could not find tag|incompatible with output codec|dimensions not set|slave muxer #0 failed|not currently supported)/i.test(
    line,
  );
}

/** Reads the copy from its pipe. */
export interface CopyReader {
  /** Bytes so far. */
  bytes(): number;
  /** Why the copy ended although the stream goes on. */
  problem(): string | undefined;
}

/**
 * Cuts what comes out of the pipe. Bytes that are no such stream end the copy (the pipe is closed), nothing else.
 * @param onHeard called whenever something came
 */
export function readCopy(
  pipe: Readable,
  events: CutterEvents,
  onHeard: () => void = () => undefined,
): CopyReader {
  let bytes = 0;
  let problem: string | undefined;
  const cut = createFragmentCutter(events);
  pipe.on('data', (chunk: Buffer) => {
    if (problem !== undefined) return;
    bytes += chunk.length;
    onHeard();
    try {
      cut(chunk);
    } catch (error) {
      problem = messageOf(error);
      pipe.destroy();
    }
  });
  pipe.on('error', () => undefined); // reset by a dying ffmpeg: its exit tells
  return { bytes: () => bytes, problem: () => problem };
}

export function toSink(sink: FragmentSink): CutterEvents {
  return { onStream: (stream) => sink.begin(stream), onFragment: (fragment) => sink.take(fragment) };
}

/** For `SourceStats`. */
export function problemOf(copyProblem: string | undefined): Pick<SourceStats, 'copyProblem'> {
  return copyProblem === undefined ? {} : { copyProblem };
}
