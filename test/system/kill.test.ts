import { rm } from 'node:fs/promises';
import {
  CLIP,
  cutClip,
  describeWithSample,
  expectAllFrames,
  expectCrossings,
  plaza,
  replayed,
  truth,
} from '../support/plaza.js';
import { Installation, needFreshBuild, newFolder, type Crossing } from '../support/system.js';

/** Frames of the clip that are accounted for when the victim is killed: after the second crossing, before the third. */
const KILL_AT = 60;
/** Where two are killed one after the other. */
const NEXT_AFTER = 40;

describeWithSample('kill -9 in the middle of a clip', () => {
  const folder = newFolder();
  let clip: string;
  let wanted: Crossing[];
  let installation: Installation;

  beforeAll(async () => {
    needFreshBuild();
    clip = cutClip(folder);
    wanted = await replayed(clip);
    expectCrossings(wanted, truth(CLIP.from, CLIP.to), 3);
    // One installation survives everything; each test gives it another camera.
    installation = new Installation({ cameras: [] });
    installation.run();
  });
  afterAll(async () => {
    await installation?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const killed = async (id: string, ...commands: readonly RegExp[]): Promise<void> => {
    installation.add(plaza(clip, { id }));
    for (const [i, command] of commands.entries()) {
      await installation.untilCaptured(id, KILL_AT + i * NEXT_AFTER);
      await installation.kill9(command);
    }
    await installation.untilStatus(id, 'finished');
    expectAllFrames(await installation.counts(id));
  };

  it('of the motion worker, then of the jobs Redis, loses and doubles no frame and no crossing', async () => {
    await killed('worker', / worker motion$/, /jobs\.sock/);
    expect(await installation.counts('worker')).toMatchObject({ dropped: 0, failed: 0 });
    expect(await installation.crossings('worker')).toEqual(wanted);
  });

  it('of the sampler loses and doubles no frame and no crossing', async () => {
    await killed('sampler', / sampler$/);
    expect(await installation.counts('sampler')).toMatchObject({ dropped: 0, failed: 0 });
    // The detector's turns are counted anew from where the next sampler begins.
    expectCrossings(await installation.crossings('sampler'), wanted, 3);
  });

  it('of the frames Redis costs what it held, and that is counted', async () => {
    await killed('frames', /frames\.sock/);
    expect(await installation.counts('frames')).toMatchObject({ failed: 0 });
    const crossings = await installation.crossings('frames');
    expect(crossings.slice(0, 2)).toEqual(wanted.slice(0, 2));
    expect(crossings.length).toBeLessThanOrEqual(wanted.length);
  });
});
