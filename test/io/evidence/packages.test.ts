import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import { readKeys } from '../../../src/io/evidence/check-signature.js';
import { createEvidencePackages } from '../../../src/io/evidence/packages.js';
import { loadSigningKey } from '../../../src/io/evidence/signing-keys.js';
import { verifyPath } from '../../../src/io/evidence/verify-path.js';
import { createAuditLog } from '../../../src/io/sql/audit-log.js';
import type { Database } from '../../../src/io/sql/schema.js';
import type { ObjectStore } from '../../../src/ports/storage.js';
import { onBothDatabases } from '../../support/databases.js';
import { EVIDENCE_SECRET, evidenceOrder, type EvidenceWorld, evidenceWorld } from '../../support/evidence.js';

const NEVER = new AbortController().signal;

onBothDatabases('packages of evidence', ({ open, address }) => {
  let database: Database;
  const worlds: EvidenceWorld[] = [];
  const world = async (given?: Parameters<typeof evidenceWorld>[1]): Promise<EvidenceWorld> => {
    const made = await evidenceWorld(database, given);
    worlds.push(made);
    return made;
  };
  const problemsOf = async (path: string, pems: string[] = []): Promise<readonly object[]> =>
    (
      await verifyPath(
        path,
        pems.flatMap((pem) => readKeys(pem, 'test')),
        NEVER,
      )
    ).problems;

  /** Folders with files in them, and ZIPs. */
  const filesOf = async (storage: ObjectStore): Promise<Set<string>> => {
    const found = new Set<string>();
    for await (const { key } of storage.list('evidence')) found.add(key.split('/').slice(0, 3).join('/'));
    return found;
  };

  beforeEach(async () => {
    database = await open();
  });
  afterEach(() => Promise.all(worlds.splice(0).map((one) => one.remove())));

  it('are sealed one after the other, each naming the one before, and stay as they are', async () => {
    const { evidence, at } = await world();
    const first = await evidence.seal(evidenceOrder('a'), NEVER);
    const second = await evidence.seal(evidenceOrder('b'), NEVER);
    const other = await evidence.seal(
      evidenceOrder('c', { camera: { id: 'yard', place: 'Yard', timeZone: 'UTC' } }),
      NEVER,
    );
    expect([first.number, second.number, other.number]).toEqual([1, 2, 1]);
    const manifest = JSON.parse(await readFile(at(`${second.folder}/manifest.json`), 'utf8')) as object;
    expect(manifest).toMatchObject({
      id: 'b',
      number: 2,
      previousSha256: first.manifestSha256,
      keyId: first.keyId,
      software: { name: 'camqueue', version: '1.2.3' },
      requested: { by: 'person:lan', reason: 'a fight at the gate' },
    });
    const [key] = await evidence.publicKeys();
    for (const { folder, zip } of [first, second, other])
      for (const path of [at(folder), at(zip.key)])
        expect(await problemsOf(path, [key?.pem ?? ''])).toEqual([]);
    expect(await evidence.seal(evidenceOrder('a', { madeAt: 5 }), NEVER)).toEqual(first);
    expect(await evidence.get('b')).toEqual(second);
    expect((await evidence.list({ cameraId: 'gate-1', limit: 9 })).map(({ id }) => id)).toEqual(['b', 'a']);
    const trail = await createAuditLog(database).list({ action: 'evidence.seal', limit: 9 });
    expect(trail.map(({ actor, subject }) => [actor, subject])).toEqual([
      ['person:lan', 'evidence/c'],
      ['person:lan', 'evidence/b'],
      ['person:lan', 'evidence/a'],
    ]);
    expect(trail[2]?.detail).toMatchObject({ number: 1, manifestSha256: first.manifestSha256 });
  });

  it('are packed to the same bytes from the same files', async () => {
    const [one, two] = [await world(), await world()];
    const first = await one.evidence.seal(evidenceOrder('a'), NEVER);
    await database.db.deleteFrom('evidence_package').execute();
    const again = await two.evidence.seal(evidenceOrder('a'), NEVER);
    expect(again.zip.sha256).toBe(first.zip.sha256);
  });

  it('make one chain of those that are sealed at once', async () => {
    const { evidence, at } = await world();
    const sealed = await Promise.all(
      Array.from({ length: 6 }, (_, i) => evidence.seal(evidenceOrder(`x${i}`), NEVER)),
    );
    sealed.sort((a, b) => a.number - b.number);
    expect(sealed.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6]);
    let before: string | undefined;
    for (const { folder, manifestSha256 } of sealed) {
      const text = await readFile(at(`${folder}/manifest.json`), 'utf8');
      expect((JSON.parse(text) as { previousSha256?: string }).previousSha256).toBe(before);
      before = manifestSha256;
    }
  });

  it('keep number and nothing else of a try that failed', async () => {
    let isFull = true;
    const full = (store: ObjectStore): ObjectStore => ({
      ...store,
      put: async (key, source, options) => {
        if (isFull && key.endsWith('2.mp4')) throw Object.assign(new Error('no room'), { code: 'ENOSPC' });
        return store.put(key, source, options);
      },
    });
    const { evidence, storage } = await world({ storage: full });
    await expect(evidence.seal(evidenceOrder('a'), NEVER)).rejects.toThrow('no room');
    expect(await evidence.get('a')).toBeUndefined();
    isFull = false;
    const sealed = await evidence.seal(evidenceOrder('a'), NEVER);
    expect(sealed.number).toBe(1);
    expect(await filesOf(storage)).toEqual(new Set([sealed.folder, sealed.zip.key]));
  });

  it('find a storage that gives back other bytes than it was given', async () => {
    const { evidence } = await world({
      storage: (store) => ({
        ...store,
        read: async (key, options) =>
          key.endsWith('1.mp4') ? Readable.from([Buffer.from('rotten')]) : store.read(key, options),
      }),
    });
    await expect(evidence.seal(evidenceOrder('a'), NEVER)).rejects.toThrow('segments/1.mp4');
  });

  it('are not begun with a path that leads elsewhere', async () => {
    const { evidence } = await world();
    const files = [{ path: '../clip.mp4', role: 'clip' as const, from: Buffer.from('x') }];
    await expect(evidence.seal(evidenceOrder('a', { files }), NEVER)).rejects.toThrow('../clip.mp4');
    expect(await database.db.selectFrom('evidence_package').select('id').execute()).toEqual([]);
  });

  it('fill the number of one that can never be finished with a void one, and let it be asked for again', async () => {
    const { evidence, at } = await world();
    const gone = { path: 'clip.mp4', role: 'clip' as const, from: { file: '/nonexistent/clip.mp4' } };
    const failing = evidence.seal(evidenceOrder('a', { files: [gone] }), NEVER);
    await expect(failing).rejects.toThrow(PermanentError);
    const second = await evidence.seal(evidenceOrder('b'), NEVER);
    expect(second.number).toBe(2);
    const [, filled] = await evidence
      .list({ limit: 9 })
      .then((all) => all.sort((a, b) => b.number - a.number));
    expect(filled).toMatchObject({ number: 1, voidReason: expect.stringContaining('is gone') as string });
    const verdict = await verifyPath(at(filled?.zip.key ?? ''), [], NEVER);
    expect(verdict.problems).toEqual([]);
    expect(verdict.manifest).toMatchObject({ void: { id: 'a' }, number: 1 });
    expect(await readFile(at(`${filled?.folder ?? ''}/README.txt`), 'utf8')).toContain('VOID');
    expect((await evidence.seal(evidenceOrder('a'), NEVER)).number).toBe(3);
  });

  it('wait for one that is unfinished, and void it when it was left alone or given up', async () => {
    let now = Date.parse('2026-11-21T09:00:00Z');
    const { evidence } = await world({ now: () => now });
    const left = new AbortController();
    left.abort(new Error('killed'));
    await expect(evidence.seal(evidenceOrder('a'), left.signal)).rejects.toThrow('killed');
    const asked = new AbortController();
    const waiting = evidence.seal(evidenceOrder('b'), asked.signal);
    setTimeout(() => asked.abort(new Error('enough')), 300);
    await expect(waiting).rejects.toThrow('enough');
    expect(await evidence.list({ limit: 9 })).toEqual([]);
    now += 15 * 60_000 + 1;
    expect(await evidence.seal(evidenceOrder('b'), NEVER)).toMatchObject({ number: 2 });
    await expect(evidence.seal(evidenceOrder('c'), left.signal)).rejects.toThrow('killed');
    await evidence.giveUp('c', 'the export was cancelled');
    expect(await evidence.seal(evidenceOrder('d'), NEVER)).toMatchObject({ number: 4 });
    expect((await evidence.list({ limit: 9 })).map(({ number, voidReason }) => [number, voidReason])).toEqual(
      expect.arrayContaining([
        [1, 'it was begun and not finished'],
        [3, 'the export was cancelled'],
      ]),
    );
    // What is sealed cannot be given up.
    await evidence.giveUp('d', 'too late');
    expect((await evidence.get('d'))?.voidReason).toBeUndefined();
  });

  it.each([
    ['while it copies', '2.mp4'],
    ['before its last step', '.zip'],
  ])(
    'are left to the process that works on them, until that is not heard of any more %s',
    async (_, last) => {
      let now = Date.parse('2026-11-21T09:00:00Z');
      let arrived = (): void => undefined;
      let goOn = (): void => undefined;
      const here = new Promise<void>((resolve) => (arrived = resolve));
      const frozen = new Promise<void>((resolve) => (goOn = resolve));
      let isFrozen = true;
      const { evidence, at, storage } = await world({
        now: () => now,
        storage: (store) => ({
          ...store,
          put: async (key, source, options) => {
            const put = await store.put(key, source, options);
            if (isFrozen && key.endsWith(last)) {
              isFrozen = false;
              arrived();
              await frozen;
            }
            return put;
          },
        }),
      });
      const first = evidence.seal(evidenceOrder('a'), NEVER);
      await here;
      await expect(evidence.seal(evidenceOrder('a'), NEVER)).rejects.toThrow(NotReadyError);
      now += 61_000;
      const sealed = await evidence.seal(evidenceOrder('a'), NEVER);
      goOn();
      await expect(first).rejects.toThrow('another process has taken over');
      expect(await evidence.get('a')).toEqual(sealed);
      expect(await problemsOf(at(sealed.zip.key))).toEqual([]);
      expect(await filesOf(storage)).toEqual(new Set([sealed.folder, sealed.zip.key]));
    },
  );

  it('have their files removed, and stay in the chain', async () => {
    const { evidence, at } = await world();
    const { folder, zip } = await evidence.seal(evidenceOrder('a'), NEVER);
    expect(await evidence.removeFiles('a', NEVER)).toBe(true);
    expect(await evidence.removeFiles('a', NEVER)).toBe(false);
    expect(await evidence.removeFiles('b', NEVER)).toBe(false);
    expect(existsSync(at(zip.key))).toBe(false);
    expect(existsSync(join(at(folder), 'clip.mp4'))).toBe(false);
    expect(await problemsOf(at(folder))).toEqual([
      { file: 'clip.mp4', what: 'is missing' },
      { file: 'segments/1.mp4', what: 'is missing' },
      { file: 'segments/2.mp4', what: 'is missing' },
    ]);
    expect((await evidence.get('a'))?.removedAt).toEqual(expect.any(Number));
    expect((await evidence.seal(evidenceOrder('b'), NEVER)).number).toBe(2);
  });

  it('copy files, so that what becomes of the originals is of no matter', async () => {
    const { evidence, at, dir } = await world();
    const original = join(dir, 'original.mp4');
    await writeFile(original, 'as it was');
    const files = [
      { path: 'clip.mp4', role: 'clip' as const, from: { file: original } },
      {
        ...{ path: 'far.mp4', role: 'segment' as const },
        from: { bytes: 3, open: async () => Readable.from([Buffer.from('far')]) },
      },
    ];
    const { folder } = await evidence.seal(evidenceOrder('a', { files }), NEVER);
    await writeFile(original, 'as it is');
    expect(await readFile(at(`${folder}/far.mp4`), 'utf8')).toBe('far');
    expect(await problemsOf(at(folder))).toEqual([]);
  });

  it('are signed with one key, whoever begins, which opens with its secret only', async () => {
    const where = await address();
    const opened = await Promise.all(Array.from({ length: 4 }, () => open(where)));
    const keys = await Promise.all(opened.map((one) => loadSigningKey(one, EVIDENCE_SECRET, 1)));
    expect(new Set(keys.map(({ id }) => id)).size).toBe(1);
    const [one] = opened;
    if (!one) throw new Error('no database');
    const row = await one.db.selectFrom('signing_key').selectAll().executeTakeFirstOrThrow();
    expect(row.private_key).not.toContain('PRIVATE');
    // A secret that was lost: the old key stays known, for verifying.
    const other = await loadSigningKey(one, 'f'.repeat(64), 2);
    const { storage } = await world();
    const evidence = createEvidencePackages(one, { storage, secret: EVIDENCE_SECRET, version: '1' });
    expect((await evidence.publicKeys()).map(({ id }) => id)).toEqual([other.id, row.id]);
  });
});
