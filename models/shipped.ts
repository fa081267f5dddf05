import { nanodetG416 } from './nanodet-g-416/model.js';
import type { NetworkSpec } from './network.js';

/** The networks scripts/fetch-models sets up. A camera names one of these or one of the camera file's own. */
export const SHIPPED: readonly NetworkSpec[] = [nanodetG416];
