import { faceboxes } from './faceboxes/model.js';
import { nanodetG416 } from './nanodet-g-416/model.js';
import type { ConvertedNetwork, NetworkSpec, PackedNetwork } from './network.js';
import { ppocrDetection, ppocrRecognition } from './ppocr-v4/model.js';

/** The object detectors we ship. A camera names one of these or one of the camera file's own. */
export const SHIPPED: readonly NetworkSpec[] = [nanodetG416];

/** The networks scripts/fetch-models converts. */
export const CONVERTED: readonly ConvertedNetwork[] = [...SHIPPED, faceboxes];

/** The networks it sets up that read text: they are taken as they are. */
export const PACKED: readonly PackedNetwork[] = [ppocrDetection, ppocrRecognition];
