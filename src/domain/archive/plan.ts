import { type AboutRecording, type Keep, type KeepPolicy, keeper } from './keep.js';

/** A recording on the recordings' disk, as far as its fate depends on it. */
export interface AgingRecording extends AboutRecording {
  readonly startAt: number;
  readonly endAt: number;
  readonly bytes: number;
  readonly isProtected: boolean;
  readonly damagedAt?: number;
}

/** What becomes of it: `hold` would have been one of the others. */
export interface Fate {
  readonly action: 'move' | 'delete' | 'hold';
  readonly because: 'age' | 'size' | 'room';
  readonly keep: Keep;
}

export interface PlanInput extends KeepPolicy {
  /** Wall clock, epoch ms. */
  readonly now: number;
  /** What lies on the disk. */
  readonly sums: readonly (AboutRecording & { readonly bytes: number })[];
  /** Moved on until so much room is made; default: none. */
  readonly wantedBytes?: number;
}

/** Says of one recording after another, the oldest first, what becomes of it. */
export interface Plan {
  /** `undefined`: it stays. */
  fate(recording: AgingRecording): Fate | undefined;
  /** Whether any that begins then or later may still have to go. */
  mayGoOn(startAt: number): boolean;
}

/**
 * What is to move or to go, oldest first: what is older than its rule keeps it; then, of a camera that has more than
 * `maxGb`, the oldest; then, where room is wanted, the oldest that may be moved. What is held stays; what is damaged stays
 * where it is until both times are over: a copy would be as bad.
 */
export function planArchive(input: PlanInput): Plan {
  const { now, rules, cameras } = input;
  const keepOf = keeper(input);
  const onDisk = new Map<string, number>();
  for (const sum of input.sums)
    add(onDisk, bucket(keepOf(sum), sum), keepOf(sum).maxBytes === undefined ? 0 : sum.bytes);
  let wanted = input.wantedBytes ?? 0;
  const shortestMs = Math.min(
    ...[...input.sums, ...everybody({ rules, cameras })].map((one) => keepOf(one).hotMs),
  );
  const isFull = (keep: Keep, of: AboutRecording): boolean =>
    keep.maxBytes !== undefined && (onDisk.get(bucket(keep, of)) ?? 0) > keep.maxBytes;

  return {
    fate: (recording) => {
      const keep = keepOf(recording);
      const ageMs = now - recording.endAt;
      const isOver = ageMs > keep.hotMs + keep.coldMs;
      const mayMove = keep.coldMs > 0 && !isOver;
      const because =
        ageMs > keep.hotMs
          ? 'age'
          : isFull(keep, recording)
            ? 'size'
            : wanted > 0 && mayMove
              ? 'room'
              : undefined;
      if (because === undefined || (recording.damagedAt !== undefined && !isOver)) return undefined;
      if (recording.isProtected) return { action: 'hold', because, keep };
      if (keep.maxBytes !== undefined) add(onDisk, bucket(keep, recording), -recording.bytes);
      if (because === 'room') wanted -= recording.bytes;
      return { action: mayMove ? 'move' : 'delete', because, keep };
    },
    mayGoOn: (startAt) =>
      startAt < now - shortestMs || wanted > 0 || input.sums.some((sum) => isFull(keepOf(sum), sum)),
  };
}

function bucket({ rule = -1 }: Keep, { cameraId }: AboutRecording): string {
  return `${rule} ${cameraId}`;
}

function add(sums: Map<string, number>, key: string, bytes: number): void {
  sums.set(key, (sums.get(key) ?? 0) + bytes);
}

function everybody({ cameras }: Pick<KeepPolicy, 'rules' | 'cameras'>): AboutRecording[] {
  return cameras.flatMap(({ id }) => (['always', 'motion'] as const).map((why) => ({ cameraId: id, why })));
}
