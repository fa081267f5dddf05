import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecorder } from '../../src/sampler/recorder.js';
import { FOOTAGE_FPS, play } from '../support/fragments.js';
import { makeRecordingRig } from './recording-rig.js';

const child = join(__dirname, 'recording-child.ts');
const registerTs = join(__dirname, '../support/register-ts.cjs');

it('a recorder that is killed loses at most a second; the next one puts the rest in order', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'camqueue-recorder-'));
  const killAt = 25 + Math.floor(Math.random() * 30);
  const recording = fork(child, [dataDir], { execArgv: ['-r', registerTs] });
  let given = 0;
  recording.on('message', (seconds) => {
    given = Number(seconds);
    if (given >= killAt) recording.kill('SIGKILL');
  });
  await once(recording, 'close');
  expect(given).toBeGreaterThanOrEqual(killAt);

  const rig = await makeRecordingRig({ dataDir });
  try {
    // Stands before anybody has repaired anything.
    const paths = await rig.files.list('gate-1', 9);
    // The newest second may have been the first of a file that was not begun yet.
    expect([Math.ceil((given - 1) / 20), Math.ceil(given / 20)]).toContain(paths.length);
    await createRecorder(rig.context()).close();
    const segments = await rig.segments();
    expect(segments.map(({ path }) => path)).toEqual(paths);
    expect(segments.every(({ state }) => state === 'closed')).toBe(true);
    let frames = 0;
    for (const { path } of segments) frames += (await play(rig.file(path))).frames;
    expect(frames).toBeGreaterThanOrEqual((given - 1) * FOOTAGE_FPS);
    const recordedMs = segments.reduce((sum, { startAt, endAt }) => sum + endAt - startAt, 0);
    expect(recordedMs).toBe(frames * (1000 / FOOTAGE_FPS));
    for (const { path, sha256, bytes } of segments)
      expect(await rig.files.sha256(path)).toEqual({ bytes, sha256 });
  } finally {
    await rig.remove();
  }
});
