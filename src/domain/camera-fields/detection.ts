import { z } from 'zod';
import { Classes } from './shapes.js';

export const Detect = z.strictObject({
  network: z.string().default('nanodet-g-416').describe('folder under models/, or a name under `networks`'),
  classes: Classes.default(['person', 'bicycle', 'car', 'motorcycle', 'bus', 'truck']),
  minScore: z
    .number()
    .min(0.05)
    .max(1)
    .default(0.4)
    .describe('higher: fewer false objects, more missed ones'),
  everyMs: z
    .number()
    .int()
    .min(0)
    .max(10_000)
    .default(200)
    .describe(
      'capture time between two looks of the detector, ms; tracks carry the boxes between; 0: every frame',
    ),
});

export const MotionGate = z.strictObject({
  enabled: z.boolean().default(true).describe('false: every sampled frame is analysed'),
  threshold: z
    .number()
    .int()
    .min(1)
    .max(255)
    .default(30)
    .describe('luma difference that counts as change; lower: more sensitive'),
  minContour: z
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(10)
    .describe('smallest moving region, pixels of a plane about 100 px high'),
  learnRate: z
    .number()
    .gt(0)
    .max(1)
    .default(0.01)
    .describe('how fast the background follows the picture, per frame at 5 frames/s'),
  lightning: z
    .number()
    .min(0.1)
    .max(1)
    .default(0.8)
    .describe('share of the picture changing at once that is light, not movement'),
  heartbeatMs: z
    .number()
    .int()
    .min(500)
    .max(600_000)
    .default(5000)
    .describe('a look at what stands still, ms'),
});
