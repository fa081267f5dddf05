import { distributionDecoder } from './distribution.js';

/** NanoDet (m, g, t …): three strides. https://github.com/RangiLyu/nanodet */
export const nanodet = distributionDecoder([8, 16, 32]);
