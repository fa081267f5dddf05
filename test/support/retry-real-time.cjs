/* global expect, jest */
/**
 * Tests of running processes, cameras and networks share their machine with whatever else runs there. One that fails
 * gets one more try at once, and what failed is printed, so that it can be seen and mended; what is broken fails twice.
 * Pure code, and what is stored, gets none.
 */
const REAL_TIME = /\/test\/(system|sampler|main|queues|api|io\/ffmpeg|io\/redis)\//;

if (REAL_TIME.test(expect.getState().testPath ?? ''))
  jest.retryTimes(1, { logErrorsBeforeRetry: true, retryImmediately: true });
