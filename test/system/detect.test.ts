import { readdirSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { needFreshBuild, newFolder, startCli } from '../support/system.js';

beforeAll(needFreshBuild);

test('detect answers about every picture, draws, and leaves nothing else anywhere', async () => {
  const folder = newFolder();
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const picture = join(folder, 'grey.png');
  await sharp({ create: { width: 320, height: 240, channels: 3, background: '#808080' } })
    .png()
    .toFile(picture);
  const args = ['detect', picture, join(folder, 'missing.jpg'), '--draw', join(folder, 'out.png'), '--json'];
  const cli = startCli(args, { TMPDIR: temporary });
  expect(await cli.ended).toBe(1);
  expect(
    cli
      .stdout()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual([{ file: picture, width: 320, height: 240, detections: [], ms: expect.any(Number) as number }]);
  expect(cli.stderr()).toMatch(/missing\.jpg: does not exist/);
  expect(await sharp(join(folder, 'out-1.png')).metadata()).toMatchObject({ width: 320, height: 240 });
  // ONNX Runtime's usage reporting writes its logs here when it is not switched off.
  expect(readdirSync(temporary)).toEqual([]);
  await rm(folder, { recursive: true });
});
