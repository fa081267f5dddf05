import type { ListEntry } from '../../../src/domain/plates/passage.js';
import { InputError } from '../../../src/errors.js';
import { createPlateLists } from '../../../src/io/sql/plate-lists.js';
import { onBothDatabases } from '../../support/databases.js';

const list = (id: string) => ({ id, kind: 'deny' as const, alertUnknown: false });
const entry = (key: string, more: Partial<ListEntry> = {}): Omit<ListEntry, 'id'> => ({
  list: 'stolen',
  pattern: `${key} …`,
  key,
  createdAt: 5,
  createdBy: 'person:lan',
  ...more,
});

onBothDatabases('plate lists', ({ open, address }) => {
  it('come back as they were given', async () => {
    const lists = createPlateLists(await open());
    await lists.putList(list('stolen'));
    await lists.putList({ id: 'residents', kind: 'allow', name: 'Cư dân', alertUnknown: true });
    await lists.putList({ id: 'stolen', kind: 'watch', alertUnknown: false });
    expect(await lists.lists()).toEqual([
      { id: 'residents', kind: 'allow', name: 'Cư dân', alertUnknown: true },
      { id: 'stolen', kind: 'watch', alertUnknown: false },
    ]);
    const full = { validFrom: 1, validTo: 2, reason: 'r', owner: 'Nguyễn Thị Đào', note: '=1+1\u0000' };
    const added = await lists.addEntries([entry('30A*', full), entry('29B1')]);
    expect(added).toEqual([
      { id: 1, ...entry('30A*', full), note: '=1+1\uFFFD' },
      { id: 2, ...entry('29B1') },
    ]);
    expect(await lists.entries({ list: 'stolen', limit: 9 })).toEqual(added);
    expect(await lists.entries({ list: 'residents', limit: 9 })).toEqual([]);
  });

  it('an entry that is there stays as it is; with another validity it is another', async () => {
    const lists = createPlateLists(await open());
    await lists.putList(list('stolen'));
    await lists.putList(list('other'));
    const [first] = await lists.addEntries([entry('A1')]);
    const added = await lists.addEntries([
      entry('A1', { reason: 'again' }),
      entry('A1', { validTo: 9 }),
      entry('A1', { validTo: 9, note: 'twice in one call' }),
      entry('A1', { list: 'other' }),
    ]);
    expect(added.map(({ list: of, validTo }) => [of, validTo])).toEqual([
      ['stolen', 9],
      ['other', undefined],
    ]);
    expect(await lists.entries({ limit: 9 })).toEqual([first, ...added]);
  });

  it('many are added at once, all or none, and read page by page', async () => {
    const lists = createPlateLists(await open());
    await lists.putList(list('stolen'));
    const many = Array.from({ length: 1203 }, (_, i) => entry(`A${i}`));
    await expect(lists.addEntries([...many, entry('B', { list: 'ghost' })])).rejects.toThrow(InputError);
    expect(await lists.entries({ limit: 2000 })).toEqual([]);
    expect(await lists.addEntries(many)).toHaveLength(1203);
    const keys: string[] = [];
    for (let afterId = 0; ;) {
      const page = await lists.entries({ list: 'stolen', afterId, limit: 500 });
      keys.push(...page.map(({ key }) => key));
      if (page.length < 500) break;
      afterId = page.at(-1)!.id;
    }
    expect(keys).toEqual(many.map(({ key }) => key));
  });

  it('an id is never given twice; removing says what went', async () => {
    const lists = createPlateLists(await open());
    await lists.putList(list('stolen'));
    const [one] = await lists.addEntries([entry('A1')]);
    expect([await lists.removeEntry(one!.id), await lists.removeEntry(one!.id)]).toEqual([one, undefined]);
    const [two] = await lists.addEntries([entry('A1')]);
    expect(two!.id).toBeGreaterThan(one!.id);
    expect([await lists.removeList('stolen'), await lists.removeList('stolen')]).toEqual([true, false]);
    expect(await lists.entries({ limit: 9 })).toEqual([]);
  });

  it('every change changes the revision, for everybody; reading does not', async () => {
    const place = await address();
    const [here, there] = [createPlateLists(await open(place)), createPlateLists(await open(place))];
    const seen = [await there.revision()];
    for (const change of [
      () => here.putList(list('stolen')),
      () => here.putList({ ...list('stolen'), alertUnknown: true }),
      () => here.addEntries([entry('A1'), entry('A2')]),
      () => here.removeEntry(1),
      () => here.removeList('stolen'),
    ]) {
      await change();
      seen.push(await there.revision());
    }
    expect(new Set(seen).size).toBe(seen.length);
    await here.entries({ limit: 9 });
    expect(await there.revision()).toBe(seen.at(-1));
  });
});
