import { skipped, type Handler } from '../define.js';
import type { trafficFlow } from './job.js';

type Needs = 'cameras' | 'events' | 'flowReports';

export const handle: Handler<typeof trafficFlow, Needs> = async () => skipped('not built yet');
