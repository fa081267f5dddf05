import fc from 'fast-check';
import { CameraEvent } from '../../../src/domain/events.js';
import { createEventStore } from '../../../src/io/sql/event-store.js';
import { onBothDatabases } from '../../support/databases.js';

const crossing = (id: string, at: number, more: object = {}) =>
  CameraEvent.parse({
    type: 'crossing',
    id,
    cameraId: 'gate-1',
    at,
    line: 'door',
    direction: 'in',
    class: 'person',
    ...more,
  });
const motion = (id: string, at: number, more: object = {}) =>
  CameraEvent.parse({ type: 'motion', id, cameraId: 'gate-1', at, phase: 'begin', ...more });

onBothDatabases('events', ({ open }) => {
  it('gives back what was stored, to the last field', async () => {
    const store = createEventStore(await open());
    const full = crossing('a', 1_795_251_600_123, {
      name: 'Đi vào \u0000',
      frame: 0,
      trackId: 7,
      score: 0.123456789,
      box: { x: 0.1, y: 0.2, width: 0.3, height: 0.4 },
      snapshot: 'gate-1/a.jpg',
      class: 'xe\u0000máy',
    });
    await store.add([full]);
    expect(await store.get('a')).toEqual(full);
    expect(await store.get('b')).toBeUndefined();
  });

  it('leaves a known event as it is, also within one call', async () => {
    const store = createEventStore(await open());
    await store.add([crossing('a', 1), crossing('a', 2), motion('b', 3)]);
    const [first] = await store.list({ type: 'crossing', limit: 9 });
    await store.add([crossing('a', 99), motion('c', 4)]);
    expect(await store.get('a')).toEqual(first);
    expect((await store.list({ limit: 9 })).map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  });

  it('stores nothing when there is nothing, and thousands at once', async () => {
    const store = createEventStore(await open());
    await store.add([]);
    const many = Array.from({ length: 2500 }, (_, i) => motion(`m-${String(i).padStart(4, '0')}`, i));
    await store.add(many);
    const listed = await store.list({ limit: 5000 });
    expect(listed.map(({ id }) => id)).toEqual(many.map(({ id }) => id).reverse());
  });

  it('lists newest first, of a camera, a type, a time', async () => {
    const store = createEventStore(await open());
    await store.add([
      crossing('a', 10),
      motion('b', 20),
      motion('c', 20),
      crossing('d', 30, { cameraId: 'gate-2' }),
    ]);
    const ids = async (filter: object) => (await store.list({ limit: 9, ...filter })).map(({ id }) => id);
    expect(await ids({})).toEqual(['d', 'c', 'b', 'a']);
    expect(await ids({ limit: 2 })).toEqual(['d', 'c']);
    expect(await ids({ cameraId: 'gate-1' })).toEqual(['c', 'b', 'a']);
    expect(await ids({ type: 'crossing' })).toEqual(['d', 'a']);
    expect(await ids({ from: 20, to: 30 })).toEqual(['c', 'b']);
    expect(await ids({ cameraId: 'gate-2', type: 'motion' })).toEqual([]);
  });

  it('lists crossings by line, direction and class, a page at a time', async () => {
    const store = createEventStore(await open());
    const bare = CameraEvent.parse({ ...crossing('d', 4), class: undefined });
    await store.add([
      ...[crossing('a', 1), crossing('b', 2, { line: 'gate' }), crossing('c', 2, { direction: 'out' }), bare],
      ...[crossing('e', 4, { class: 'xe\u0000' }), motion('f', 2)],
    ]);
    const ids = async (filter: object, limit = 9): Promise<string> =>
      (await store.list({ type: 'crossing', limit, ...filter })).map(({ id }) => id).join('');
    expect(await ids({})).toBe('edcba');
    expect(await ids({ line: 'gate' })).toBe('b');
    expect(await ids({ direction: 'out' })).toBe('c');
    expect(await ids({ class: 'unknown' })).toBe('d');
    expect(await ids({ class: 'xe\u0000' })).toBe('e');
    expect(await ids({ after: { at: 4, id: 'd' } }, 2)).toBe('cb');
    expect(await ids({ after: { at: 2, id: 'b' }, line: 'door' })).toBe('a');
    expect(await ids({ after: { at: 2, id: 'b\u0000' } })).toBe('ba');
  });

  it('counts crossings as a plain loop over the events does', async () => {
    const store = createEventStore(await open());
    const one = fc.record({
      cameraId: fc.constantFrom('gate-1', 'gate-2'),
      line: fc.constantFrom('door', 'road'),
      direction: fc.constantFrom('in', 'out'),
      class: fc.option(fc.constantFrom('person', 'car'), { nil: undefined }),
      at: fc.integer({ min: 0, max: 100 }),
    });
    const events = fc
      .sample(one, { numRuns: 200, seed: 7 })
      .map((given, i) => crossing(`c-${i}`, given.at, given));
    await store.add([...events, motion('m', 50)]);
    for (const filter of [
      {},
      { cameraId: 'gate-1' },
      { from: 20, to: 60 },
      { cameraId: 'gate-2', from: 60 },
    ]) {
      const wanted = new Map<string, number>();
      for (const event of events) {
        if (event.type !== 'crossing') continue;
        if ('cameraId' in filter && event.cameraId !== filter.cameraId) continue;
        if (event.at < (filter.from ?? 0) || event.at >= (filter.to ?? Infinity)) continue;
        const key = [event.cameraId, event.line, event.direction, event.class ?? 'unknown'].join(' ');
        wanted.set(key, (wanted.get(key) ?? 0) + 1);
      }
      const counted = await store.crossings(filter);
      const got = new Map(
        counted.map((row) => [[row.cameraId, row.line, row.direction, row.class].join(' '), row.count]),
      );
      expect(got).toEqual(wanted);
    }
  });
});
