import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { cutClip, describeWithSample, expectAllFrames, plaza } from '../support/plaza.js';
import { cli, Installation, needFreshBuild, newFolder, until } from '../support/system.js';

/** A second and a half, nobody crosses. */
const SHORT = { from: 0, to: 15, still: 0 };

describeWithSample('bad input', () => {
  const folder = newFolder();
  const at = (name: string): string => join(folder, name);
  let clip: string;
  let installation: Installation | undefined;
  const install = (file: { cameras: object[]; networks?: object[] }): Installation =>
    (installation = new Installation(file));

  beforeAll(() => {
    needFreshBuild();
    clip = cutClip(folder, 'good.mp4', SHORT);
    writeFileSync(at('empty.mp4'), '');
    writeFileSync(at('text.mp4'), 'this is no video\n'.repeat(100));
    // Written as a recorder does that loses power: playable up to where it ends.
    const whole = cutClip(folder, 'whole.avi', { from: 0, to: 40, still: 0 });
    writeFileSync(at('cut.avi'), readFileSync(whole).subarray(0, readFileSync(whole).length / 2));
    // An MP4 has its index at its end: of half of it nothing can be played.
    const mp4 = readFileSync(clip);
    writeFileSync(at('cut.mp4'), mp4.subarray(0, mp4.length / 2));
  });
  afterEach(async () => {
    await installation?.remove();
    installation = undefined;
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('of one camera is its own trouble, and so is a second run: a good camera loses nothing', async () => {
    const bad = ['missing.mp4', 'empty.mp4', 'text.mp4', 'cut.mp4', 'cut.avi'];
    const idOf = (name: string): string => name.replace('.', '-');
    const cameras = [plaza(clip), ...bad.map((name) => plaza(at(name), { id: idOf(name) }))];
    const installation = install({ cameras });
    const first = installation.run();
    await until('the first run', first.stderr, (said) => said.includes('camqueue is starting'));
    const second = installation.run();
    expect(await second.ended).toBe(2);
    await until('the refusal', second.stderr, (said) =>
      said.includes(`running already (process ${first.pid}, data folder ${installation.data})`),
    );

    await installation.untilStatus('plaza', 'finished');
    const counts = await installation.counts('plaza');
    expectAllFrames(counts, SHORT.to);
    expect(counts).toMatchObject({ dropped: 0, failed: 0 });
    for (const [name, reason] of [
      ['missing.mp4', 'does not exist'],
      ['empty.mp4', 'is empty (0 bytes)'],
      ['text.mp4', 'is no video'],
      ['cut.mp4', 'moov atom not found'],
    ] as const) {
      const source = await installation.untilStatus(idOf(name), 'connection_failed');
      expect(source.reason).toContain(at(name));
      expect(source.reason).toContain(reason);
    }
    const cut = await installation.untilStatus('cut-avi', 'finished');
    expect(cut.reason).toContain('the file is damaged');
    expect((await installation.counts('cut-avi'))?.captured).toBeGreaterThan(10);
    expect(first.hasEnded()).toBe(false);
  });

  it('in the camera file is refused, every mistake named', async () => {
    const outside = [
      [0, 0],
      [1, 0],
      [1.2, 1],
    ];
    const cameras = [
      plaza(clip, { id: 'field', maxwidth: 640 }),
      plaza(clip, { id: 'mask', masks: [outside] }),
      plaza(clip, { id: 'line', lines: [{ id: 'l', from: [0, 0], to: [0, 0] }] }),
    ];
    const run = install({ cameras }).run();
    expect(await run.ended).toBe(2);
    for (const words of [
      /camera field: unknown field "maxwidth"/,
      /camera mask: masks\[0\]\[2\]\[0\] is 1\.2/,
      /camera line: lines\[0\] has no length/,
    ])
      await until('all mistakes', run.stderr, (said) => words.test(said));
  });

  it.each<[args: string[], said: string]>([
    [['enqueue', 'alerts', '{}'], 'there is no queue "alerts"'],
    [['enqueue', 'alert', '{"id":'], 'the payload is no JSON'],
    [['enqueue', 'alert', '{"id":"a","cameraId":"plaza","kind":"Fire!","at":1,"summary":"x"}'], 'kind'],
    [['worker', 'motions'], 'there is no queue "motions"'],
    [['run', '--cameras', '/nowhere/cameras.yaml'], '/nowhere/cameras.yaml does not exist'],
    [['replay', '/nowhere/clip.mp4', '--camera', 'CAMERAS'], '/nowhere/clip.mp4'],
    [['demo', '/nowhere/clip.mp4'], '/nowhere/clip.mp4 does not exist'],
  ])('%j says what is wrong', async (args, said) => {
    const ended = await cli(args.map(filled), { DATA_DIR: at('data') });
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toContain(said);
  });

  it('a text file as network ends the run and names it', async () => {
    copyFileSync(at('text.mp4'), at('wrong.onnx'));
    const networks = [{ name: 'wrong', file: at('wrong.onnx'), decode: 'nanodet', width: 416, height: 416 }];
    const run = install({ networks, cameras: [plaza(clip, { detect: { network: 'wrong' } })] }).run();
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain('camqueue: camera plaza: ');
    expect(run.stderr()).toContain('wrong.onnx');
  });

  it.each<[what: string, detect: object, said: string]>([
    ['an unknown network', { network: 'yolo-9000' }, 'network "yolo-9000" is unknown'],
    ['a class the network does not know', { classes: ['peson'] }, 'has no class peson'],
  ])('%s is named', async (_, detect, said) => {
    writeFileSync(at('detect.yaml'), JSON.stringify({ cameras: [plaza(clip, { detect })] }));
    const ended = await cli(['replay', clip, '--camera', at('detect.yaml')]);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toContain('camqueue: camera plaza: ');
    expect(ended.stderr).toContain(said);
  });

  it.each([
    ['run', '--cameras', 'CAMERAS'],
    ['sampler', '--cameras', 'CAMERAS'],
    ['replay', 'CLIP', '--camera', 'CAMERAS'],
    ['demo', '--data', 'DATA', 'CLIP'],
  ])('%s without ffmpeg names the package', async (...args) => {
    const ended = await cli(args.map(filled), { PATH: pathWithRedisOnly(), DATA_DIR: at('data') });
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('ffmpeg is not installed');
    expect(ended.stderr).toContain('apt-get install ffmpeg');
  });

  function filled(arg: string): string {
    writeFileSync(at('cameras.yaml'), JSON.stringify({ cameras: [plaza(clip)] }));
    return { CAMERAS: at('cameras.yaml'), CLIP: clip, DATA: at('demo') }[arg] ?? arg;
  }

  function pathWithRedisOnly(): string {
    const redis = execFileSync('sh', ['-c', 'command -v redis-server'], { encoding: 'utf8' }).trim();
    mkdirSync(at('bin'), { recursive: true });
    rmSync(at('bin/redis-server'), { force: true });
    symlinkSync(redis, at('bin/redis-server'));
    return at('bin');
  }
});
