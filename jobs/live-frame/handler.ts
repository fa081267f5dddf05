import { skipped, type Handler } from '../define.js';
import type { liveFrame } from './job.js';

export const handle: Handler<typeof liveFrame> = async () => skipped('not built yet');
