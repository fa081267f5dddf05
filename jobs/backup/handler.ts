import { skipped, type Handler } from '../define.js';
import type { backup } from './job.js';

export const handle: Handler<typeof backup> = async () => skipped('not built yet');
