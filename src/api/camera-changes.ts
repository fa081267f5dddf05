import { z } from 'zod';
import type { Camera } from '../domain/camera.js';
import type { CameraId } from '../domain/ids.js';
import { redactUrls } from '../domain/redact.js';
import { InputError } from '../errors.js';
import type { CameraCatalogue, CameraStore, StoredCamera } from '../ports.js';
import type { AuditLog } from '../ports/audit.js';
import type { SourceRule } from './allowed-source.js';
import { ADDRESS_FIELDS, withHidden } from './hidden-addresses.js';
import { HttpError } from './http-error.js';
import { parse } from './parse.js';

const Given = z.looseObject({});
type Given = z.infer<typeof Given>;

/** Changes of cameras by people and programs: each is in the audit trail before it is done. */
export interface CameraChanges {
  /** @throws HttpError 409 when the id is taken, 422 listing every mistake. */
  add(given: unknown, actor: string): Promise<Camera>;
  /**
   * Puts another camera in place of one; a source shown with `***` stays as it is, and so does `enabled` when it is
   * left out. @throws HttpError 404, 409 when it is in the camera file, 422 listing every mistake.
   */
  replace(id: CameraId, given: unknown, actor: string): Promise<Camera>;
  /** @throws HttpError 404, 409 when it is in the camera file. */
  remove(id: CameraId, actor: string): Promise<void>;
  /** @throws HttpError 404, 409 when the camera file switches it off. */
  setEnabled(id: CameraId, isEnabled: boolean, actor: string): Promise<Camera>;
  /** Reads a camera without keeping it. @throws HttpError 422 listing every mistake. */
  check(given: unknown): Camera;
}

/** @param options.rule which sources are taken; default: all (the command line) */
export function createCameraChanges(options: {
  readonly catalogue: CameraCatalogue;
  readonly store: CameraStore;
  readonly audit: AuditLog;
  readonly rule?: SourceRule;
  readonly now: () => number;
}): CameraChanges {
  const { catalogue, store, audit, rule = () => undefined, now } = options;
  const rowOf = async (id: string): Promise<StoredCamera | undefined> =>
    (await store.list()).find((row) => row.id === id);
  const check = (given: unknown): Camera => {
    const camera = checked(catalogue, refuseHidden(parse(Given, given)));
    for (const { name, get } of ADDRESS_FIELDS) {
      const address = get(camera);
      const why = address === undefined ? undefined : rule(address);
      if (why !== undefined) throw new HttpError(422, 'source-not-allowed', `${name} ${why}`, name);
    }
    return camera;
  };
  const note = (actor: string, action: string, id: string, detail: Record<string, unknown> = {}) =>
    audit.append({ at: now(), actor, action, subject: `camera/${id}`, detail });
  const put = async (row: Omit<StoredCamera, 'changedAt' | 'changedBy'>, actor: string): Promise<void> => {
    await store.put({ ...row, changedAt: now(), changedBy: actor });
    await catalogue.refresh();
  };
  return {
    check,
    add: async (given, actor) => {
      const camera = check(given);
      const { id } = camera;
      if (catalogue.about(id) ?? (await rowOf(id))?.given)
        throw new HttpError(
          409,
          'camera-exists',
          `there is a camera "${id}" already; choose another id`,
          'id',
        );
      await note(actor, 'camera.add', id, { fields: fieldsOf(given as Given) });
      await put({ id, given: keptOf(given as Given), enabled: camera.enabled }, actor);
      return catalogue.get(id);
    },
    replace: async (id, given, actor) => {
      const { given: before, enabled } = await stored(catalogue, await rowOf(id), id);
      const wanted: Given = { id, ...withHidden(parse(Given, given), before) };
      if (wanted['id'] !== id)
        throw new HttpError(422, 'invalid', `id: is not "${id}"; a camera keeps its id`, 'id');
      const camera = check(wanted);
      await note(actor, 'camera.change', id, { fields: changedFields(before, wanted) });
      const isOn = wanted['enabled'] === undefined ? enabled : camera.enabled;
      await put({ id, given: keptOf(wanted), enabled: isOn }, actor);
      return catalogue.get(id);
    },
    remove: async (id, actor) => {
      const row = await rowOf(id);
      // Also when the file has that id: then the file's camera stays, and this one is out of its way.
      if (row?.given === undefined) await stored(catalogue, row, id);
      await note(actor, 'camera.remove', id);
      await store.remove(id);
      await catalogue.refresh();
    },
    setEnabled: async (id, isEnabled, actor) => {
      const row = await rowOf(id);
      refuseSwitch(catalogue, row, id, isEnabled);
      await note(actor, isEnabled ? 'camera.enable' : 'camera.disable', id);
      await put({ id, ...(row?.given && { given: row.given }), enabled: isEnabled }, actor);
      return catalogue.get(id);
    },
  };
}

function checked(catalogue: CameraCatalogue, given: Given): Camera {
  try {
    return catalogue.check(given);
  } catch (error) {
    if (error instanceof InputError) throw new HttpError(422, 'invalid', redactUrls(error.message));
    throw error;
  }
}

/** The camera as the database has it. */
async function stored(
  catalogue: CameraCatalogue,
  row: StoredCamera | undefined,
  id: CameraId,
): Promise<{ given: Given; enabled: boolean }> {
  const about = catalogue.about(id);
  if (about?.origin === 'file')
    throw new HttpError(
      409,
      'in-camera-file',
      `camera ${id} is in the camera file ${about.file}; change it there`,
    );
  if (row?.given === undefined) throw noSuchCamera(id);
  return { given: row.given, enabled: row.enabled };
}

export function noSuchCamera(id: string): HttpError {
  return new HttpError(404, 'no-such-camera', `there is no camera "${id}"`, 'id');
}

function refuseSwitch(
  catalogue: CameraCatalogue,
  row: StoredCamera | undefined,
  id: CameraId,
  isEnabled: boolean,
): void {
  const about = catalogue.about(id);
  if (row?.problem !== undefined) throw new HttpError(409, 'unreadable', row.problem);
  if (!about && row?.given === undefined) throw noSuchCamera(id);
  if (about?.origin === 'file' && row?.given !== undefined)
    throw new HttpError(
      409,
      'in-both',
      `camera ${id} is in the camera file ${about.file} and in the database; remove the one of the database first (DELETE)`,
    );
  if (isEnabled && about?.isOffInFile === true)
    throw new HttpError(
      409,
      'off-in-file',
      `camera ${id} is switched off in the camera file ${about.file} (enabled: false); change it there`,
    );
}

function refuseHidden(given: Given): Given {
  for (const { name, get } of ADDRESS_FIELDS) {
    if (get(given)?.includes('***') === true)
      throw new HttpError(
        422,
        'hidden-source',
        `${name}: holds "***" in place of credentials and is not the stored one; write it out`,
        name,
      );
  }
  return given;
}

/** Whether it is enabled is kept beside it. */
function keptOf({ enabled: _, ...given }: Given): Given {
  return given;
}

/** Names only: values may be secret. */
function fieldsOf(given: Given): string[] {
  return Object.keys(given).sort();
}

function changedFields(before: Given, after: Given): string[] {
  const names = new Set([...fieldsOf(before), ...fieldsOf(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}
