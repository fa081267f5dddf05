import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { InputError, messageOf } from '../../errors.js';
import { decrypted, UNSEALABLE } from './encryption.js';
import { BackupHeader, BackupLine } from './format.js';

/** A header is some hundred bytes; more is no backup of ours. */
const MAX_HEADER_BYTES = 4096;

export interface OpenedBackup {
  readonly header: BackupHeader;
  /** Ends with an error unless every line is there and as it was written. */
  readonly lines: AsyncIterable<BackupLine>;
}

/**
 * @param bytes of the whole backup
 * @throws InputError saying what is wrong: no backup, of a newer version, cut off, changed, another passphrase
 */
export async function readBackup(
  bytes: AsyncIterable<Uint8Array>,
  passphrase: string | undefined,
): Promise<OpenedBackup> {
  const reader = bytes[Symbol.asyncIterator]();
  let start = Buffer.alloc(0);
  let end = -1;
  while (end < 0 && start.length < MAX_HEADER_BYTES) {
    const next = await reader.next();
    if (next.done === true) break;
    start = Buffer.concat([start, next.value]);
    end = start.indexOf(0x0a);
  }
  const first = start.subarray(0, end + 1);
  const header = headerOf(first);
  const rest = remaining(start.subarray(end + 1), reader);
  const { encryption } = header;
  if (encryption !== null && passphrase === undefined)
    throw new InputError('the backup is encrypted: set BACKUP_PASSPHRASE to the passphrase it was made with');
  const zipped =
    encryption !== null && passphrase !== undefined ? decrypted(rest, passphrase, encryption, first) : rest;
  return { header, lines: provenLines(zipped, encryption !== null) };
}

function headerOf(first: Uint8Array): BackupHeader {
  let given: unknown;
  try {
    given = JSON.parse(Buffer.from(first).toString('utf8'));
  } catch {
    throw new InputError('this is no backup of Camqueue: it does not begin with its header');
  }
  const parsed = BackupHeader.safeParse(given);
  if (parsed.success) return parsed.data;
  const { format } = given as { format?: unknown };
  throw new InputError(
    typeof format === 'string' && format.startsWith('camqueue-backup/') && format !== 'camqueue-backup/1'
      ? `the backup has the format ${format}, this version reads camqueue-backup/1: use a newer version`
      : 'this is no backup of Camqueue: its header is not as it should be',
  );
}

async function* remaining(start: Uint8Array, reader: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  if (start.length > 0) yield start;
  for (;;) {
    const next = await reader.next();
    if (next.done === true) return;
    yield next.value;
  }
}

async function* provenLines(
  zipped: AsyncIterable<Uint8Array>,
  isSealed: boolean,
): AsyncGenerator<BackupLine> {
  const hash = createHash('sha256');
  const counted: Record<string, number> = {};
  let table = '';
  for await (const text of textLines(zipped, isSealed)) {
    const line = parseLine(text);
    if (line.kind === 'end') {
      const isSame =
        hash.digest('hex') === line.sha256 && JSON.stringify(counted) === JSON.stringify(line.rows);
      if (!isSame) throw new InputError('the backup has been changed: its content is not what its end says');
      yield line;
      return;
    }
    hash.update(`${text}\n`);
    if (line.kind === 'table') {
      table = line.name;
      counted[table] = 0;
    } else if (line.kind === 'row') counted[table] = (counted[table] ?? 0) + 1;
    yield line;
  }
  throw new InputError('the backup is cut off: its end is missing');
}

async function* textLines(zipped: AsyncIterable<Uint8Array>, isSealed: boolean): AsyncGenerator<string> {
  const gunzip = createGunzip();
  const source = Readable.from(zipped);
  // `pipe` passes no errors on.
  source.on('error', (error) => gunzip.destroy(error));
  let rest = '';
  try {
    for await (const piece of source.pipe(gunzip).setEncoding('utf8')) {
      const lines = (rest + String(piece)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(
      isSealed ? UNSEALABLE : `the backup is cut off or has been changed: ${messageOf(error)}`,
    );
  } finally {
    source.destroy();
  }
  if (rest !== '') yield rest;
}

function parseLine(text: string): BackupLine {
  let given: unknown;
  try {
    given = JSON.parse(text);
  } catch {
    throw new InputError('the backup has been changed: a line in it is no JSON');
  }
  const line = BackupLine.safeParse(given);
  if (!line.success) throw new InputError('the backup has been changed: a line in it is none of ours');
  return line.data;
}
