import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError, messageOf } from '../../errors.js';
import { csv } from '../../io/csv.js';

/** The results folder: for each source a CSV of its crossings and a JSON, and both for all together. */
export interface Results {
  /** A source is counted from nothing: its CSV begins anew. */
  begin(id: string, header: readonly string[]): void;
  /** Adds a row to the source's CSV. */
  append(id: string, row: readonly string[]): void;
  /** Replaces a file as a whole. */
  json(name: string, content: object): void;
  table(name: string, rows: readonly (readonly string[])[]): void;
  /** Resolves when everything is written, or cannot be. */
  settled(): Promise<void>;
}

/**
 * Opens the folder; what an earlier run left there of these sources is moved to a folder of its own under `earlier`.
 * @param onTrouble told once when something cannot be written; counting goes on
 * @throws InputError when it cannot be written to.
 */
export async function openResults(
  folder: string,
  ids: readonly string[],
  onTrouble: (reason: string) => void,
): Promise<Results> {
  try {
    await mkdir(folder, { recursive: true });
    const probe = join(folder, `.try-${process.pid}`);
    await writeFile(probe, '');
    await rm(probe);
    await moveEarlier(folder, ids);
  } catch (error) {
    throw new InputError(
      `the results folder ${folder} cannot be written: ${messageOf(error)}; name another with --output (result_output)`,
    );
  }
  return new ResultFiles(folder, onTrouble);
}

async function moveEarlier(folder: string, ids: readonly string[]): Promise<void> {
  const ours = new Set([...ids, 'total'].flatMap((id) => [`${id}.json`, `${id}.csv`]));
  const old = (await readdir(folder)).filter((name) => ours.has(name));
  if (old.length === 0) return;
  const times = await Promise.all(old.map(async (name) => (await stat(join(folder, name))).mtimeMs));
  const at = new Date(Math.max(...times)).toISOString().replace(/[-:]/g, '').replace('.', '-');
  const to = join(folder, 'earlier', at);
  await mkdir(to, { recursive: true });
  for (const name of old) await rename(join(folder, name), join(to, name));
}

interface Growing {
  /** What is surely in the file, bytes; what comes next is written behind it, also after half a write. */
  bytes: number;
  pending: string;
}

/** One write after the other; a failure is told, and what is missing is tried again with the next. */
class ResultFiles implements Results {
  readonly #growing = new Map<string, Growing>();
  #last: Promise<void> = Promise.resolve();
  #isTold = false;

  constructor(
    private readonly folder: string,
    private readonly onTrouble: (reason: string) => void,
  ) {}

  begin(id: string, header: readonly string[]): void {
    const text = csv.write([header]);
    const file = { bytes: Buffer.byteLength(text), pending: '' };
    this.#growing.set(id, file);
    this.#queue(() => this.#replace(`${id}.csv`, text));
  }

  append(id: string, row: readonly string[]): void {
    const file = this.#growing.get(id);
    if (!file) return;
    file.pending += lineOf(row);
    this.#queue(() => this.#grow(id, file));
  }

  json(name: string, content: object): void {
    this.#queue(() => this.#replace(`${name}.json`, `${JSON.stringify(content, undefined, 2)}\n`));
  }

  table(name: string, rows: readonly (readonly string[])[]): void {
    this.#queue(() => this.#replace(`${name}.csv`, csv.write(rows)));
  }

  async settled(): Promise<void> {
    for (const [id, file] of this.#growing) this.#queue(() => this.#grow(id, file));
    await this.#last;
  }

  async #grow(id: string, file: Growing): Promise<void> {
    // Begun anew, or written with an earlier row.
    if (this.#growing.get(id) !== file || file.pending === '') return;
    const text = file.pending;
    const bytes = Buffer.from(text);
    const handle = await open(join(this.folder, `${id}.csv`), 'r+');
    try {
      await handle.write(bytes, 0, bytes.length, file.bytes);
    } finally {
      await handle.close();
    }
    file.bytes += bytes.length;
    file.pending = file.pending.slice(text.length);
  }

  async #replace(name: string, text: string): Promise<void> {
    const draft = join(this.folder, `.${name}.${process.pid}`);
    await writeFile(draft, text);
    await rename(draft, join(this.folder, name));
  }

  #queue(work: () => Promise<void>): void {
    this.#last = this.#last.then(work).catch((error: unknown) => {
      if (this.#isTold) return;
      this.#isTold = true;
      this.onTrouble(`results cannot be written to ${this.folder}: ${messageOf(error)}`);
    });
  }
}

/** Without the mark that only begins a file. */
function lineOf(row: readonly string[]): string {
  return csv.write([row]).replace(/^\uFEFF/, '');
}
