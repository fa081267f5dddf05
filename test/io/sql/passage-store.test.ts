import { createPassageStore } from '../../../src/io/sql/passage-store.js';
import type { PassageFilter, PassageStore } from '../../../src/ports.js';
import { onBothDatabases } from '../../support/databases.js';
import { AT, passage, plateRead } from '../../support/passages.js';

const never = new AbortController().signal;
const hit = (list: string) => ({ list, kind: 'deny' as const, entryId: 1, match: 'exact' as const, p: 1 });
const review = (key: string) => ({ text: `đ ${key}`, key, by: 'person:lan', at: AT + 9 });
const found = async (store: PassageStore, filter: Partial<PassageFilter>): Promise<string[]> =>
  (await store.search({ limit: 50, ...filter })).passages.map(({ id }) => id);

onBothDatabases('passages', ({ open }) => {
  it('come back as they were given, with their looks, each once', async () => {
    const store = createPassageStore(await open());
    const given = passage({ id: 'a', crop: 'plates/a.jpg', hits: [hit('stolen')] });
    expect([await store.put(given), await store.put(given), await store.get('a')]).toEqual([
      given,
      given,
      given,
    ]);
    expect(await store.get('b')).toBeUndefined();
    for (const at of [AT + 5, AT, AT + 5]) await store.addRead(plateRead('a', at));
    await store.addRead({ ...plateRead('a', AT), crop: 'another' });
    expect(await store.reads('a')).toEqual([plateRead('a', AT), plateRead('a', AT + 5)]);
  });

  it.each([
    ['open', 'final', 'new'],
    ['open', 'merged', 'new'],
    ['final', 'final', 'new'],
    ['final', 'merged', 'new'],
    ['final', 'open', 'old'],
    ['merged', 'final', 'old'],
    ['merged', 'open', 'old'],
  ] as const)('%s, then %s: the %s one is kept', async (before, after, kept) => {
    const store = createPassageStore(await open());
    await store.put(passage({ id: 'a', state: before, vehicle: 'old' }));
    const answer = await store.put(passage({ id: 'a', state: after, vehicle: 'new' }));
    expect(answer.vehicle).toBe(kept);
    expect(await store.get('a')).toEqual(answer);
  });

  it('a review stays, with its lists, whatever a job writes afterwards', async () => {
    const store = createPassageStore(await open());
    await store.put(passage({ id: 'a', key: '30A33918', verdict: 'needs-review', hits: [hit('old')] }));
    expect(await store.review('ghost', review('X'))).toBeUndefined();
    const reviewed = await store.review('a', review('30A33919'), [hit('new')]);
    expect(reviewed).toMatchObject({ review: review('30A33919'), hits: [hit('new')] });
    await store.put(passage({ id: 'a', verdict: 'rejected', lastAt: AT + 77, hits: [hit('old')] }));
    expect(await store.get('a')).toMatchObject({
      lastAt: AT + 77,
      review: review('30A33919'),
      hits: [hit('new')],
    });
    expect(await found(store, { pattern: '30A33919', verdict: 'accepted', list: 'new' })).toEqual(['a']);
    for (const filter of [{ pattern: '30A33918' }, { verdict: 'rejected' as const }, { list: 'old' }])
      expect(await found(store, filter)).toEqual([]);
    const twice = await store.review('a', review('51F00001'));
    expect(twice?.hits).toEqual([hit('old')]);
  });

  it('lists what a crash left open, and what was seen at a camera around a time', async () => {
    const store = createPassageStore(await open());
    for (const [id, at, state, more] of [
      ['a', AT, 'open', {}],
      ['b', AT - 10, 'open', {}],
      ['c', AT - 20, 'final', {}],
      ['d', AT + 20, 'final', {}],
      ['e', AT, 'final', { cameraId: 'yard' }],
      ['f', AT, 'final', { key: '30A33919' }],
      ['g', AT, 'merged', {}],
      ['h', AT + 21, 'final', {}],
    ] as const)
      await store.put(passage({ id, at, state, ...more }));
    const stale = await store.open({ lastBefore: AT + 1000, limit: 9 });
    expect(stale.map(({ id }) => id)).toEqual(['b']);
    expect((await store.open({ lastBefore: AT + 5000, limit: 1 })).map(({ id }) => id)).toEqual(['b']);
    const seen = { cameraId: 'gate-1', from: AT, to: AT + 20 };
    const wanted = (await Promise.all(['c', 'b', 'a', 'f', 'd'].map((id) => store.get(id)))).filter(
      (one) => one!.lastAt >= AT,
    );
    expect(await store.seen(seen)).toEqual(wanted);
    expect(wanted.map((one) => one!.id)).toEqual(expect.arrayContaining(['a', 'f', 'd']));
  });

  it('what is done exclusively is one after the other, and all or nothing', async () => {
    const store = createPassageStore(await open());
    const about = { cameraId: 'gate-1', from: 0, to: 2 * AT };
    // Each adds its own unless somebody was there before.
    const first = (id: string) =>
      store.exclusively('gate-1', async (inner) => {
        if ((await inner.seen(about)).length > 0) return 'late';
        await inner.addRead({ id, passageId: id, at: AT });
        await inner.put(passage({ id, at: AT, state: 'open' }));
        return 'first';
      });
    const said = await Promise.all(['a', 'b', 'c', 'd'].map(first));
    expect(said.filter((one) => one === 'first')).toHaveLength(1);
    expect(await store.seen(about)).toHaveLength(1);
    const killed = store.exclusively('gate-1', async (inner) => {
      await inner.put(passage({ id: 'z', at: AT }));
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await store.get('z')).toBeUndefined();
  });

  it('go by their age with their looks, also looks that no passage was made of', async () => {
    const store = createPassageStore(await open());
    for (const [id, at] of [
      ['old', AT - 1],
      ['new', AT],
    ] as const) {
      await store.put(passage({ id, at, hits: [hit('stolen')] }));
      // The last look at the old one is younger than the passage's time.
      await store.addRead(plateRead(id, AT + 500));
    }
    await store.addRead(plateRead('orphan', AT - 1));
    await store.addRead(plateRead('orphan', AT));
    expect(await store.removeBefore(AT, never)).toBe(1);
    expect([await store.get('old'), (await store.get('new'))?.id]).toEqual([undefined, 'new']);
    expect(await store.reads('old')).toEqual([]);
    expect([await store.reads('new'), await store.reads('orphan')]).toEqual([
      [plateRead('new', AT + 500)],
      [plateRead('orphan', AT)],
    ]);
    expect(await found(store, { list: 'stolen' })).toEqual(['new']);
    expect(await store.removeBefore(AT + 1, AbortSignal.abort())).toBe(0);
  });

  describe('search', () => {
    const KEYS = ['30A33918', '30A33919', '30AB3918', '29B125662', '51F0_%01', 'X[A]Z'];
    const filled = async (): Promise<PassageStore> => {
      const store = createPassageStore(await open());
      for (const [i, key] of KEYS.entries()) await store.put(passage({ id: key, key, at: AT + i }));
      await store.put(passage({ id: 'open', key: '30A33918', at: AT + 90, state: 'open' }));
      await store.put(passage({ id: 'merged', key: '30A33918', at: AT + 91, state: 'merged' }));
      return store;
    };

    it('takes patterns: * any characters, ? one, everything else as it is', async () => {
      const store = await filled();
      for (const [pattern, keys] of [
        ['30A33918', ['30A33918']],
        ['30A*', ['30AB3918', '30A33919', '30A33918']],
        ['*3918', ['30AB3918', '30A33918']],
        ['*B*', ['29B125662', '30AB3918']],
        ['30A?3918', ['30AB3918', '30A33918']],
        ['30A33918?', []],
        ['??A339*?', ['30A33919', '30A33918']],
        ['30a*', []],
        ['51F0_%*', ['51F0_%01']],
        ['51F??%01', ['51F0_%01']],
        ['51F0__01', []],
        ['51F0%', []],
        ['X[A]*', ['X[A]Z']],
        ['X[AB]Z*', []],
        ["'*", []],
      ] as const)
        expect([pattern, await found(store, { pattern })]).toEqual([pattern, keys]);
    });

    it('finds what looks alike, within a distance', async () => {
      const store = await filled();
      expect(await found(store, { pattern: '30A33918', fuzzy: 1 })).toEqual([
        '30AB3918',
        '30A33919',
        '30A33918',
      ]);
      // Two look-alikes are as near as one other character.
      expect(await found(store, { pattern: '3OA3391B', fuzzy: 1 })).toContain('30A33918');
      expect(await found(store, { pattern: '30AXX918', fuzzy: 1 })).toEqual([]);
      expect(await found(store, { pattern: '30AXX918', fuzzy: 2 })).toContain('30A33918');
      expect(await found(store, { pattern: '29B12566', fuzzy: 1 })).toEqual(['29B125662']);
      expect(await found(store, { pattern: '30A33918', fuzzy: 1, limit: 1 })).toEqual(['30AB3918']);
    });

    it('pages without losing or repeating one, also where times are equal', async () => {
      const store = createPassageStore(await open());
      const ids = Array.from({ length: 7 }, (_, i) => `p${i}`);
      for (const [i, id] of ids.entries())
        await store.put(passage({ id, at: AT + (i >> 1), hits: [hit('stolen')] }));
      for (const filter of [{}, { list: 'stolen' }, { pattern: '30A33918', fuzzy: 2 }, { pattern: '30A*' }]) {
        const seen: string[] = [];
        for (let after: PassageFilter['after'], i = 0; i < 9; i++) {
          const page = await store.search({ ...filter, limit: 3, ...(after && { after }) });
          seen.push(...page.passages.map(({ id }) => id));
          if (!page.next) break;
          after = page.next;
        }
        expect(seen).toEqual([...ids].reverse());
      }
    });

    it('by camera, job, list, verdict and time, from included, to not', async () => {
      const store = createPassageStore(await open());
      const { cameraId: _, trackId: __, ...picture } = passage({ id: 'job', at: AT + 4 });
      await store.put({ ...picture, jobId: 'j-1' });
      await store.put(passage({ id: 'yard', cameraId: 'yard', at: AT }));
      await store.put(
        passage({ id: 'stolen', at: AT + 1, hits: [hit('stolen'), hit('watched'), hit('stolen')] }),
      );
      await store.put(passage({ id: 'unsure', at: AT + 2, verdict: 'needs-review' }));
      await store.put(passage({ id: 'last', at: AT + 3 }));
      for (const [filter, ids] of [
        [{}, ['job', 'last', 'unsure', 'stolen', 'yard']],
        [{ jobId: 'j-1' }, ['job']],
        [{ cameraId: 'yard' }, ['yard']],
        [{ list: 'stolen' }, ['stolen']],
        [{ list: 'watched', cameraId: 'yard' }, []],
        [{ verdict: 'needs-review' as const }, ['unsure']],
        [{ from: AT + 1, to: AT + 3 }, ['unsure', 'stolen']],
        [{ list: 'stolen', from: AT + 2 }, []],
        [{ pattern: '30A*', fuzzy: 0, cameraId: 'gate-1', from: AT + 2, to: AT + 3 }, ['unsure']],
        [{ pattern: '30A33918', fuzzy: 1, cameraId: 'yard' }, ['yard']],
      ] as const)
        expect([filter, await found(store, filter)]).toEqual([filter, ids]);
    });
  });
});
