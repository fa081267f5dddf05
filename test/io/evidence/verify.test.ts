import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { ZipFile } from 'yazl';
import { readKeys, type TrustedKey } from '../../../src/io/evidence/check-signature.js';
import { packZip } from '../../../src/io/evidence/pack-zip.js';
import { verifyPath } from '../../../src/io/evidence/verify-path.js';
import type { Verdict } from '../../../src/io/evidence/verify-package.js';
import type { Database } from '../../../src/io/sql/schema.js';
import type { EvidencePackage } from '../../../src/ports/evidence.js';
import { evidenceOrder, type EvidenceWorld, evidenceWorld } from '../../support/evidence.js';
import { forge, readTree, zipOf } from '../../support/evidence-packages.js';
import { openTestSqlite } from '../../support/sqlite.js';

const NEVER = new AbortController().signal;

describe('verifying a package', () => {
  let dir: string;
  let database: Database;
  let world: EvidenceWorld;
  let sealed: EvidencePackage;
  let keys: TrustedKey[];
  /** A copy that each test may do to what it likes. */
  let folder: string;
  let zip: string;

  const problemsOf = async (path: string, trusted = keys): Promise<string[]> =>
    (await verifyPath(path, trusted, NEVER)).problems.map(
      ({ file, what }) => `${file === path ? 'ZIP' : file}: ${what}`,
    );
  const at = (path: string): string => join(folder, path);
  const flip = (file: string, offset = 5): void => {
    const bytes = readFileSync(file);
    bytes[offset] = (bytes[offset] ?? 0) ^ 1;
    writeFileSync(file, bytes);
  };
  const rezip = async (): Promise<void> => writeFileSync(zip, await zipOf(readTree(folder), sealed.madeAt));
  /** Packs one more file, under a name that no packer writes; eight characters. */
  const addToZip = async (name: string): Promise<void> => {
    const bytes = await zipOf(new Map([...readTree(folder), ['QQQQQQQQ', Buffer.from('x')]]), sealed.madeAt);
    writeFileSync(zip, bytes.toString('latin1').replaceAll('QQQQQQQQ', name), 'latin1');
  };

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'camqueue-verify-'));
    database = await openTestSqlite(dir);
    world = await evidenceWorld(database);
    sealed = await world.evidence.seal(evidenceOrder('a'), NEVER);
    keys = (await world.evidence.publicKeys()).flatMap(({ pem }) => readKeys(pem, 'test'));
    [folder, zip] = [join(dir, 'package'), join(dir, 'package.zip')];
  });
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    cpSync(world.at(sealed.folder), folder, { recursive: true });
    copyFileSync(world.at(sealed.zip.key), zip);
  });
  afterAll(async () => {
    await database.close();
    await world.remove();
    await rm(dir, { recursive: true, force: true });
  });

  it('proves what was not touched, with a trusted key and with its own', async () => {
    for (const path of [folder, zip]) {
      expect(await verifyPath(path, keys, NEVER)).toMatchObject({
        problems: [],
        isTrusted: true,
      } satisfies Partial<Verdict>);
      expect(await verifyPath(path, [], NEVER)).toMatchObject({ problems: [], isTrusted: false });
    }
  });

  it('can be done with openssl and sha256sum alone, by the commands of README.txt', () => {
    const readme = readFileSync(at('README.txt'), 'utf8');
    const english = readme.slice(readme.indexOf('PACKAGE OF EVIDENCE'));
    const [signature, key, list] = [/openssl pkeyutl .*/, /openssl pkey .*/, /awk .*/].map((what) => {
      expect(readme.match(new RegExp(what, 'g'))).toHaveLength(2);
      return what.exec(english)?.[0] ?? '';
    });
    const sh = (command = ''): string =>
      execFileSync('sh', ['-c', command], { cwd: folder, stdio: 'pipe' }).toString();
    expect(sh(signature)).toContain('Signature Verified Successfully');
    expect(sh(key)).toContain(sealed.keyId);
    expect(english).toContain(sealed.keyId);
    expect(sh(list).trim().split('\n')).toEqual(
      ['README.txt', 'public-key.pem', 'clip.mp4', 'segments/1.mp4', 'segments/2.mp4'].map(
        (path) => `${path}: OK`,
      ),
    );
    expect(sh('sha256sum -c manifest.sha256')).toContain('manifest.json: OK');
    flip(at('clip.mp4'));
    expect(() => sh(list)).toThrow('did NOT match');
    flip(at('manifest.json'));
    expect(() => sh(signature)).toThrow();
  });

  it('is a ZIP that other programs read', () => {
    execFileSync('unzip', ['-q', zip, '-d', join(dir, 'unzipped')]);
    expect(readTree(join(dir, 'unzipped'))).toEqual(readTree(folder));
  });

  const FILES = ['README.txt', 'public-key.pem', 'clip.mp4', 'segments/1.mp4', 'segments/2.mp4'];
  it.each([...FILES, 'manifest.json', 'manifest.sig', 'manifest.sha256'])(
    'names %s when it was altered',
    async (path) => {
      flip(at(path));
      for (const trusted of [keys, []]) {
        const problems = await problemsOf(folder, trusted);
        expect(problems.length).toBeGreaterThan(0);
        for (const one of problems) expect(one).toMatch(new RegExp(`^${path}: (is missing or )?was altered`));
      }
      await rezip();
      expect(await problemsOf(zip)).toEqual(await problemsOf(folder));
    },
  );

  it.each([...FILES, 'manifest.json', 'manifest.sig', 'manifest.sha256'])(
    'names %s when it is missing',
    async (path) => {
      rmSync(at(path));
      const problems = await problemsOf(folder);
      expect(problems).toEqual([`${path}: is missing`]);
      await rezip();
      expect(await problemsOf(zip)).toEqual(problems);
    },
  );

  it.each<[string, () => void, string[]]>([
    ['a file was added', () => writeFileSync(at('segments/3.mp4'), 'x'), ['segments/3.mp4: was added']],
    ['a hidden file was added', () => writeFileSync(at('.x'), 'x'), ['.x: was added']],
    [
      'two files were swapped',
      () => {
        renameSync(at('segments/1.mp4'), at('x'));
        renameSync(at('segments/2.mp4'), at('segments/1.mp4'));
        renameSync(at('x'), at('segments/2.mp4'));
      },
      [
        'segments/1.mp4: was altered: it holds what segments/2.mp4 has to hold',
        'segments/2.mp4: was altered: it holds what segments/1.mp4 has to hold',
      ],
    ],
    ['a file was cut off', () => truncateSync(at('clip.mp4'), 7), ['clip.mp4: was altered: it has 7 bytes']],
    ['a file became longer', () => appendFileSync(at('clip.mp4'), 'x'), ['clip.mp4: was altered: it has']],
    [
      'a file became a link to what it was',
      () => {
        renameSync(at('clip.mp4'), join(dir, 'elsewhere.mp4'));
        symlinkSync(join(dir, 'elsewhere.mp4'), at('clip.mp4'));
      },
      ['clip.mp4: is a link', 'clip.mp4: is missing'],
    ],
    [
      'the manifest was edited, its hash as well',
      () => {
        const text = readFileSync(at('manifest.json'), 'utf8').replace('08:01:00', '08:02:00');
        writeFileSync(at('manifest.json'), text);
        execFileSync('sh', ['-c', 'sha256sum manifest.json > manifest.sha256'], { cwd: folder });
      },
      ['manifest.sig: was altered, or manifest.json was and its hash'],
    ],
    [
      'the signature is longer',
      () => appendFileSync(at('manifest.sig'), 'x'),
      ['manifest.sig: was altered: it has 65'],
    ],
    [
      'the manifest is something else',
      () => writeFileSync(at('manifest.json'), '[]'),
      ['manifest.json: was altered'],
    ],
    ['it was signed by somebody else', () => forge(folder), ['manifest.sig: was made with another key']],
    [
      'it was signed by somebody else who names our key',
      () => forge(folder, (manifest) => (manifest['keyId'] = sealed.keyId)),
      ['manifest.sig: was made with another key', 'manifest.json: names key'],
    ],
  ])('says that %s', async (_, tamper, expected) => {
    tamper();
    const problems = await problemsOf(folder);
    expect(problems).toHaveLength(expected.length);
    problems.forEach((text, i) => expect(text).toContain(expected[i]));
  });

  it('takes a forger’s package for whole only where no key is trusted, and says so', async () => {
    forge(folder);
    expect(await verifyPath(folder, [], NEVER)).toMatchObject({ problems: [], isTrusted: false });
  });

  it('finds any single byte that was changed, in any file of the folder and anywhere in the ZIP', async () => {
    const files = [...readTree(folder).keys()].map(at);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files, ...files.map(() => zip)),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (file, where, change) => {
          const whole = readFileSync(file);
          const altered = Buffer.from(whole);
          const offset = where % whole.length;
          altered[offset] = (altered[offset] ?? 0) ^ change;
          writeFileSync(file, altered);
          try {
            expect(await problemsOf(file === zip ? zip : folder, [])).not.toEqual([]);
          } finally {
            writeFileSync(file, whole);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each<[string, () => unknown, string[]]>([
    ['cut off', () => truncateSync(zip, 2000), ['ZIP: is no ZIP, or was cut off or damaged']],
    ['empty', () => truncateSync(zip, 0), ['ZIP: is no ZIP']],
    [
      'with something before it',
      () => writeFileSync(zip, Buffer.concat([Buffer.from('#!/bin/sh\n'), readFileSync(zip)])),
      ['ZIP: is no ZIP'],
    ],
    ['with something behind it', () => appendFileSync(zip, 'x'), ['ZIP: is no ZIP']],
    [
      'packed again with zip',
      () => execFileSync('sh', ['-c', `rm ${zip}; cd ${folder}; zip -qr ${zip} .`]),
      ['ZIP: was packed again'],
    ],
    [
      'packed again with its folder',
      () => execFileSync('sh', ['-c', `rm ${zip}; cd ${dir}; zip -qr ${zip} package`]),
      ['ZIP: was packed again'],
    ],
    [
      'packed again after the manifest was edited',
      () => {
        flip(at('manifest.json'), 60);
        execFileSync('sh', ['-c', `rm ${zip}; cd ${folder}; zip -qr ${zip} .`]);
      },
      ['manifest.json: was altered'],
    ],
    ['with a name that leads out', () => addToZip('../x.mp4'), ['../x.mp4: has a name']],
    ['with an absolute name', () => addToZip('/tmp/x.m'), ['/tmp/x.m: has a name']],
    ['with a name of Windows', () => addToZip('C:\\x.mp4'), ['C:\\x.mp4: has a name']],
    ['with a file twice', () => addToZip('clip.mp4'), ['clip.mp4: is in the ZIP more than once']],
    [
      'that calls a file by another name where it begins',
      () => {
        const bytes = readFileSync(zip);
        bytes.write('segments/9.mp4', bytes.indexOf('segments/1.mp4', bytes.indexOf('a clip')), 'latin1');
        writeFileSync(zip, bytes);
      },
      ['ZIP: was packed again, or altered outside its files'],
    ],
  ])('says what is wrong with a ZIP %s', async (_, tamper, expected) => {
    await tamper();
    const problems = await problemsOf(zip);
    expect(problems.length).toBeGreaterThanOrEqual(expected.length);
    expected.forEach((text) => expect(problems.join('\n')).toContain(text));
  });

  it('does not unpack what would fill a disk', async () => {
    const bomb = new ZipFile();
    for (const [path, bytes] of readTree(folder))
      bomb.addBuffer(path === 'clip.mp4' ? Buffer.alloc(8_000_000) : bytes, path, {
        compress: path === 'clip.mp4',
      });
    bomb.end();
    writeFileSync(zip, await buffer(bomb.outputStream));
    expect(await problemsOf(zip)).toEqual([
      expect.stringMatching(/^clip.mp4: would become 8000000 bytes of \d+: it is not read$/),
      'clip.mp4: is missing',
    ]);
  });

  it('writes ZIP64 where that is needed, and is told how long it will be', async () => {
    const bytes = 5 * 1024 ** 3;
    const { stream, bytes: total } = packZip([{ path: 'a', bytes, open: async () => Readable.from([]) }], 0);
    stream.destroy();
    // Local header, descriptor of 64 bits, directory with the ZIP64 field, ZIP64 end, end.
    expect(total).toBe(bytes + 31 + 24 + 47 + 28 + 56 + 20 + 22);
    expect(sealed.zip.bytes).toBe((await stat(zip)).size);
  });
});
