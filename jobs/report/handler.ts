import { skipped, type Handler } from '../define.js';
import type { report } from './job.js';

type Needs = 'cameras' | 'flowReports' | 'channels';

export const handle: Handler<typeof report, Needs> = async () => skipped('not built yet');
