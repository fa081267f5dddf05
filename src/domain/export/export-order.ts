import type { Camera, Site } from '../camera.js';
import type { ClipPlan } from './plan-clip.js';
import type { ExportRequest } from './request.js';

/**
 * What is to be made of recordings for an export, as a clip maker takes it.
 * @param about.logo PNG, a file of this machine
 */
export function exportOrder(about: {
  readonly id: string;
  readonly request: ExportRequest;
  readonly camera: Camera;
  readonly site: Site;
  readonly plan: ClipPlan;
  readonly logo?: string | undefined;
}) {
  const { id, request, camera, site, plan, logo } = about;
  const { format, watermark, overlay, blurFaces, gaps, partial } = request;
  const { timeZone } = site;
  const title = [camera.name ?? camera.id, camera.place ?? site.name].join(' - ');
  return {
    ...{ id, camera, timeZone, plan, format, partial },
    look: {
      ...(watermark && { watermark: { title, timeZone, ...(logo !== undefined && { logo }) } }),
      ...(overlay && { overlay }),
      ...(blurFaces && { blurFaces }),
    },
    showGaps: gaps === 'black',
  };
}
