import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { checkChain } from '../../../src/domain/evidence/chain.js';
import { verifyPath } from '../../../src/io/evidence/verify-path.js';
import type { EvidencePackage } from '../../../src/ports/evidence.js';
import { onBothDatabases, type Address } from '../../support/databases.js';
import { evidenceOrder, type EvidenceWorld, evidenceWorld } from '../../support/evidence.js';

const NEVER = new AbortController().signal;
const support = join(__dirname, '../../support');

onBothDatabases('sealing by processes of their own', ({ open, address }) => {
  const worlds: EvidenceWorld[] = [];
  const children: ChildProcess[] = [];
  const child = async (...args: [where: Address, dir: string, ids: string, diesAt?: string]) => {
    const [where, dir, ids, diesAt = ''] = args;
    const started = fork(join(support, 'seal-child.ts'), [JSON.stringify(where), dir, ids, diesAt], {
      execArgv: ['-r', join(support, 'register-ts.cjs')],
    });
    children.push(started);
    await once(started, 'message');
    return started;
  };
  const problemsOf = async (
    { at }: EvidenceWorld,
    sealed: readonly EvidencePackage[],
  ): Promise<unknown[]> => {
    const verdicts = await Promise.all(
      sealed
        .flatMap(({ folder, zip }) => [at(folder), at(zip.key)])
        .map(async (path) => ({
          path,
          ...(await verifyPath(path, [], NEVER)),
        })),
    );
    const links = verdicts.flatMap(({ path, manifest, manifestSha256 = '' }) =>
      manifest
        ? [
            {
              package: path,
              cameraId: manifest.camera.id,
              manifestSha256,
              number: manifest.number,
              previousSha256: manifest.previousSha256,
            },
          ]
        : [],
    );
    return [...verdicts.flatMap(({ problems }) => problems), ...checkChain(links)];
  };

  afterEach(async () => {
    children.splice(0).forEach((one) => one.kill('SIGKILL'));
    await Promise.all(worlds.splice(0).map((one) => one.remove()));
  });

  it('makes one package with one number, whenever the process is killed', async () => {
    const before = Math.floor(Math.random() * 9);
    const cases = [String(before), String((before + 4) % 9), '', ''];
    await Promise.all(
      cases.map(async (diesAt) => {
        const where = await address();
        const database = await open(where);
        // What the dead one claimed is free after a minute.
        const world = await evidenceWorld(database, { now: () => Date.now() + 61_000 });
        worlds.push(world);
        const { evidence, storage, dir } = world;
        const started = await child(where, dir, 'a,b', diesAt);
        const ended = once(started, 'exit');
        started.send('go');
        if (diesAt === '') {
          await delay(Math.random() * 150);
          started.kill('SIGKILL');
        }
        await ended;
        const sealed = [
          await evidence.seal(evidenceOrder('a'), NEVER),
          await evidence.seal(evidenceOrder('b'), NEVER),
        ];
        expect(sealed.map(({ number }) => number)).toEqual([1, 2]);
        expect(await problemsOf(world, sealed)).toEqual([]);
        const kept = new Set<string>();
        for await (const { key } of storage.list('evidence')) kept.add(key.split('/').slice(0, 3).join('/'));
        expect(kept).toEqual(new Set(sealed.flatMap(({ folder, zip }) => [folder, zip.key])));
      }),
    );
  });

  it('makes one chain of what two of them seal for one camera at once', async () => {
    const where = await address();
    const database = await open(where);
    const world = await evidenceWorld(database);
    worlds.push(world);
    const two = await Promise.all(['a,b,c', 'x,y,z'].map((ids) => child(where, world.dir, ids)));
    const ended = two.map((one) => once(one, 'exit'));
    two.forEach((one) => one.send('go'));
    expect(await Promise.all(ended)).toEqual([
      [0, null],
      [0, null],
    ]);
    const sealed = await world.evidence.list({ limit: 99 });
    expect(sealed.map(({ number }) => number).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await problemsOf(world, sealed)).toEqual([]);
    expect(await world.evidence.publicKeys()).toHaveLength(1);
  });
});
