import { effectiveStatus, type WrittenStatus } from '../../src/domain/camera-status.js';

const NOW = 1_795_251_600_000;
const on = { enabled: true };
const well: WrittenStatus = { status: 'ok', since: NOW - 60_000, beatAt: NOW - 1000, sampler: 's-1' };
const silent = NOW - 7000;

describe('what people are told about a camera', () => {
  it.each<[string, { enabled: boolean }, WrittenStatus | undefined, object]>([
    ['what its sampler says', on, well, { status: 'ok', since: NOW - 60_000 }],
    [
      'with the reason',
      on,
      { ...well, status: 'frozen', reason: 'it stands' },
      { status: 'frozen', reason: 'it stands', since: NOW - 60_000 },
    ],
    [
      'that it was never read',
      on,
      undefined,
      { status: 'connecting', reason: 'no sampler has opened it yet' },
    ],
    [
      'that it is switched off, whatever was written',
      { enabled: false },
      well,
      { status: 'disabled', reason: 'switched off in the camera file' },
    ],
    [
      'since when it is switched off',
      { enabled: false },
      { ...well, status: 'disabled' },
      { status: 'disabled', reason: 'switched off in the camera file', since: NOW - 60_000 },
    ],
    [
      'that it waits for a sampler after it was switched on',
      on,
      { ...well, status: 'disabled' },
      {
        status: 'connecting',
        reason: 'switched on; no sampler has opened it yet',
        since: NOW - 60_000,
      },
    ],
    [
      'that its sampler has fallen silent',
      on,
      { ...well, beatAt: silent },
      {
        status: 'no_signal',
        reason: 'its sampler has fallen silent, 7 s ago; no frame is read',
        since: silent,
      },
    ],
    [
      'that its sampler was stopped',
      on,
      { status: 'ok', since: NOW - 60_000, beatAt: silent },
      { status: 'no_signal', reason: 'its sampler was stopped, 7 s ago; no frame is read', since: silent },
    ],
    [
      'nothing else for a sampler that is restarted at once',
      on,
      { status: 'ok', since: NOW - 60_000, beatAt: NOW - 4000 },
      { status: 'ok', since: NOW - 60_000 },
    ],
    [
      'that nobody retries it any more',
      on,
      { ...well, status: 'retrying', nextTryAt: NOW + 9000, beatAt: silent },
      {
        status: 'no_signal',
        reason: 'its sampler has fallen silent, 7 s ago; no frame is read',
        since: silent,
      },
    ],
    [
      'that nobody retries a failed one any more',
      on,
      { ...well, status: 'connection_failed', nextTryAt: NOW - 9000, beatAt: silent },
      {
        status: 'no_signal',
        reason: 'its sampler has fallen silent, 7 s ago; no frame is read',
        since: silent,
      },
    ],
    [
      'that it was given up, or its file cannot be read, for ever',
      on,
      { status: 'connection_failed', reason: 'gone', since: NOW - 60_000, beatAt: NOW - 50_000 },
      { status: 'connection_failed', reason: 'gone', since: NOW - 60_000 },
    ],
    [
      'that its file is through, for ever',
      on,
      { status: 'finished', since: NOW - 60_000, beatAt: NOW - 50_000 },
      { status: 'finished', since: NOW - 60_000 },
    ],
    [
      'of an older release’s words as long as they are new',
      on,
      { status: 'ok', since: NOW - 60_000, lastFrameAt: NOW - 1000 },
      { status: 'ok', since: NOW - 60_000 },
    ],
    [
      'and no longer',
      on,
      { status: 'ok', since: NOW - 60_000, lastFrameAt: NOW - 20_000 },
      {
        status: 'no_signal',
        reason: 'its sampler has fallen silent, 20 s ago; no frame is read',
        since: NOW - 20_000,
      },
    ],
  ])('%s', (_, camera, state, told) => {
    expect(effectiveStatus(camera, state, NOW)).toEqual(told);
  });
});
