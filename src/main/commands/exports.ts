import { lookAtExport, removeExport } from '../../api/exports.js';
import { publicExport } from '../../api/export-view.js';
import { downloadLink, type DownloadFile } from '../../domain/export/download-token.js';
import { durationText } from '../../domain/duration-text.js';
import { megabytes } from '../../domain/export/export-room.js';
import { localText } from '../../domain/local-text.js';
import { InputError } from '../../errors.js';
import type { Export } from '../../ports/exports.js';
import { EXIT_OK } from '../exit-codes.js';
import { whereIs } from '../fetch-export.js';
import { table } from '../view.js';
import { withExports, type ExportsWorld } from '../with-exports.js';

interface Options {
  readonly cameras?: string;
  readonly data?: string;
  readonly json?: boolean;
}

const ACTOR = 'command line';
const LONGEST_LINK_MS = 30 * 86_400_000;

/** `camqueue exports list`: newest first. */
export async function list(
  options: Options & { readonly camera?: string; readonly limit: number },
): Promise<number> {
  return withExports(options, async ({ deps }) => {
    const { camera, limit } = options;
    const rows = await deps.ports.exports.list({ ...(camera !== undefined && { cameraId: camera }), limit });
    const all = await Promise.all(rows.map((row) => lookAtExport(deps, row)));
    if (options.json === true) all.forEach((one) => console.log(JSON.stringify(publicExport(one))));
    else if (all.length === 0) console.log('There are none.');
    else {
      const time = (at: number): string => localText(at, deps.ports.cameras.site.timeZone);
      const lines = all.map(({ row, progress }) => [
        row.id,
        row.request.cameraId,
        time(row.request.from),
        durationText(row.request.to - row.request.from),
        row.state === 'running' ? `running ${Math.floor((progress ?? 0) * 100)} %` : row.state,
        row.result && row.state === 'done' ? megabytes(row.result.bytes) : '',
      ]);
      table([['ID', 'CAMERA', 'FROM', 'LENGTH', 'STATE', 'SIZE'], ...lines]).forEach((line) =>
        console.log(line),
      );
    }
    return EXIT_OK;
  });
}

/** `camqueue exports show <id>` */
export async function show(id: string, options: Options): Promise<number> {
  return withExports(options, async (opened) => {
    const { storage } = opened.deps.ports;
    const now = await lookAtExport(opened.deps, await found(opened, id));
    const { result } = now.row;
    const files = now.row.state === 'done' &&
      result && {
        files: { clip: whereIs(storage, result.key), manifest: whereIs(storage, result.manifest) },
      };
    const view = { ...publicExport(now), ...files };
    console.log(JSON.stringify(view, null, options.json === true ? 0 : 2));
    return EXIT_OK;
  });
}

/** `camqueue exports link <id>` */
export async function link(
  id: string,
  options: Options & { readonly for: number; readonly file: DownloadFile },
): Promise<number> {
  if (options.for > LONGEST_LINK_MS) throw new InputError('--for: at most 30d');
  return withExports(options, async (opened) => {
    const { world, deps } = opened;
    const { signer, audit } = deps.ports;
    const row = await found(opened, id);
    if (row.state !== 'done') throw new InputError(`the export is ${row.state}: there is nothing to link to`);
    if (options.file === 'evidence' && !row.result?.evidence)
      throw new InputError('the export was asked for without evidence');
    const now = Date.now();
    const { file, for: forMs } = options;
    const { path, expiresAt } = downloadLink(signer, row, { file, expiresInS: forMs / 1000, now });
    const detail = { file, expiresAt: new Date(expiresAt).toISOString() };
    await audit.append({ at: now, actor: ACTOR, action: 'export.link', subject: `export/${id}`, detail });
    const base = world.config.PUBLIC_URL?.replace(/\/+$/, '') ?? '';
    if (options.json === true) console.log(JSON.stringify({ url: base + path, expiresAt: detail.expiresAt }));
    else {
      console.log(base + path);
      if (base === '')
        console.log('Set PUBLIC_URL to where the API is reached from outside to get whole addresses.');
    }
    return EXIT_OK;
  });
}

/** `camqueue exports remove <id>`: cancels it, or removes its files. */
export async function remove(id: string, options: Options): Promise<number> {
  return withExports(options, async (opened) => {
    const row = await found(opened, id);
    await removeExport(opened.deps, row, ACTOR);
    const what = row.state === 'done' ? 'its files are removed' : 'cancelled';
    console.log(options.json === true ? JSON.stringify({ id, removed: true }) : `${id}: ${what}`);
    return EXIT_OK;
  });
}

async function found({ deps }: ExportsWorld, id: string): Promise<Export> {
  const row = await deps.ports.exports.get(id);
  if (!row) throw new InputError(`there is no export "${id}"; camqueue exports list shows them`);
  return row;
}
