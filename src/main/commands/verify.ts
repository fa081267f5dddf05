import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChainLink, checkChain } from '../../domain/evidence/chain.js';
import { MANIFEST } from '../../domain/evidence/manifest.js';
import { InputError, messageOf } from '../../errors.js';
import { readKeys, type TrustedKey } from '../../io/evidence/check-signature.js';
import { publicKeys } from '../../io/evidence/read-packages.js';
import type { EvidenceProblem, Verdict } from '../../io/evidence/verify-package.js';
import { verifyPath } from '../../io/evidence/verify-path.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { loadConfig } from '../installation.js';
import { stopSignal } from '../until-stopped.js';
import { withDatabase } from '../with-database.js';

export interface VerifyOptions {
  readonly key?: string[];
  readonly chain?: boolean;
  readonly data?: string;
  readonly json?: boolean;
}

interface Checked {
  readonly path: string;
  readonly verdict: Verdict;
  readonly problems: readonly EvidenceProblem[];
}

/**
 * `camqueue verify`: proves packages of evidence, or names what was changed. Needs neither Redis nor a database; where there
 * is one, its keys are the trusted ones unless others are given.
 */
export async function verify(
  paths: readonly string[],
  options: VerifyOptions,
  stop = stopSignal,
): Promise<number> {
  const signal = stop();
  const keys = options.key ? await keysOfFiles(options.key) : await keysOfInstallation(options.data);
  const verdicts: { path: string; verdict: Verdict }[] = [];
  for (const path of paths) verdicts.push({ path, verdict: await verifyPath(path, keys, signal) });
  const broken = options.chain === true ? checkChain(verdicts.flatMap(linkOf)) : [];
  const checked = verdicts.map(({ path, verdict }) => ({
    ...{ path, verdict },
    problems: [
      ...verdict.problems,
      ...broken.filter((one) => one.package === path).map(({ what }) => ({ file: MANIFEST, what })),
    ],
  }));
  for (const one of checked) (options.json === true ? printJson : print)(one);
  if (options.json !== true && keys.length === 0) console.log(INTEGRITY_ONLY);
  return checked.every(({ problems }) => problems.length === 0) ? EXIT_OK : EXIT_FAILED;
}

const INTEGRITY_ONLY = `
Only integrity was checked: each package fits the key that is in it, which anybody could have put there. To know whose
package it is, give the key that its operator gave you: --key keys.pem`;

async function keysOfFiles(files: readonly string[]): Promise<TrustedKey[]> {
  const keys = await Promise.all(
    files.map(async (file) => {
      const pem = await readFile(file, 'utf8').catch((error: unknown) => {
        throw new InputError(`--key ${file} cannot be read: ${messageOf(error)}`);
      });
      return readKeys(pem, `--key ${file}`);
    }),
  );
  return keys.flat();
}

/** None where there is no installation; a database that is not there is not made. */
async function keysOfInstallation(data: string | undefined): Promise<TrustedKey[]> {
  const config = loadConfig({ DATA_DIR: data });
  if (config.DATABASE_URL === undefined && !existsSync(join(config.DATA_DIR, 'camqueue.sqlite'))) return [];
  const keys: TrustedKey[] = [];
  try {
    await withDatabase(data === undefined ? {} : { data }, async (database) => {
      for (const { pem } of await publicKeys(database)) keys.push(...readKeys(pem, 'the database'));
      return EXIT_OK;
    });
  } catch (error) {
    throw new Error(
      `the keys of this installation cannot be read (${messageOf(error)}); give them with --key`,
    );
  }
  return keys;
}

function linkOf({ path, verdict }: { path: string; verdict: Verdict }): ChainLink[] {
  const { manifest, manifestSha256 } = verdict;
  if (!manifest || manifestSha256 === undefined) return [];
  const { camera, number, previousSha256 } = manifest;
  return [{ package: path, cameraId: camera.id, number, manifestSha256, previousSha256 }];
}

function printJson({ path, verdict, problems }: Checked): void {
  const { manifest, isTrusted } = verdict;
  console.log(
    JSON.stringify({
      ...{ package: path, ok: problems.length === 0, camera: manifest?.camera.id ?? null },
      ...{ number: manifest?.number ?? null, keyId: manifest?.keyId ?? null, trusted: isTrusted },
      ...(manifest && 'void' in manifest && { void: manifest.void.reason }),
      problems,
    }),
  );
}

function print({ path, verdict, problems }: Checked): void {
  const { manifest, isTrusted } = verdict;
  if (problems.length > 0 || !manifest) {
    console.log(`CHANGED  ${path}`);
    for (const { file, what } of problems) console.log(`         ${file} ${what}`);
    return;
  }
  const { camera, number, keyId, files } = manifest;
  const whose = isTrusted ? 'a trusted key' : 'the key that is in it';
  console.log(
    `OK       ${path}: number ${number} of ${camera.id}, ${files.length} files, signed with ${whose}`,
  );
  if ('void' in manifest) console.log(`         It is void and holds nothing: ${manifest.void.reason}`);
  else console.log(`         Recorded ${manifest.captured.from} to ${manifest.captured.to}`);
  console.log(`         Key ${keyId}`);
}
