import { createPrincipals } from '../../../src/io/sql/principals.js';
import type { Principal } from '../../../src/ports.js';
import { onBothDatabases } from '../../support/databases.js';

const ops: Principal = { kind: 'key', name: 'ops', role: 'operator', hash: 'scrypt$1', createdAt: 2 };
const lan: Principal = { kind: 'person', name: 'Lân', role: 'admin', hash: 'scrypt$2', createdAt: 1 };

onBothDatabases('principals', ({ open }) => {
  it('are created, found, listed and counted', async () => {
    const principals = createPrincipals(await open());
    expect(await principals.count()).toBe(0);
    await principals.create(ops);
    await principals.create(lan);
    expect(await principals.find('key', 'ops')).toEqual(ops);
    expect(await principals.find('person', 'ops')).toBeUndefined();
    expect(await principals.list()).toEqual([lan, ops]);
    expect(await principals.count()).toBe(2);
    expect(await principals.count({ kind: 'person', role: 'admin' })).toBe(1);
    expect(await principals.count({ kind: 'key', role: 'admin' })).toBe(0);
  });

  it('have one name each within their kind, also when disabled', async () => {
    const principals = createPrincipals(await open());
    await principals.create(ops);
    await principals.create({ ...ops, kind: 'person' });
    await expect(principals.create({ ...ops, hash: 'other' })).rejects.toThrow('a key named "ops" exists');
    expect(await principals.disable('key', 'ops', 9)).toBe(true);
    expect(await principals.disable('key', 'ops', 10)).toBe(false);
    expect(await principals.disable('key', 'ghost', 10)).toBe(false);
    expect(await principals.find('key', 'ops')).toEqual({ ...ops, disabledAt: 9 });
    expect(await principals.count({ kind: 'key' })).toBe(0);
    await expect(principals.create(ops)).rejects.toThrow('exists');
  });
});
