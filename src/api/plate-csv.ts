import { Readable } from 'node:stream';
import { setImmediate as breathe } from 'node:timers/promises';
import { parse } from 'csv-parse';
import { stringify } from 'csv-stringify/sync';
import {
  type EntryFields,
  type FieldProblem,
  type GivenEntry,
  readEntry,
} from '../domain/plates/list-entry.js';
import type { ListEntry } from '../domain/plates/passage.js';
import { InputError, messageOf } from '../errors.js';

/** Largest file, bytes, and most rows: five times the largest car park's list. */
export const MAX_CSV_BYTES = 16 * 1024 * 1024;
export const MAX_CSV_ROWS = 200_000;
/** Bad rows told one by one; beyond they are counted. */
const MAX_BAD = 200;
/** Characters the parser gets at a time; between, others get their turn. */
const CHUNK = 64 * 1024;

const COLUMNS = {
  plate: 'pattern',
  valid_from: 'validFrom',
  valid_to: 'validTo',
  reason: 'reason',
  owner: 'owner',
  note: 'note',
} as const satisfies Record<string, keyof GivenEntry>;
type Column = keyof typeof COLUMNS;
const NAMES = Object.keys(COLUMNS) as Column[];

export interface BadRow extends Omit<FieldProblem, 'field'> {
  /** Line of the file, from 1. */
  readonly line: number;
  readonly field: string;
}

export interface ReadCsv {
  /** Without the header and empty lines. */
  readonly rows: number;
  readonly entries: readonly EntryFields[];
  /** The first ones. */
  readonly bad: readonly BadRow[];
  readonly badRows: number;
}

/**
 * Reads a list as spreadsheets save it: UTF-8 or UTF-16 with its mark, separated by `,`, `;` or tabs, columns in any
 * order, named in the first line. What `csvOf` put before cells that a spreadsheet would calculate is taken away.
 * @param timeZone IANA name of the site, for dates without a time
 * @throws InputError when it is no such file at all; mistakes in rows are in the answer.
 */
export async function readCsv(bytes: Uint8Array, timeZone: string, maxRows = MAX_CSV_ROWS): Promise<ReadCsv> {
  const text = decode(bytes);
  const entries: EntryFields[] = [];
  const bad: BadRow[] = [];
  let [rows, badRows] = [0, 0];
  let columns: Column[] | undefined;
  for await (const { line, cells } of recordsOf(text)) {
    if (!columns) {
      columns = columnsOf(cells);
      continue;
    }
    if (++rows > maxRows)
      throw new InputError(`the file has more than ${maxRows} rows; split it into several`);
    // The parser alone would not let others have their turn.
    if (rows % 500 === 0) await breathe();
    const row = readRow(columns, cells, timeZone);
    if ('entry' in row) {
      entries.push(row.entry);
      continue;
    }
    badRows += 1;
    if (bad.length < MAX_BAD) bad.push(...row.problems.map((problem) => ({ line, ...problem })));
  }
  if (!columns) throw new InputError(`the file is empty; its first line is ${NAMES.join(',')}`);
  return { rows, entries, bad, badRows };
}

/** Entries as rows; with the names of the columns and the mark by which spreadsheets know UTF-8 when `isFirst`. */
export function csvOf(entries: readonly ListEntry[], isFirst: boolean): string {
  const iso = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString());
  const rows = entries.map((entry) =>
    [entry.pattern, iso(entry.validFrom), iso(entry.validTo), entry.reason, entry.owner, entry.note].map(
      (cell) => guarded(cell ?? ''),
    ),
  );
  return (isFirst ? '\uFEFF' : '') + stringify(isFirst ? [NAMES, ...rows] : rows);
}

/** Spreadsheets calculate a cell that begins so: an apostrophe before it makes it text. */
const CALCULATED = /^'*[=+\-@\t\r＝＋－＠]/;

function guarded(cell: string): string {
  return CALCULATED.test(cell) ? `'${cell}` : cell;
}

function unguarded(cell: string): string {
  return cell.startsWith("'") && CALCULATED.test(cell) ? cell.slice(1) : cell;
}

function decode(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new InputError('the file is not UTF-8; save it as "CSV UTF-8"');
  }
}

async function* recordsOf(text: string): AsyncGenerator<{ line: number; cells: string[] }> {
  const parser = parse({
    delimiter: delimiterOf(text),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    // A cell that nobody closes must not swallow the rest of a large file.
    max_record_size: 32 * 1024,
  });
  const chunks = Readable.from(chunksOf(text));
  chunks.on('error', (error) => parser.destroy(error)).pipe(parser);
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>)
      yield { line: info.lines, cells: record };
  } catch (error) {
    if (!String((error as { code?: unknown }).code).startsWith('CSV_')) throw error;
    throw new InputError(
      `the file is no CSV: ${messageOf(error)}; look for a " that is not closed or not doubled`,
    );
  }
}

function* chunksOf(text: string): Generator<string> {
  for (let i = 0; i < text.length; i += CHUNK) yield text.slice(i, i + CHUNK);
}

/** Spreadsheets of many countries, Vietnam among them, write `;`. */
function delimiterOf(text: string): string {
  const header = /^[^\r\n]*/.exec(text)?.[0] ?? '';
  return [',', ';', '\t'].sort((a, b) => header.split(b).length - header.split(a).length)[0] ?? ',';
}

function columnsOf(cells: readonly string[]): Column[] {
  const names = cells.map((cell) => cell.trim().toLowerCase().replaceAll(' ', '_'));
  while (names.at(-1) === '') names.pop();
  const hint = `the first line names the columns: ${NAMES.join(',')} (only plate must be there)`;
  for (const [i, name] of names.entries()) {
    if (!(NAMES as string[]).includes(name))
      throw new InputError(`line 1: there is no column ${JSON.stringify(name.slice(0, 40))}; ${hint}`);
    if (names.indexOf(name) !== i) throw new InputError(`line 1: the column ${name} is there twice; ${hint}`);
  }
  if (!names.includes('plate')) throw new InputError(`line 1: the column plate is missing; ${hint}`);
  return names as Column[];
}

function readRow(
  columns: readonly Column[],
  cells: readonly string[],
  timeZone: string,
): { entry: EntryFields } | { problems: Omit<BadRow, 'line'>[] } {
  const extra = cells.slice(columns.length).find((cell) => cell.trim() !== '');
  if (extra !== undefined)
    return {
      problems: [
        {
          field: `cell ${columns.length + 1}`,
          value: extra.slice(0, 40),
          problem: 'has no column; put text that holds the separator between quotes',
        },
      ],
    };
  const given: Partial<Record<keyof GivenEntry, string>> = {};
  columns.forEach((column, i) => (given[COLUMNS[column]] = unguarded(cells[i] ?? '')));
  const read = readEntry({ pattern: '', ...given }, timeZone);
  if ('entry' in read) return read;
  const nameOf = (field: string): string => NAMES.find((name) => COLUMNS[name] === field) ?? field;
  return { problems: read.problems.map((problem) => ({ ...problem, field: nameOf(problem.field) })) };
}
