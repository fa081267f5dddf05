import { skipped, type Handler } from '../define.js';
import type { calibrationCheck } from './job.js';

type Needs = 'cameras' | 'frames' | 'snapshots' | 'pictures';

export const handle: Handler<typeof calibrationCheck, Needs> = async () => skipped('not built yet');
