import { type FieldProblem, type GivenEntry, readEntry } from '../domain/plates/list-entry.js';
import type { ListEntry, PlateList } from '../domain/plates/passage.js';
import type { PlateLists } from '../ports.js';
import type { AuditLog } from '../ports/audit.js';
import { HttpError } from './http-error.js';
import { type BadRow, csvOf, readCsv } from './plate-csv.js';

/** Entries a statement when they are read. */
const PAGE = 1000;

export interface ImportReport {
  readonly rows: number;
  readonly added: number;
  /** Rows that were on the list already, or twice in the file. */
  readonly known: number;
  /** Mistakes, the first ones; `badRows` is how many rows have any. */
  readonly bad: readonly BadRow[];
  readonly badRows: number;
  /** `false`: there are bad rows, and nothing was taken over. */
  readonly isImported: boolean;
}

/**
 * Changes of plate lists by people and programs: each is in the audit trail before it is done. The trail cannot be
 * cleaned, so it never holds a plate, an owner or a note: an entry is named by its id, which is never given twice.
 */
export interface PlateListChanges {
  putList(list: PlateList, actor: string): Promise<PlateList>;
  /** With its entries. @throws HttpError 404 */
  removeList(id: string, actor: string): Promise<void>;
  /** @throws HttpError 404, 409 when it is there already, 422 naming the first mistake. */
  addEntry(list: string, given: GivenEntry, actor: string): Promise<ListEntry>;
  /** @throws HttpError 404 */
  removeEntry(list: string, id: number, actor: string): Promise<void>;
  /**
   * @param options.partial take the good rows even if others are bad
   * @throws HttpError 404, InputError when the file is no list at all
   */
  importCsv(
    list: string,
    bytes: Uint8Array,
    options: { readonly partial: boolean },
    actor: string,
  ): Promise<ImportReport>;
  /** The file in pieces. @throws HttpError 404 before the first one */
  exportCsv(list: string, actor: string): Promise<AsyncIterable<string>>;
}

/** @param options.timeZone IANA name of the site: dates are days of its calendar */
export function createPlateListChanges(options: {
  readonly lists: PlateLists;
  readonly audit: AuditLog;
  readonly timeZone: () => string;
  readonly now: () => number;
}): PlateListChanges {
  const { lists, audit, timeZone, now } = options;
  const note = (actor: string, action: string, list: string, detail: Record<string, unknown> = {}) =>
    audit.append({ at: now(), actor, action, subject: `plate-list/${list}`, detail });
  const mustExist = (id: string): Promise<PlateList> => listOf(lists, id);
  return {
    putList: async (list, actor) => {
      const { id, kind, alertUnknown } = list;
      await note(actor, 'plate-list.put', id, { kind, alertUnknown });
      await lists.putList(list);
      return list;
    },
    removeList: async (id, actor) => {
      await mustExist(id);
      await note(actor, 'plate-list.remove', id);
      await lists.removeList(id);
    },
    addEntry: async (list, given, actor) => {
      await mustExist(list);
      const read = readEntry(given, timeZone());
      if ('problems' in read) throw wrongEntry(read.problems);
      const [added] = await lists.addEntries([{ ...read.entry, list, createdAt: now(), createdBy: actor }]);
      if (!added)
        throw new HttpError(
          409,
          'entry-exists',
          'the list has this plate with the same validity already; remove that entry first',
          'pattern',
        );
      // Afterwards: only now it has the id that the trail knows it by.
      await note(actor, 'plate-list.entry.add', list, { entry: added.id });
      return added;
    },
    removeEntry: async (list, id, actor) => {
      // Entries after the one before: at most this one.
      const [entry] = await lists.entries({ list, afterId: id - 1, limit: 1 });
      if (entry?.id !== id)
        throw new HttpError(404, 'no-such-entry', `list "${list}" has no entry ${id}`, 'entry');
      await note(actor, 'plate-list.entry.remove', list, { entry: id });
      await lists.removeEntry(id);
    },
    importCsv: async (list, bytes, { partial }, actor) => {
      await mustExist(list);
      const { entries, ...read } = await readCsv(bytes, timeZone());
      if (read.badRows > 0 && !partial) return { ...read, added: 0, known: 0, isImported: false };
      await note(actor, 'plate-list.import', list, { rows: read.rows, badRows: read.badRows });
      const stamp = { list, createdAt: now(), createdBy: actor };
      const added = await lists.addEntries(entries.map((entry) => ({ ...entry, ...stamp })));
      return { ...read, added: added.length, known: entries.length - added.length, isImported: true };
    },
    exportCsv: async (list, actor) => {
      await mustExist(list);
      await note(actor, 'plate-list.export', list);
      return piecesOf(lists, list);
    },
  };
}

/** @throws HttpError 404 */
export async function listOf(lists: PlateLists, id: string): Promise<PlateList> {
  const list = (await lists.lists()).find((one) => one.id === id);
  if (!list) throw new HttpError(404, 'no-such-list', `there is no plate list "${id}"`, 'id');
  return list;
}

async function* piecesOf(lists: PlateLists, list: string): AsyncGenerator<string> {
  for (let afterId = 0, isFirst = true; ; isFirst = false) {
    const page = await lists.entries({ list, afterId, limit: PAGE });
    if (page.length > 0 || isFirst) yield csvOf(page, isFirst);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    afterId = last.id;
  }
}

function wrongEntry(problems: readonly FieldProblem[]): HttpError {
  const text = problems.map(({ field, value, problem }) => `${field}: ${JSON.stringify(value)} ${problem}`);
  return new HttpError(422, 'invalid', text.join('\n'), problems[0]?.field);
}
