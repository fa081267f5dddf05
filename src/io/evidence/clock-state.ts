import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { AnyManifest } from '../../domain/evidence/manifest.js';

const ASK_MS = 2000;

/**
 * Whether this machine's clock follows a time server just now, as far as the operating system says (systemd's timedatectl);
 * a container usually cannot know.
 */
export async function clockState(): Promise<AnyManifest['madeAtClock']['ntp']> {
  try {
    const { stdout } = await promisify(execFile)(
      'timedatectl',
      ['show', '--property=NTPSynchronized', '--value'],
      { timeout: ASK_MS },
    );
    const answer = stdout.trim();
    return answer === 'yes' ? 'synchronised' : answer === 'no' ? 'not synchronised' : 'unknown';
  } catch {
    // No systemd here, or it does not answer: then nobody knows, and that is what is said.
    return 'unknown';
  }
}
