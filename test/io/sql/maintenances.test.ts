import { createMaintenances } from '../../../src/io/sql/maintenances.js';
import type { Maintenances } from '../../../src/ports/alerting.js';
import { onBothDatabases } from '../../support/databases.js';

const by = 'person:an';

onBothDatabases('maintenance', ({ open }) => {
  let store: Maintenances;
  beforeEach(async () => {
    store = createMaintenances(await open());
  });
  const covering = async (cameraId: string, at: number) => (await store.at(cameraId, at)).map(({ id }) => id);

  it('covers its camera, or the whole site, from its beginning up to its end', async () => {
    const camera = await store.begin({ cameraId: 'gate-1', from: 100, to: 200, reason: 'sửa\u0000', by });
    expect(camera).toEqual({ id: 1, cameraId: 'gate-1', from: 100, to: 200, reason: 'sửa\uFFFD', by });
    expect(await store.begin({ from: 150, to: 300, by })).toEqual({ id: 2, from: 150, to: 300, by });
    expect(await covering('gate-1', 99)).toEqual([]);
    expect(await covering('gate-1', 100)).toEqual([1]);
    expect(await covering('gate-1', 199)).toEqual([1, 2]);
    expect(await covering('gate-1', 200)).toEqual([2]);
    expect(await covering('gate-2', 199)).toEqual([2]);
    expect(await covering('gate-2', 300)).toEqual([]);
  });

  it('ends once, before its time; what it covered before stays covered', async () => {
    await store.begin({ cameraId: 'gate-1', from: 100, to: 200, by });
    expect(await store.end(1, 150)).toMatchObject({ endedAt: 150 });
    expect(await store.end(1, 160)).toBeUndefined();
    expect(await store.end(2, 150)).toBeUndefined();
    expect(await covering('gate-1', 149)).toEqual([1]);
    expect(await covering('gate-1', 150)).toEqual([]);
    await store.begin({ from: 100, to: 200, by });
    expect(await store.end(2, 200)).toBeUndefined();
  });

  it('lists newest first, all or what is not over', async () => {
    for (const to of [200, 300, 400]) await store.begin({ from: 100, to, by });
    await store.end(3, 250);
    const ids = async (filter: object) => (await store.list({ limit: 9, ...filter })).map(({ id }) => id);
    expect(await ids({})).toEqual([3, 2, 1]);
    expect(await ids({ limit: 1 })).toEqual([3]);
    expect(await ids({ endsAfter: 250 })).toEqual([2]);
  });

  it('refuses one that ends before it begins', async () => {
    await expect(store.begin({ from: 5, to: 5, by })).rejects.toThrow('would end (5) before it begins (5)');
  });
});
