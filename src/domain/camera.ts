import { z } from 'zod';
import { CameraId, PartId, SYSTEM } from './ids.js';
import { parseSchedule } from './schedule.js';

/**
 * The camera file's schema (YAML or JSON; the JSON Schema for editors is generated from it). Coordinates are
 * unit coordinates 0..1 of the picture, origin top left, y down. Unknown fields are errors: a misspelt field
 * must not pass as a default.
 */
const unit = z
  .number()
  .min(0, 'must be in 0..1 (a fraction of the picture)')
  .max(1, 'must be in 0..1 (a fraction of the picture)');
const Point = z.tuple([unit, unit]).describe('[x, y] in 0..1, origin top left, y down');
const Polygon = z
  .array(Point)
  .min(3, 'needs at least 3 points [x, y]')
  .max(100)
  .describe('at least three points, unit coordinates');
const Rectangle = z.tuple([unit, unit, unit, unit]).describe('[x, y, width, height] in 0..1');
const Classes = z.array(z.string().min(1)).min(1, 'names at least one class, for example [person]');
const Schedule = z.string().superRefine((text, ctx) => {
  const parsed = parseSchedule(text);
  if ('error' in parsed) ctx.addIssue({ code: 'custom', message: parsed.error });
});

export const Line = z
  .strictObject({
    id: PartId,
    from: Point,
    to: Point,
    classes: Classes.optional().describe('classes counted; default: all that are detected'),
    names: z
      .strictObject({ in: z.string(), out: z.string() })
      .optional()
      .describe('what to call the two directions'),
  })
  .refine((line) => Math.hypot(line.to[0] - line.from[0], line.to[1] - line.from[1]) > 1e-3, {
    error: 'has no length: from and to are the same point',
  });
export type Line = z.infer<typeof Line>;

export const Zone = z.strictObject({
  id: PartId,
  polygon: Polygon,
  kind: z
    .enum(['watch', 'restricted', 'include', 'ignore'])
    .default('watch')
    .describe(
      'restricted: entering raises an alert; watch: events only; ignore: objects standing here are not tracked',
    ),
  classes: Classes.optional(),
  minDwellMs: z
    .number()
    .int()
    .min(0)
    .max(86_400_000)
    .default(500)
    .describe('time inside before it counts as entered, ms'),
  schedule: Schedule.optional().describe('when the zone is armed, site time: "mon-fri 19:00-06:00; sat,sun"'),
});
export type Zone = z.infer<typeof Zone>;

const Detect = z.strictObject({
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

const MotionGate = z.strictObject({
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

const CalibrationPoint = z.strictObject({
  at: Point,
  ground: z.tuple([z.number(), z.number()]).describe('metres'),
});
const Signal = z.union([
  z.strictObject({ id: PartId, lamp: Rectangle }),
  z.strictObject({ id: PartId, feed: z.literal('api') }),
]);
const Rule = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('red-light'),
    line: PartId,
    signal: PartId,
    direction: z.enum(['in', 'out']),
    graceMs: z.number().min(0).default(300),
  }),
  z.strictObject({
    kind: z.literal('speed'),
    zone: PartId,
    limitKmh: z.number().positive(),
    toleranceKmh: z.number().min(0).default(5),
  }),
  z.strictObject({
    kind: z.literal('wrong-way'),
    zone: PartId,
    headingDeg: z.number().min(0).lt(360),
    toleranceDeg: z.number().gt(0).max(180).default(60),
  }),
  z.strictObject({ kind: z.literal('lane'), line: PartId }),
]);
const Suspicious = z.strictObject({
  abandoned: z.strictObject({ afterMs: z.number().positive() }).optional(),
  crowd: z
    .strictObject({ zone: PartId, people: z.number().int().positive(), forMs: z.number().min(0) })
    .optional(),
  loitering: z.strictObject({ zone: PartId, afterMs: z.number().positive() }).optional(),
  fall: z.strictObject({ downMs: z.number().positive() }).optional(),
  faces: z.boolean().optional(),
});

const seconds = (min: number, max: number) => z.number().min(min).max(max);

const Reconnect = z
  .strictObject({
    maxRetries: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(5)
      .describe('failures in a row after which the camera counts as failed'),
    firstS: seconds(0.1, 3600).default(1).describe('wait after the first failure, s; it doubles each time'),
    maxS: seconds(0.1, 86_400).default(60).describe('longest wait between two tries, s'),
    giveUp: z
      .boolean()
      .default(false)
      .describe('true: a failed camera is not tried any more until it is changed'),
  })
  .refine(({ firstS, maxS }) => firstS <= maxS, { error: 'firstS must not be more than maxS' });

