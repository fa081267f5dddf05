// Makes the clip of an order until it is killed: node -r register-ts.cjs make-clip-child.ts <folder with order.json>
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClipOrder } from '../../src/ports/clips.js';
import type { Segment } from '../../src/ports.js';
import { createRecordingFiles } from '../../src/io/recordings/files.js';
import { clipMakerOf } from './clips.js';
import { NODE } from './recordings.js';

const dataDir = process.argv[2] ?? '';
const { order, segments } = JSON.parse(readFileSync(join(dataDir, 'order.json'), 'utf8')) as {
  order: ClipOrder;
  segments: Segment[];
};
const index = { get: async (id: string) => segments.find((segment) => segment.id === id) };
const files = createRecordingFiles(join(dataDir, 'recordings'), NODE);
void clipMakerOf({ index: index as never, files }, dataDir).make(order, {
  signal: new AbortController().signal,
});
