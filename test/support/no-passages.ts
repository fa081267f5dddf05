import type { PassageStore } from '../../src/ports.js';

/** For handlers under test that are about something else: nothing has gone past, and nothing is kept. */
export const NO_PASSAGES: PassageStore = {
  addRead: async () => undefined,
  reads: async () => [],
  put: async (passage) => passage,
  get: async () => undefined,
  open: async () => [],
  seen: async () => [],
  exclusively: (_cameraId, work) => work(NO_PASSAGES),
  search: async () => ({ passages: [] }),
  review: async () => undefined,
  removeBefore: async () => 0,
};
