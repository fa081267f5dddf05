import fc from 'fast-check';
import {
  addCounts,
  countsOf,
  isStale,
  NO_FRAMES,
  type FrameCounts,
  type RingCursor,
} from '../../src/domain/frame.js';

/** A story of sampled frames: gated by the sampler, lost from the ring, or read and analysed, failed, dropped. */
const fate = fc.constantFrom('gated', 'lost', 'analysed', 'failed', 'dropped');

test('captured = analysed + gated + dropped + failed, whatever happens to the frames and however often the sampler restarts', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fate, { maxLength: 40 }), { minLength: 1, maxLength: 4 }), (passes) => {
      let cursor: RingCursor | undefined;
      let total: FrameCounts = NO_FRAMES;
      const told: Record<string, number> = {};
      passes.forEach((frames, index) => {
        const pass = index + 1;
        let gated = 0;
        frames.forEach((each, i) => {
          told[each] = (told[each] ?? 0) + 1;
          if (each === 'gated') gated += 1;
          if (each === 'gated' || each === 'lost') return;
          const entry = { pass, seq: i + 1, gated, kind: 'moved' as const };
          total = addCounts(total, countsOf(cursor, entry, each));
          cursor = { ...entry, frame: i, at: i };
        });
        const end = { pass, seq: frames.length + 1, gated, kind: 'end' as const };
        total = addCounts(total, countsOf(cursor, end, 'analysed'));
        cursor = { ...end, frame: frames.length, at: frames.length };
      });
      expect(total).toEqual({
        captured: passes.flat().length,
        analysed: told['analysed'] ?? 0,
        failed: told['failed'] ?? 0,
        gated: told['gated'] ?? 0,
        dropped: (told['lost'] ?? 0) + (told['dropped'] ?? 0),
      });
    }),
  );
});

test('only frames grow stale, not the end of a source', () => {
  expect(isStale({ sampledAt: 0, kind: 'moved' }, 30_001)).toBe(true);
  expect(isStale({ sampledAt: 0, kind: 'moved' }, 30_000)).toBe(false);
  expect(isStale({ sampledAt: 0, kind: 'end' }, 1e9)).toBe(false);
});
