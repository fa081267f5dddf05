import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { Database } from '../sql/schema.js';
import { withSnapshot } from './dump.js';
import { encrypted, newEncryption } from './encryption.js';
import type { BackupHeader, BackupLine } from './format.js';

export interface BackupContent {
  readonly database: Database;
  /** By the name they get: files of this machine; those that are not there are left out. */
  readonly files: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly passphrase?: string | undefined;
  readonly madeAt: number;
  readonly version: string;
}

/**
 * Makes a backup as a stream of bytes, handed to `keep`; memory stays flat.
 * @param onRow called with each row, for progress
 * @returns what `keep` returned, and the rows by table
 */
export async function writeBackup<T>(
  content: BackupContent,
  keep: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
  onRow: () => void,
): Promise<{ kept: T; rows: Record<string, number> }> {
  const { passphrase } = content;
  const header: BackupHeader = {
    format: 'camqueue-backup/1',
    madeAt: new Date(content.madeAt).toISOString(),
    version: content.version,
    encryption: passphrase === undefined ? null : newEncryption(),
  };
  const first = Buffer.from(`${JSON.stringify(header)}\n`);
  return withSnapshot(content.database, async ({ migration, tables }) => {
    const rows: Record<string, number> = {};
    const body = async function* (): AsyncGenerator<BackupLine> {
      yield { kind: 'about', dialect: content.database.dialect, migration };
      yield* filesOf(content.files);
      for (const [name, value] of Object.entries(content.secrets)) yield { kind: 'secret', name, value };
      for await (const { table, rows: found } of tables) {
        yield { kind: 'table', name: table };
        rows[table] = 0;
        for await (const row of found) {
          yield { kind: 'row', row };
          rows[table] += 1;
          onRow();
        }
      }
    };
    const zipped = Readable.from(sealedLines(body(), rows)).pipe(createGzip({ level: 4 }));
    const rest =
      passphrase === undefined || header.encryption === null
        ? zipped
        : encrypted(zipped, passphrase, header.encryption, first);
    return { kept: await keep(concat(first, rest)), rows };
  });
}

/** The lines as text, then the one that proves them. */
async function* sealedLines(
  lines: AsyncIterable<BackupLine>,
  rows: Readonly<Record<string, number>>,
): AsyncGenerator<Buffer> {
  const hash = createHash('sha256');
  for await (const line of lines) {
    const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
    hash.update(bytes);
    yield bytes;
  }
  const end: BackupLine = { kind: 'end', rows: { ...rows }, sha256: hash.digest('hex') };
  yield Buffer.from(`${JSON.stringify(end)}\n`);
}

async function* filesOf(files: Readonly<Record<string, string>>): AsyncGenerator<BackupLine> {
  for (const [name, path] of Object.entries(files)) {
    const bytes = await readFile(path).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes) yield { kind: 'file', name, base64: bytes.toString('base64') };
  }
}

async function* concat(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  yield* rest;
}
