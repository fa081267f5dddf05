import { createCameraStore } from '../../../src/io/sql/camera-store.js';
import type { StoredCamera } from '../../../src/ports.js';
import { onBothDatabases } from '../../support/databases.js';

const SECRET = 'a'.repeat(64);
const camera = (id: string, more: Partial<StoredCamera> = {}): StoredCamera => ({
  id,
  given: { id, source: 'rtsp://viewer:hunter2@10.0.0.5/main', name: 'Cổng chính \u0000' },
  enabled: true,
  changedAt: 1_795_251_600_123,
  changedBy: 'key:backend-1',
  ...more,
});
const { given: _, ...inFile } = camera('yard', { enabled: false });

onBothDatabases('stored cameras', ({ open }) => {
  it('come back as they were given; a put replaces, a remove says whether there was one', async () => {
    const store = createCameraStore(await open(), SECRET);
    await store.put(camera('gate-1'));
    await store.put(inFile);
    expect(await store.list()).toEqual([camera('gate-1'), inFile]);
    await store.put(camera('gate-1', { given: { id: 'gate-1' }, changedBy: 'person:lan' }));
    expect((await store.list())[0]).toMatchObject({ given: { id: 'gate-1' }, changedBy: 'person:lan' });
    expect([await store.remove('gate-1'), await store.remove('gate-1')]).toEqual([true, false]);
    expect(await store.list()).toEqual([inFile]);
  });

  it('nothing of a source is readable in the table', async () => {
    const database = await open();
    await createCameraStore(database, SECRET).put(camera('gate-1'));
    const text = JSON.stringify(await database.db.selectFrom('camera').selectAll().execute());
    expect(text).not.toMatch(/hunter2|viewer|rtsp|10\.0\.0\.5/);
  });

  it('each change changes the revision, reading does not', async () => {
    const store = createCameraStore(await open(), SECRET);
    const seen = [await store.revision()];
    for (const change of [
      () => store.put(camera('gate-1')),
      () => store.put(camera('gate-1')), // The same once more: it was written all the same.
      () => store.put(camera('gate-1', { enabled: false })),
      () => store.put(inFile),
      () => store.put({ ...inFile, enabled: true }),
      () => store.remove('gate-1'),
    ]) {
      await change();
      seen.push(await store.revision());
    }
    expect(new Set(seen).size).toBe(seen.length);
    await store.list();
    expect(await store.revision()).toBe(seen.at(-1));
  });

  it.each([
    ['written with another secret', async () => 'b'.repeat(64), undefined],
    ['moved to another camera', async () => SECRET, 'gate-2'],
    ['damaged', async () => SECRET, 'damage'],
  ])('what was %s is a problem of that camera alone', async (_what, secret, change) => {
    const database = await open();
    await createCameraStore(database, SECRET).put(camera('gate-1'));
    if (change === 'damage') await database.db.updateTable('camera').set({ data: 'AAAA' }).execute();
    else if (change !== undefined) await database.db.updateTable('camera').set({ id: change }).execute();
    const store = createCameraStore(database, await secret());
    await store.put(camera('other'));
    const listed = await store.list();
    const bad = change === 'gate-2' ? 'gate-2' : 'gate-1';
    expect(listed.find(({ id }) => id === bad)).toMatchObject({
      given: {},
      problem: expect.stringMatching(
        `camera ${bad}: .* cannot be read.* PUT /api/v1/cameras/${bad}`,
      ) as string,
    });
    expect(listed.find(({ id }) => id === 'other')).toEqual(camera('other'));
  });
});
