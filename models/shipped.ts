import { nanodetG416 } from './nanodet-g-416/model.js';
import type { NetworkSpec, PackedNetwork } from './network.js';
import { ppocrDetection, ppocrRecognition } from './ppocr-v4/model.js';

/** The networks scripts/fetch-models sets up. A camera names one of these or one of the camera file's own. */
export const SHIPPED: readonly NetworkSpec[] = [nanodetG416];

/** The networks it sets up that read text: they are taken as they are. */
export const PACKED: readonly PackedNetwork[] = [ppocrDetection, ppocrRecognition];
