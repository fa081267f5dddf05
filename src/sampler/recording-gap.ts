import type { GapCause } from '../ports.js';
import type { CameraContext } from './options.js';
import type { RecordingLedger } from './recording-ledger.js';

/** The gap in one camera's recording, if there is one. The first cause stands until pictures are recorded again. */
export interface RecordingGap {
  /** @param from capture time, epoch ms */
  begin(from: number, cause: GapCause, reason: string): void;
  /** Recorded again from that capture time on, epoch ms; what was before the gap ends nothing. */
  end(to: number): void;
  isOpen(): boolean;
}

export function createRecordingGap({ camera, onGap }: CameraContext, ledger: RecordingLedger): RecordingGap {
  let open: { readonly from: number; readonly cause: GapCause; readonly reason: string } | undefined;

  function tell(to?: number): void {
    if (!open) return;
    const gap = { cameraId: camera.id, track: 'recording' as const, ...open };
    ledger.add(async () => onGap(to === undefined ? gap : { ...gap, to }));
  }

  return {
    begin(from, cause, reason) {
      if (open) return;
      open = { from, cause, reason };
      tell();
    },
    end(to) {
      if (!open || to < open.from) return;
      tell(to);
      open = undefined;
    },
    isOpen: () => open !== undefined,
  };
}
