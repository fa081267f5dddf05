import { statSync } from 'node:fs';
import { createRecorder } from '../../src/sampler/recorder.js';
import { arriving, makeFootage } from '../support/fragments.js';
import { makeRecordingRig, T0 } from './recording-rig.js';
import { until } from './rig.js';

/**
 * A process of its own that records and never stops. Each second of pictures comes when the one before is in its file,
 * as it would with a disk that keeps pace; after each it says how many seconds it has given away.
 */
async function main(): Promise<void> {
  const rig = await makeRecordingRig({ dataDir: process.argv[2] ?? '', record: { segmentS: 20 } });
  const footage = await makeFootage(100);
  const recorder = createRecorder(rig.context());
  recorder.begin(footage.stream);
  let givenBytes = 0;
  for (const [i, fragment] of arriving(footage, T0).entries()) {
    await until(async () => (await writtenBytes()) >= givenBytes);
    recorder.take(fragment);
    givenBytes += fragment.bytes.length;
    process.send?.(i + 1);
  }
  setInterval(() => undefined, 1000);

  async function writtenBytes(): Promise<number> {
    const paths = await rig.files.list('gate-1', 9);
    const sizes = paths.map((path) =>
      Math.max(0, statSync(rig.file(path)).size - footage.stream.init.length),
    );
    return sizes.reduce((sum, size) => sum + size, 0);
  }
}

void main();
