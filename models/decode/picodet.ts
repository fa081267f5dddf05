import { distributionDecoder } from './distribution.js';

/** PicoDet, exported without its post-processing: four strides. https://github.com/PaddlePaddle/PaddleDetection */
export const picodet = distributionDecoder([8, 16, 32, 64]);
