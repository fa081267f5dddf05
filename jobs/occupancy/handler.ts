import { skipped, type Handler } from '../define.js';
import type { occupancy } from './job.js';

type Needs = 'cameras' | 'events' | 'occupancy' | 'audit';

export const handle: Handler<typeof occupancy, Needs> = async () => skipped('not built yet');
