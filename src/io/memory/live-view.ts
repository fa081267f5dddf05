import type { LiveView } from '../../ports/live.js';

/** Where nobody can watch: `replay` and `count`. */
export const NO_VIEWERS: LiveView = {
  watch: async () => undefined,
  isWatched: async () => false,
  put: async () => undefined,
  newest: async () => undefined,
  publish: async () => undefined,
  subscribe: async () => async () => undefined,
};
