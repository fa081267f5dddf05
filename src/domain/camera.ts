import { z } from 'zod';
import { Alerting, Language, Recipient } from './alerting/config.js';
import { Reconnect, Tampering } from './camera-fields/connection.js';
import { Detect, MotionGate } from './camera-fields/detection.js';
import { haveSameEnds, Line, Zone } from './camera-fields/lines-zones.js';
import { Plates } from './camera-fields/plates.js';
import { Recording } from './camera-fields/recording.js';
import { Calibration } from './camera-fields/calibration.js';
import { Area, Flow, Occupancy, ReportOrder } from './camera-fields/counting.js';
import { Restream } from './camera-fields/restream.js';
import { ArchiveSettings, RetentionRule } from './camera-fields/retention.js';
import { Rule, Signal, Suspicious } from './camera-fields/rules.js';
import { Polygon, Schedule, seconds, TimeZone } from './camera-fields/shapes.js';
import { CameraId, PartId, SYSTEM } from './ids.js';

/**
 * The camera file's schema (YAML or JSON; the JSON Schema for editors is generated from it). Coordinates are
 * unit coordinates 0..1 of the picture, origin top left, y down. Unknown fields are errors: a misspelt field
 * must not pass as a default.
 */
const cameraFields = {
  name: z.string().max(200).optional(),
  place: z
    .string()
    .max(200)
    .optional()
    .describe('where it stands, for watermarks and evidence; default: the site'),
  groups: z.array(PartId).max(20).default([]).describe('for routes of alerts: [parking, north]'),
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
  occupancy: Occupancy.optional().describe('how many are inside, by the lines of this camera'),
  flow: Flow.optional().describe('judge how traffic flows; {} takes every default'),
  calibration: Calibration.optional().describe('for speeds'),
  signals: z.array(Signal).default([]),
  rules: z.array(Rule).default([]),
  suspicious: Suspicious.optional(),
  plates: Plates.optional().describe('read the plates of vehicles; {} takes every default'),
  record: Recording.optional(),
  restream: Restream.optional().describe('publish the processed stream, with boxes drawn'),
  alerts: z
    .strictObject({
      cooldownS: z
        .number()
        .int()
        .min(1, 'must be at least 1: a cooldown of 0 floods people')
        .max(86_400)
        .default(60)
        .describe('alerts of one kind and zone nearer than this are one incident, s'),
      schedule: Schedule.optional().describe(
        'when alerts of this camera tell anybody, site time; default: always. Alerts about the camera itself always do',
      ),
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
    countsByItsLines(camera, ctx);
    if (camera.idle && camera.record?.audio === true && camera.detectSource === undefined)
      ctx.addIssue({
        code: 'custom',
        path: ['record', 'audio'],
        message: 'is not recorded while a camera idles: leave `idle` out, or give a `detectSource`',
      });
    const flowZone = camera.flow?.zone;
    if (flowZone !== undefined && !camera.zones.some(({ id }) => id === flowZone))
      ctx.addIssue({
        code: 'custom',
        path: ['flow', 'zone'],
        message: `names the zone "${flowZone}", which this camera does not have`,
      });
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
  timeZone: TimeZone.default('Asia/Ho_Chi_Minh'),
  country: z.string().length(2).default('VN'),
  language: Language.default('vi').describe('of messages, for recipients without one of their own'),
});
export type Site = z.infer<typeof Site>;

/** The whole file, before `defaults` are merged into each camera (see camera-file.ts). */
export const CameraFile = z.strictObject({
  site: Site.prefault({}),
  defaults: z.strictObject(cameraFields).partial().optional(),
  recipients: z.array(Recipient).max(1000).default([]),
  alerting: Alerting.prefault({}),
  networks: z.array(Network).default([]),
  reports: z.array(ReportOrder).max(100).default([]).describe('reports of traffic that are sent by e-mail'),
  areas: z
    .array(Area)
    .max(1000)
    .default([])
    .describe('places with several gates, whose occupancy is counted'),
  retention: z
    .array(RetentionRule)
    .max(1000)
    .default([])
    .describe('how long recordings are kept, and where; default: record.retentionDays of each camera'),
  archive: ArchiveSettings.prefault({}),
  // Never left out: a file cut short while it is written must not pass as one without cameras.
  cameras: z.array(Camera).describe('[] where all cameras are managed through the API'),
});
export type CameraFile = z.infer<typeof CameraFile>;

function countsByItsLines(
  { lines, occupancy }: { readonly lines: readonly Line[]; readonly occupancy?: Occupancy | undefined },
  ctx: z.RefinementCtx,
): void {
  const mistake = (path: PropertyKey[], message: string): void =>
    ctx.addIssue({ code: 'custom', path, message });
  lines.forEach((line, i) => {
    const same = lines.slice(0, i).find((other) => haveSameEnds(line, other));
    if (same)
      mistake(
        ['lines', i],
        `has the same ends as the line "${same.id}": everything would be counted twice; remove one (a line has classes and names for both directions)`,
      );
  });
  if (occupancy && lines.length === 0)
    mistake(['occupancy'], 'is counted by lines, and this camera has none: give it lines');
  occupancy?.lines?.forEach((id, i) => {
    if (!lines.some((line) => line.id === id))
      mistake(['occupancy', 'lines', i], `names the line "${id}", which this camera does not have`);
    else if (occupancy.lines?.indexOf(id) !== i)
      mistake(['occupancy', 'lines', i], `names the line "${id}" twice; once is enough`);
  });
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
