import type { Language } from '../../alerting/config.js';
import type { Camera, Site } from '../../camera.js';

/** What a report says beside its numbers. */
export interface FlowAbout {
  readonly site: Pick<Site, 'name' | 'timeZone'>;
  readonly camera: Pick<Camera, 'id' | 'name'>;
  readonly language: Language;
}
