import type { Camera } from '../camera.js';
import type { CameraStatus } from '../events.js';
import type { FrameCounts } from '../frame.js';
import { redactUrls } from '../redact.js';
import type { HealthFinding } from './report.js';

/** Half the wanted rate is no hiccup any more: things cross a line between two frames. */
const MIN_FPS_SHARE = 0.5;
/** Lost packets on udp give a few; more than this and pictures are visibly torn. */
const MAX_DECODE_ERRORS_PER_MIN = 10;
/** Alerts are promised within a second or so of what happened; the way here must not eat twice that. */
const MAX_LATENCY_MS = 2000;
/** Evidence of two cameras must agree about what came first. */
const MAX_DRIFT_MS = 2000;
/** A frame in twenty lost: the analysis cannot follow. */
const MAX_DROPPED_SHARE = 0.05;
/** Fewer frames say nothing about a share. */
const MIN_FRAMES = 50;
/** A last frame this much before the status belongs to an earlier run, not to this outage. */
const SAME_OUTAGE_MS = 300_000;

/** What is known of a camera's source (the status with the silence of its sampler taken into account). */
export interface CameraSeen {
  readonly status: CameraStatus;
  readonly reason?: string;
  readonly since?: number;
  readonly lastFrameAt?: number;
  readonly retries?: number;
  readonly nextTryAt?: number;
}

/**
 * Whether a camera gives a picture that can be believed.
 * @param now wall clock, epoch ms
 */
export function judgeCamera(
  camera: Pick<Camera, 'id' | 'alerts'>,
  seen: CameraSeen,
  now: number,
): HealthFinding {
  const subject = `camera/${camera.id}`;
  const since = outageSince(seen);
  const begun = since === undefined ? {} : { since };
  const measures = {
    status: seen.status,
    ...(seen.lastFrameAt !== undefined && { lastFrameAgeS: seconds(now - seen.lastFrameAt) }),
    ...(seen.retries !== undefined && { retries: seen.retries }),
  };
  const why = seen.reason === undefined ? '' : `: ${redactUrls(seen.reason)}`;
  switch (seen.status) {
    case 'ok':
      return { subject, state: 'ok', detail: 'gives pictures', ...begun, measures };
    case 'disabled':
    case 'finished':
      return {
        ...{ subject, state: 'ok', ...begun, measures: { ...measures, isOff: true } },
        detail: `${seen.status}${why}`,
      };
    case 'connecting':
    case 'no_signal':
    case 'frozen':
    case 'retrying':
    case 'connection_failed': {
      // A first connection takes a moment; one that lasts is an outage like any other.
      const isStarting =
        seen.status === 'connecting' &&
        (seen.retries ?? 0) === 0 &&
        since !== undefined &&
        now - since < camera.alerts.downAfterS * 1000;
      const lasting = since === undefined ? '' : ` for ${seconds(now - since)} s`;
      return {
        ...{ subject, state: isStarting ? 'warn' : 'fail', ...begun, measures },
        detail: `${WORDS[seen.status]}${lasting}${why}${nextTry(seen, now)}`,
      };
    }
  }
}

const WORDS = {
  connecting: 'connecting',
  no_signal: 'no signal',
  frozen: 'frozen picture',
  retrying: 'no connection, retrying',
  connection_failed: 'connection failed',
} as const;

/** Each try is a status of its own; the outage began with the last picture. */
function outageSince({ status, since, lastFrameAt }: CameraSeen): number | undefined {
  if (status === 'ok' || status === 'frozen' || since === undefined || lastFrameAt === undefined)
    return since;
  return since - lastFrameAt < SAME_OUTAGE_MS ? Math.min(since, lastFrameAt) : since;
}

function nextTry({ nextTryAt, retries }: CameraSeen, now: number): string {
  if (nextTryAt === undefined || nextTryAt < now) return '';
  return `; try ${(retries ?? 0) + 1} in ${seconds(nextTryAt - now)} s`;
}

/** How a live source comes in. */
export interface StreamSeen {
  /** Sampled frames a second. */
  readonly fps?: number;
  readonly isIdle?: boolean;
  readonly degraded?: number;
  readonly quality?: {
    readonly sourceFps?: number;
    readonly bitrateKbps?: number;
    readonly decodeErrorsPerMin: number;
    readonly latencyMs?: number;
    readonly driftMs?: number;
  };
  /** How the frames of the last minutes ended. */
  readonly counts?: FrameCounts;
}

/** Whether the pictures of a camera that is ok are as many and as good as they should be. */
export function judgeStream(camera: Pick<Camera, 'id' | 'fps'>, seen: StreamSeen): HealthFinding {
  const { fps, quality, degraded, counts } = seen;
  const share = droppedShare(counts);
  const complaints = [
    ...rateComplaints(camera.fps, seen),
    ...qualityComplaints(quality),
    ...(degraded === undefined
      ? []
      : [`analysed at reduced quality, step ${degraded}: the machine is too slow`]),
    ...(share !== undefined && share > MAX_DROPPED_SHARE
      ? [`${percent(share)} of its frames are dropped: start more motion workers or lower fps`]
      : []),
  ];
  return {
    subject: `stream/${camera.id}`,
    state: complaints.length > 0 ? 'warn' : 'ok',
    detail: complaints.length > 0 ? complaints.join('; ') : `${fps?.toFixed(1) ?? '?'} frames/s`,
    measures: {
      wantedFps: camera.fps,
      ...(fps !== undefined && { fps }),
      ...(quality && definedOnly({ ...quality })),
      ...(degraded !== undefined && { degraded }),
      ...(share !== undefined && { droppedShare: Math.round(share * 1000) / 1000 }),
    },
  };
}

function rateComplaints(wantedFps: number, { fps, isIdle, degraded, quality }: StreamSeen): string[] {
  const sent = quality?.sourceFps;
  if (sent !== undefined && sent < wantedFps * MIN_FPS_SHARE)
    return [
      `the camera sends ${sent.toFixed(1)} frames/s, ${wantedFps} are wanted: check its settings or lower fps`,
    ];
  // Idling and the degradation ladder lower the rate on purpose.
  if (fps === undefined || isIdle === true || degraded !== undefined) return [];
  const expected = Math.min(wantedFps, sent ?? wantedFps);
  return fps < expected * MIN_FPS_SHARE
    ? [
        `${fps.toFixed(1)} frames/s arrive of ${expected.toFixed(1)}: check the network and this machine's load`,
      ]
    : [];
}

function qualityComplaints(quality: StreamSeen['quality']): string[] {
  if (!quality) return [];
  const { decodeErrorsPerMin, latencyMs, driftMs } = quality;
  return [
    ...(decodeErrorsPerMin > MAX_DECODE_ERRORS_PER_MIN
      ? [
          `${Math.round(decodeErrorsPerMin)} decoder errors a minute: check the network, or use transport: tcp`,
        ]
      : []),
    ...(latencyMs !== undefined && latencyMs > MAX_LATENCY_MS
      ? [`pictures arrive ${(latencyMs / 1000).toFixed(1)} s late`]
      : []),
    ...(driftMs !== undefined && Math.abs(driftMs) > MAX_DRIFT_MS
      ? [`its clock has drifted ${(driftMs / 1000).toFixed(1)} s: set the camera to a time server (NTP)`]
      : []),
  ];
}

function droppedShare(counts: FrameCounts | undefined): number | undefined {
  return counts && counts.captured >= MIN_FRAMES ? counts.dropped / counts.captured : undefined;
}

function definedOnly(values: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, number] => pair[1] !== undefined),
  );
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function seconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1000));
}
