import { readFileSync } from 'node:fs';
import { parseCameraFile } from '../../src/io/camera-file.js';
test('x', () => {
  try {
    console.log(
      JSON.stringify(parseCameraFile(readFileSync('/tmp/t.yaml', 'utf8'), 't.yaml', { GATE1_PASSWORD: 'p' })),
    );
  } catch (e) {
    console.log((e as Error).message);
  }
});
