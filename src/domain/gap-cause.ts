import type { SourceFault } from './frame-source.js';

const CAUSES = {
  missing: 'camera',
  empty: 'camera',
  unreadable: 'camera',
  'no-video': 'camera',
  'too-large': 'camera',
  unsupported: 'camera',
  refused: 'camera',
  unauthorised: 'camera',
  unreachable: 'network',
  timeout: 'network',
  ended: 'camera',
  killed: 'process',
  failed: 'camera',
} as const satisfies Record<SourceFault, 'camera' | 'network' | 'process'>;

/**
 * Who is to blame for a gap that began with this fault, as far as one can tell from here: a camera that answers with a
 * refusal is there, one that does not answer may be, and an ffmpeg that was killed is this machine's affair.
 */
export function gapCauseOf(fault: SourceFault): 'camera' | 'network' | 'process' {
  return CAUSES[fault];
}
