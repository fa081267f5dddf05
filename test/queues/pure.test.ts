import fc from 'fast-check';
import { done, skipped } from '../../jobs/define.js';
import { backoffMs } from '../../src/domain/backoff.js';
import { checkJobId, encodeJobId } from '../../queues/job-id.js';
import { cancelChannel, outcomesKey, queueKeyPrefix } from '../../queues/naming.js';
import { startRun, type Stop } from '../../queues/run.js';
import { InputError, NotReadyError, PermanentError } from '../../src/errors.js';

describe('backoffMs', () => {
  it.each([
    [1, 0, 500],
    [1, 1, 1000],
    [2, 1, 2000],
    [3, 0.5, 3000],
    [7, 1, 60_000],
    [500, 1, 60_000],
  ])('after %d tries with random %d: %d ms', (attempts, random, expected) => {
    expect(backoffMs(attempts, { firstMs: 1000, maxMs: 60_000 }, random)).toBe(expected);
  });

  it('stays between half of the cap and the cap, and never shrinks with the tries', () => {
    const args = [
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 1_000_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
    ] as const;
    fc.assert(
      fc.property(...args, (attempts, firstMs, maxMs, random) => {
        const wait = backoffMs(attempts, { firstMs, maxMs }, random);
        expect(wait).toBeLessThanOrEqual(maxMs);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(Math.min(firstMs, maxMs) / 2));
        expect(backoffMs(attempts + 1, { firstMs, maxMs }, random)).toBeGreaterThanOrEqual(wait);
      }),
    );
  });
});

describe('job ids', () => {
  it('derived ids are always safe, and different ones stay different', () => {
    const anyId = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 15 })
      .filter((id) => !/\p{Cs}/u.test(id));
    const likely = fc.oneof(
      anyId,
      fc.stringMatching(/^[0-9]{1,9}$/),
      fc.constantFrom('wait', 'id', '%77ait', 'w', '%31', '1'),
    );
    fc.assert(
      fc.property(likely, likely, (a, b) => {
        const [idA, idB] = [encodeJobId('q', a), encodeJobId('q', b)];
        expect(checkJobId('q', idA)).toBe(idA);
        expect(idA === idB).toBe(a === b);
      }),
    );
  });

  it.each([['gate-1_a.b'], ['notification-x-guard-email'], ['%31']])('takes %s', (id) =>
    expect(checkJobId('q', id)).toBe(id),
  );
  it.each([['a b'], ['a\n'], ['meta'], ['x'.repeat(301)], ['0']])('refuses %j', (id) =>
    expect(() => checkJobId('q', id)).toThrow(InputError),
  );
});

it('all keys of a queue share a hash tag of their own', () => {
  const tag = /\{([^}]+)\}/;
  expect(tag.exec(queueKeyPrefix('camqueue', 'motion'))?.[1]).toBe('camqueue:motion');
  expect(tag.exec(outcomesKey('camqueue', 'motion'))?.[1]).toBe('camqueue:motion');
  expect(tag.exec(cancelChannel('camqueue', 'motion'))?.[1]).toBe('camqueue:motion');
});

describe('startRun', () => {
  const aborted = (signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
  it.each<{ name: string; stop: Stop; ending: object }>([
    { name: 'timeout', stop: { kind: 'timeout', afterMs: 5 }, ending: { kind: 'timeout', afterMs: 5 } },
    { name: 'cancelled', stop: { kind: 'cancelled', by: 'x' }, ending: { kind: 'cancelled', by: 'x' } },
    { name: 'shutdown', stop: { kind: 'shutdown' }, ending: { kind: 'handed-back', lost: false } },
    { name: 'lost', stop: { kind: 'lost' }, ending: { kind: 'handed-back', lost: true } },
  ])(
    '$name: the reason counts, not the error it caused; work that never ends is left alone',
    async ({ stop, ending }) => {
      const listening = startRun(
        async (signal) => {
          await aborted(signal);
          throw new Error('AbortError');
        },
        60_000,
        60_000,
      );
      const deaf = startRun(() => new Promise(() => undefined), 60_000, 5);
      for (const run of [listening, deaf]) {
        await Promise.resolve();
        run.stop(stop);
        run.stop({ kind: 'cancelled', by: 'someone who came second' });
        expect(await run.ended).toEqual(ending);
      }
      expect([listening.ignoredSignal, deaf.ignoredSignal]).toEqual([false, true]);
    },
  );

  it.each([
    { name: 'done', end: () => done(1), ending: { kind: 'done', result: 1 } },
    { name: 'skipped', end: () => skipped('w'), ending: { kind: 'skipped', why: 'w' } },
    { name: 'permanent', end: () => Promise.reject(new PermanentError('p')), ending: { kind: 'permanent' } },
    { name: 'input error', end: () => Promise.reject(new InputError('p')), ending: { kind: 'permanent' } },
    {
      name: 'not ready',
      end: () => Promise.reject(new NotReadyError('n', 5)),
      ending: { kind: 'not-ready' },
    },
  ])('$name counts also after the work was told to stop', async ({ end, ending }) => {
    const run = startRun(async (signal) => aborted(signal).then(end), 60_000, 60_000);
    await Promise.resolve();
    run.stop({ kind: 'shutdown' });
    expect(await run.ended).toMatchObject(ending);
  });
});
