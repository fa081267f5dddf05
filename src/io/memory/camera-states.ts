import { addCounts, NO_FRAMES, type FrameCounts } from '../../domain/frame.js';
import type { CameraId } from '../../domain/ids.js';
import type { CameraStates, Checkpoint, SourceState } from '../../ports.js';
import { daysOf, hourOfCommit, touches } from '../redis/frame-hours.js';
import { checkpointJson, parseCheckpoint } from '../redis/state-format.js';

interface State {
  epoch: number;
  version: number;
  pass: number;
  /** As text, like in Redis: what does not survive JSON is lost here too. */
  checkpoint?: string;
  source?: SourceState;
  readonly hours: Map<number, FrameCounts>;
}

/** The cameras' states in this process's memory, with the rules of those in Redis: for `replay` and tests. */
export function createMemoryCameraStates(): CameraStates {
  const states = new Map<CameraId, State>();
  const stateOf = (cameraId: CameraId): State => {
    const state = states.get(cameraId) ?? {
      epoch: 0,
      version: 0,
      pass: 0,
      hours: new Map<number, FrameCounts>(),
    };
    states.set(cameraId, state);
    return state;
  };
  return {
    async begin(cameraId, heldVersion) {
      const state = stateOf(cameraId);
      const taken = { epoch: ++state.epoch, version: state.version };
      const checkpoint = heldVersion === state.version ? undefined : checkpointOf(cameraId, state);
      return checkpoint ? { ...taken, checkpoint } : taken;
    },
    async commit(cameraId, epoch, checkpoint, counted) {
      const hourAt = hourOfCommit(cameraId, checkpoint, counted);
      const state = stateOf(cameraId);
      if (epoch !== state.epoch) return undefined;
      state.checkpoint = checkpointJson(checkpoint);
      if (Object.values(counted).some((value) => value !== 0)) {
        state.hours.set(hourAt, addCounts(state.hours.get(hourAt) ?? NO_FRAMES, counted));
      }
      return ++state.version;
    },
    read: async (cameraId) => checkpointOf(cameraId, stateOf(cameraId)),
    async hours(cameraId, from, to) {
      if (daysOf(from, to).length === 0) return [];
      const touching = [...stateOf(cameraId).hours].filter(([hourAt]) => touches(hourAt, from, to));
      return touching.map(([hourAt, counts]) => ({ hourAt, counts })).sort((a, b) => a.hourAt - b.hourAt);
    },
    source: async (cameraId) => stateOf(cameraId).source,
    async putSource(cameraId, state) {
      stateOf(cameraId).source = state;
    },
    nextPass: async (cameraId) => ++stateOf(cameraId).pass,
  };
}

function checkpointOf(cameraId: CameraId, { checkpoint }: State): Checkpoint | undefined {
  return checkpoint === undefined ? undefined : parseCheckpoint(checkpoint, cameraId, 'memory');
}
