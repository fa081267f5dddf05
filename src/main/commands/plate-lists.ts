import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { MAX_CSV_BYTES } from '../../api/plate-csv.js';
import { createPlateListChanges, listOf, type PlateListChanges } from '../../api/plate-list-changes.js';
import { publicEntry } from '../../api/plate-lists.js';
import { PartId } from '../../domain/ids.js';
import type { ListKind } from '../../domain/plates/passage.js';
import { InputError, messageOf } from '../../errors.js';
import { createAuditLog } from '../../io/sql/audit-log.js';
import { createPlateLists } from '../../io/sql/plate-lists.js';
import type { PlateLists } from '../../ports.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';
import { table } from '../view.js';
import { type DatabaseOptions, siteTimeZone, withDatabase } from '../with-database.js';

/** For the audit trail. */
const ACTOR = 'command line';
const PAGE = 1000;

/** `camqueue lists show [list]` */
export async function show(list: string | undefined, options: DatabaseOptions): Promise<number> {
  return withLists(options, async ({ lists }) => {
    if (list === undefined) {
      const all = await lists.lists();
      if (options.json === true) all.forEach((one) => console.log(JSON.stringify(one)));
      else if (all.length === 0) console.log('There is no list yet: camqueue lists make stolen --kind deny');
      else {
        const rows = all.map(({ id, kind, alertUnknown, name = '' }) => [
          id,
          kind,
          alertUnknown ? 'yes' : 'no',
          name,
        ]);
        table([['LIST', 'KIND', 'ALERT UNKNOWN', 'NAME'], ...rows]).forEach((line) => console.log(line));
      }
      return EXIT_OK;
    }
    await listOf(lists, list);
    for (let afterId = 0, isFirst = true; ; isFirst = false) {
      const page = await lists.entries({ list, afterId, limit: PAGE });
      if (options.json === true) page.forEach((entry) => console.log(JSON.stringify(publicEntry(entry))));
      else {
        const rows = page.map(({ id, pattern, validFrom, validTo, reason = '' }) => [
          ...[String(id), pattern, day(validFrom), day(validTo), reason],
        ]);
        const header = isFirst ? [['ENTRY', 'PLATE', 'FROM', 'TO', 'REASON']] : [];
        table([...header, ...rows]).forEach((line) => console.log(line));
      }
      if (page.length < PAGE) return EXIT_OK;
      afterId = page.at(-1)?.id ?? 0;
    }
  });
}

/** `camqueue lists make <list> --kind …` */
export async function make(
  id: string,
  options: DatabaseOptions & { kind: ListKind; name?: string; alertUnknown?: boolean },
): Promise<number> {
  const { kind, name, alertUnknown = false } = options;
  const parsed = PartId.safeParse(id);
  if (!parsed.success)
    throw new InputError(`list ${JSON.stringify(id)} ${parsed.error.issues[0]?.message ?? ''}`);
  if (alertUnknown && kind !== 'allow') throw new InputError('--alert-unknown goes with --kind allow only');
  return withLists(options, async ({ changes }) => {
    await changes.putList({ id, kind, ...(name !== undefined && { name }), alertUnknown }, ACTOR);
    return say(options, { list: id }, `${id}: made`);
  });
}

/** `camqueue lists drop <list>` */
export async function drop(id: string, options: DatabaseOptions): Promise<number> {
  return withLists(options, async ({ changes }) => {
    await changes.removeList(id, ACTOR);
    return say(options, { list: id }, `${id}: removed with its entries`);
  });
}

/** `camqueue lists add <list> <plate>` */
export async function add(
  list: string,
  pattern: string,
  options: DatabaseOptions & { from?: string; to?: string; reason?: string; owner?: string; note?: string },
): Promise<number> {
  const { from: validFrom, to: validTo, reason, owner, note } = options;
  return withLists(options, async ({ changes }) => {
    const entry = await changes.addEntry(list, { pattern, validFrom, validTo, reason, owner, note }, ACTOR);
    return say(options, publicEntry(entry), `${list}: entry ${entry.id} added`);
  });
}

/** `camqueue lists remove <list> <entry>` */
export async function remove(list: string, entry: number, options: DatabaseOptions): Promise<number> {
  return withLists(options, async ({ changes }) => {
    await changes.removeEntry(list, entry, ACTOR);
    return say(options, { list, entry }, `${list}: entry ${entry} removed`);
  });
}

/** `camqueue lists import <list> <file>`: exit code 1 when rows are bad. */
export async function importFile(
  list: string,
  path: string,
  options: DatabaseOptions & { partial?: boolean },
): Promise<number> {
  const bytes = await readBounded(path);
  return withLists(options, async ({ changes }) => {
    const report = await changes.importCsv(list, bytes, { partial: options.partial === true }, ACTOR);
    const { rows, added, known, bad, badRows, isImported } = report;
    if (options.json === true) console.log(JSON.stringify(report));
    else {
      for (const { line, field, value, problem } of bad)
        process.stderr.write(`line ${line}: ${field} ${JSON.stringify(value)} ${problem}\n`);
      console.log(
        isImported
          ? `${list}: ${added} of ${rows} rows added, ${known} there already, ${badRows} bad`
          : `${list}: ${badRows} of ${rows} rows are bad; nothing was imported (--partial takes the others)`,
      );
    }
    return badRows > 0 ? EXIT_FAILED : EXIT_OK;
  });
}

/** `camqueue lists export <list> [file]` */
export async function exportFile(
  list: string,
  path: string | undefined,
  options: DatabaseOptions,
): Promise<number> {
  return withLists(options, async ({ changes }) => {
    const pieces = await changes.exportCsv(list, ACTOR);
    if (path === undefined) {
      for await (const piece of pieces) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
    } else await pipeline(Readable.from(pieces), createWriteStream(path, { mode: 0o600 }));
    return EXIT_OK;
  });
}

function withLists(
  options: DatabaseOptions,
  work: (open: { lists: PlateLists; changes: PlateListChanges }) => Promise<number>,
): Promise<number> {
  return withDatabase(options, async (database, config) => {
    const lists = createPlateLists(database);
    const changes = createPlateListChanges({
      lists,
      audit: createAuditLog(database),
      timeZone: () => siteTimeZone(config),
      now: Date.now,
    });
    return work({ lists, changes });
  });
}

async function readBounded(path: string): Promise<Buffer> {
  try {
    if (path === '-') return await readStandardInput();
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > MAX_CSV_BYTES) throw tooLarge(path);
      return await readFile(file);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${path} cannot be read: ${messageOf(error)}`);
  }
}

async function readStandardInput(): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of process.stdin as AsyncIterable<Buffer>) {
    pieces.push(piece);
    if ((bytes += piece.length) > MAX_CSV_BYTES) throw tooLarge('standard input');
  }
  return Buffer.concat(pieces);
}

function tooLarge(path: string): InputError {
  return new InputError(`${path} is larger than ${MAX_CSV_BYTES / 1024 ** 2} MB; split it into several`);
}

function say(options: DatabaseOptions, value: object, text: string): number {
  console.log(options.json === true ? JSON.stringify(value) : text);
  return EXIT_OK;
}

function day(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString().slice(0, 16).concat('Z');
}
