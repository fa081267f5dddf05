import type { ExportRequest } from './request.js';
import { exportFolder } from './export-keys.js';

/** Removes all files of an export from the storage; what is gone already does no harm. @returns how many went. */
export async function removeExportFiles(
  storage: {
    list(folder: string): AsyncIterable<{ readonly key: string }>;
    remove(key: string): Promise<boolean>;
  },
  one: { readonly id: string; readonly request: Pick<ExportRequest, 'cameraId' | 'from'> },
): Promise<number> {
  const keys: string[] = [];
  for await (const { key } of storage.list(exportFolder(one.id, one.request))) keys.push(key);
  for (const key of keys) await storage.remove(key);
  return keys.length;
}
