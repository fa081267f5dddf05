import { localText, offsetText } from '../local-text.js';
import type { ClipFormat, ExportRequest } from './request.js';

/** The first characters of a SHA-256 that tell two files apart, though somebody tried twice. */
const MARK_LENGTH = 12;

/** The folder of an export in the storage: by camera, and by the day (UTC) that it begins. */
export function exportFolder(
  id: string,
  { cameraId, from }: Pick<ExportRequest, 'cameraId' | 'from'>,
): string {
  return `exports/${cameraId}/${new Date(from).toISOString().slice(0, 10)}/${id}`;
}

/** Which export a file of the storage belongs to; `undefined`: to none. */
export function exportOfKey(key: string): string | undefined {
  return /^exports\/[^/]+\/\d{4}-\d{2}-\d{2}\/([^/]+)\//.exec(key)?.[1];
}

/**
 * Where the files of one making lie. Two workers that both believe that the export is theirs write different clips to
 * different places: what is handed out is what its row says.
 * @param sha256 of the clip
 */
export function exportKeys(folder: string, sha256: string, format: ClipFormat) {
  const place = `${folder}/${sha256.slice(0, MARK_LENGTH)}`;
  return {
    clip: `${place}/clip.${format}`,
    poster: `${place}/poster.jpg`,
    sprite: `${place}/sprite.jpg`,
    manifest: `${place}/manifest.json`,
  };
}

/** The name that a downloaded clip gets: `gate-1_2026-11-22_08-00-00_+0700.mp4`. @param timeZone IANA name */
export function clipFileName(
  { cameraId, from, format }: Pick<ExportRequest, 'cameraId' | 'from' | 'format'>,
  timeZone: string,
): string {
  const time = localText(from, timeZone).replace(' ', '_').replaceAll(':', '-');
  return `${cameraId}_${time}_${offsetText(from, timeZone)}.${format}`;
}
