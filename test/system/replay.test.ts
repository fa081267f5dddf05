import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { FrameCounts } from '../../src/domain/frame.js';
import {
  cutClip,
  describeWithSample,
  expectAllFrames,
  expectCrossings,
  plaza,
  SAMPLE,
  SAMPLE_FRAMES,
  truth,
} from '../support/plaza.js';
import { cli, crossingsOf, needFreshBuild, newFolder, type Ended } from '../support/system.js';

const CROSSED = { from: 175, to: 220, still: 25, frames: 70 };

describeWithSample('camqueue replay', () => {
  const folder = newFolder();
  const cameras = join(folder, 'cameras.yaml');
  const replay = (video: string): Promise<Ended> =>
    cli(['replay', video, '--camera', cameras, '--start', '2026-11-21T08:00:00Z', '--json']);

  beforeAll(() => {
    needFreshBuild();
    writeFileSync(cameras, JSON.stringify({ cameras: [plaza('unused.mp4')] }));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('prints the same events each time, and what a person counted', async () => {
    // Two people cross, then nothing moves.
    const clip = cutClip(folder, 'clip.mp4', CROSSED);
    const [first, second] = [await replay(clip), await replay(clip)];

    expect([first.code, first.stderr]).toEqual([0, '']);
    const { events, summary } = parse(first);
    expectCrossings(crossingsOf(events), truth(CROSSED.from, CROSSED.to), 3);
    expect(summary).toMatchObject({ type: 'summary', status: 'finished' });
    expect(summary.frames).toMatchObject({ dropped: 0, failed: 0 });
    expect(summary.frames.gated).toBeGreaterThan(0);
    expectAllFrames(summary.frames, CROSSED.frames);

    expect(linesOf(second).slice(0, -1)).toEqual(linesOf(first).slice(0, -1));
  });

  it('counts the whole sample as a person does', async () => {
    const ended = await replay(SAMPLE);
    const { events, summary } = parse(ended);
    expect(ended.code).toBe(0);
    expectCrossings(crossingsOf(events), truth(), 10);
    expect(summary.frames).toMatchObject({ dropped: 0, failed: 0 });
    expectAllFrames(summary.frames, SAMPLE_FRAMES);
  });
});

function linesOf({ stdout }: Ended): string[] {
  return stdout.trimEnd().split('\n');
}

/** Every line is JSON, or this throws: nothing else may be on stdout. */
function parse(ended: Ended): { events: object[]; summary: { frames: FrameCounts } } {
  const lines = linesOf(ended).map((line) => JSON.parse(line) as object);
  return { events: lines.slice(0, -1), summary: lines.at(-1) as { frames: FrameCounts } };
}
