import type { ExportRequest } from './request.js';

/** The id of an export and of its job, derived from what is asked for: the same wish again is the same export. */
export function exportId(request: Omit<ExportRequest, 'reason'>): string {
  const { cameraId, from, to, format, watermark, overlay, blurFaces, evidence, gaps, partial } = request;
  const flags = [
    ...(watermark ? ['w'] : []),
    ...(overlay ? ['o'] : []),
    ...(blurFaces ? ['f'] : []),
    ...(evidence ? ['e'] : []),
    ...(gaps === 'black' ? ['b'] : []),
    ...(partial ? ['p'] : []),
  ].join('');
  return [cameraId, from, to, format, ...(flags === '' ? [] : [flags])].join('-');
}