const Plates = z.strictObject({
  enabled: z.boolean().default(true),
  view: z
    .enum(['auto', 'street', 'gate'])
    .default('auto')
    .describe(
      'street: plates are looked for on vehicles that are followed. gate: a barrier or car park seen from near, where vehicles fill the picture and are often not recognised: while something moves, plates are looked for in the whole picture. auto: on vehicles that are followed, and in the whole picture while something large moves that is none of them',
    ),
  classes: z
    .array(z.enum(['car', 'motorcycle', 'bus', 'truck']))
    .min(1)
    .default(['car', 'motorcycle', 'bus', 'truck'])
    .describe('vehicles whose plate is read; detect.classes must find them'),
  minVehiclePx: z
    .number()
    .int()
    .min(20)
    .max(4000)
    .default(120)
    .describe(
      'height of a vehicle in the analysed picture (see maxWidth) from which its plate is looked for, pixels; lower: more looks that show nothing',
    ),
  zones: z
    .array(PartId)
    .max(50)
    .default([])
    .describe('ids of zones of this camera; only vehicles that stand in one of them are read. Default: all'),
  everyMs: z
    .number()
    .int()
    .min(50)
    .max(60_000)
    .default(250)
    .describe(
      'capture time between two looks at one vehicle (gate: at the picture), at least, ms; lower: more sights to fuse',
    ),
  maxLooks: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(12)
    .describe(
      'looks at one vehicle at most; the passage is final when they are used up. gate: looks until one is taken every two seconds only, counted anew for each plate',
    ),
  passageWindowS: seconds(0, 86_400)
    .default(60)
    .describe('the same plate seen again by this camera within this time is the same passage, s'),
  lists: z.array(PartId).max(50).default([]).describe('lists its plates are checked against. Default: all'),
  alertUnknown: z
    .boolean()
    .default(false)
    .describe('a vehicle on no allow list raises an alert; lists may ask for that by themselves'),
});

const Tampering = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe(
      'tell when the picture goes black, the lens is covered or the camera is turned; files: with pace realtime',
    ),
  afterS: seconds(1, 600)
    .default(5)
    .describe('it must stay for this long, s. Raise it where lorries stop in front of the camera'),
});

const cameraFields = {
  name: z.string().max(200).optional(),
  detectSource: z.string().min(1).optional().describe('sub-stream for analysis; default: source'),
  enabled: z.boolean().default(true),
  transport: z
    .enum(['tcp', 'udp'])
    .default('tcp')
    .describe('RTSP: what carries the pictures; udp loses some on a bad network, tcp waits for them'),
  reconnect: Reconnect.prefault({}),
  noSignalAfterS: seconds(1, 3600)
    .default(5)
    .describe('connected, but no frame for this long: status no_signal, s'),
  frozenAfterS: seconds(0, 86_400)
    .default(8)
    .describe(
      'frames arrive, but not a pixel has changed for this long: status frozen, s; 0: never. Raise it for cameras that smooth a still scene away (smart codecs)',
    ),
  idle: z
    .boolean()
    .default(false)
    .describe(
      'while nothing moves only key frames are decoded; back to all frames within a second of movement',
    ),
  tamper: Tampering.prefault({}),
  fps: z.number().gt(0).max(60).default(5).describe('frames analysed a second'),
  pace: z
    .enum(['realtime', 'fast'])
    .default('realtime')
    .describe(
      'files only. fast: as fast as they can be analysed; frames are dropped only when the frames Redis is killed',
    ),
  maxWidth: z
    .number()
    .int()
    .min(160)
    .max(3840)
    .default(1280)
    .describe(
      'wider pictures are scaled down to this before analysis, pixels; more finds smaller things and costs memory',
    ),
  detect: Detect.prefault({}),
  motion: MotionGate.prefault({}),
  masks: z
    .array(Polygon)
    .max(50)
    .default([])
    .describe('polygons the motion gate ignores (clock overlay, trees)'),
  lines: z.array(Line).max(50).default([]),
  zones: z.array(Zone).max(50).default([]),
  calibration: z
    .strictObject({ points: z.array(CalibrationPoint).min(4, 'needs at least four points') })
    .optional(),
  signals: z.array(Signal).default([]),
  rules: z.array(Rule).default([]),
  suspicious: Suspicious.optional(),
  plates: Plates.optional().describe('read the plates of vehicles; {} takes every default'),
  record: z
    .strictObject({
      mode: z.enum(['always', 'motion', 'off']).default('off'),
      segmentS: z.number().int().min(5).max(3600).default(60).describe('length of a file, s'),
      preRollS: seconds(0, 60).default(5).describe('motion: kept from before the movement, s'),
      postRollS: seconds(0, 600).default(5).describe('motion: kept from after it, s'),
      retentionDays: z.number().positive().default(14),
    })
    .optional(),
  alerts: z
    .strictObject({
      cooldownS: z
        .number()
        .int()
        .min(1, 'must be at least 1: a cooldown of 0 floods people')
        .max(86_400)
        .default(60),
      downAfterS: seconds(0, 86_400)
        .default(30)
        .describe('a camera that gives no good picture for this long raises an alert, s'),
    })
    .prefault({}),
  annotate: z
    .boolean()
    .default(false)
    .describe('keep every picture the detector looked at, with boxes drawn, in the data folder'),
};

