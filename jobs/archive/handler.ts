import { skipped, type Handler } from '../define.js';
import type { archive } from './job.js';

export const handle: Handler<typeof archive> = async () => skipped('not built yet');
