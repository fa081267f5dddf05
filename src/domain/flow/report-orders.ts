import type { CameraFile } from '../camera.js';
import type { ReportOrder } from '../camera-fields/counting.js';
import type { CameraId } from '../ids.js';
import type { Granularity } from './report.js';

/** Who gets a camera's report of a window that is over, as the camera file orders it: ids of recipients, each once. */
export function orderedFor(
  orders: readonly ReportOrder[],
  cameraId: CameraId,
  granularity: Granularity,
): string[] {
  const meant = orders.filter(
    ({ every, cameras }) => every === granularity && (cameras?.includes(cameraId) ?? true),
  );
  return [...new Set(meant.flatMap(({ to }) => to))];
}

/** What is wrong with the orders: recipients that are not there, or have no address. Cameras may be in the database. */
export function reportMistakes({
  reports,
  recipients,
}: Pick<CameraFile, 'reports' | 'recipients'>): string[] {
  return reports.flatMap(({ to }, i) =>
    to.flatMap((id, j) => {
      const recipient = recipients.find((one) => one.id === id);
      const field = `reports[${i}].to[${j}] is "${id}"`;
      if (!recipient)
        return [
          `${field}: there is no such recipient; there are ${recipients.map((one) => one.id).join(', ') || 'none'}`,
        ];
      if (recipient.email === undefined)
        return [`${field}: this recipient has no e-mail address; give it one: email`];
      return [];
    }),
  );
}