export const Camera = z
  .strictObject({ id: CameraId, source: z.string().min(1), ...cameraFields })
  .superRefine((camera, ctx) => {
    if (camera.id === SYSTEM)
      ctx.addIssue({
        code: 'custom',
        path: ['id'],
        message: 'is reserved for what is about no camera; choose another id',
      });
    unique(camera.lines, 'lines', ctx);
    unique(camera.zones, 'zones', ctx);
    unique(camera.signals, 'signals', ctx);
    camera.plates?.zones.forEach((zone, i) => {
      if (!camera.zones.some(({ id }) => id === zone)) {
        ctx.addIssue({
          code: 'custom',
          path: ['plates', 'zones', i],
          message: `names the zone "${zone}", which this camera does not have`,
        });
      }
    });
    const known = { line: camera.lines, zone: camera.zones, signal: camera.signals };
    camera.rules.forEach((rule, i) => {
      for (const part of ['line', 'zone', 'signal'] as const) {
        const wanted = (rule as Record<string, unknown>)[part];
        if (typeof wanted === 'string' && !known[part].some(({ id }) => id === wanted)) {
          ctx.addIssue({
            code: 'custom',
            path: ['rules', i, part],
            message: `names the ${part} "${wanted}", which this camera does not have`,
          });
        }
      }
    });
  });
export type Camera = z.infer<typeof Camera>;

const Recipient = z.strictObject({
  id: PartId.describe('appears in jobs and pages instead of the address'),
  email: z.email('is no e-mail address'),
});
export type Recipient = z.infer<typeof Recipient>;

export const Network = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9.-]*$/, 'must be of a-z, 0-9, "." and "-"'),
  file: z.string().min(1).describe('ONNX file, absolute or relative to the camera file'),
  decode: z.enum(['nanodet', 'yolox', 'picodet']),
  width: z.number().int().min(32).max(4096),
  height: z.number().int().min(32).max(4096),
  labels: z.array(z.string().min(1)).min(1).optional().describe('default: the 80 COCO classes'),
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional(),
});
export type Network = z.infer<typeof Network>;

export const Site = z.strictObject({
  name: z.string().default('Camqueue'),
  timeZone: z
    .string()
    .refine(isTimeZone, 'is no time zone; for example Asia/Ho_Chi_Minh')
    .default('Asia/Ho_Chi_Minh'),
  country: z.string().length(2).default('VN'),
});
export type Site = z.infer<typeof Site>;

/** The whole file, before `defaults` are merged into each camera (see camera-file.ts). */
export const CameraFile = z.strictObject({
  site: Site.prefault({}),
  defaults: z.strictObject(cameraFields).partial().optional(),
  recipients: z.array(Recipient).default([]),
  networks: z.array(Network).default([]),
  // Never left out: a file cut short while it is written must not pass as one without cameras.
  cameras: z.array(Camera).describe('[] where all cameras are managed through the API'),
});
export type CameraFile = z.infer<typeof CameraFile>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function unique(parts: readonly { id: string }[], field: string, ctx: z.RefinementCtx): void {
  parts.forEach(({ id }, i) => {
    if (parts.findIndex((other) => other.id === id) !== i) {
      ctx.addIssue({
        code: 'custom',
        path: [field, i, 'id'],
        message: `"${id}" is used twice; ids are unique within a camera`,
      });
    }
  });
}
