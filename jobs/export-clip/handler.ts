import { skipped, type Handler } from '../define.js';
import type { exportClip } from './job.js';

export const handle: Handler<typeof exportClip> = async () => skipped('not built yet');
