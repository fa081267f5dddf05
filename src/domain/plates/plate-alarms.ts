import type { Camera } from '../camera.js';
import type { ListHit, Passage, PlateList } from './passage.js';

/** What people are to be told about a passage. It never holds the plate: alerts travel through queues in clear text. */
export interface PlateAlarm {
  readonly kind: 'plate-deny' | 'plate-unknown';
  readonly severity: 'warning' | 'critical';
  readonly summary: string;
}

/** Lists that this camera checks. @param named of the camera file; none: all */
export function listsOf<L extends { readonly id: string }>(
  lists: readonly L[],
  named: readonly string[],
): L[] {
  return lists.filter(({ id }) => named.length === 0 || named.includes(id));
}

/**
 * A vehicle on a deny list, surely or possibly; or a vehicle on no allow list where only known ones are expected: where
 * the camera says so, or names an allow list that does. What could not be read is no news.
 * @param lists all lists there are
 */
export function plateAlarms(
  passage: Pick<Passage, 'reading' | 'hits' | 'vehicle'>,
  camera: Pick<Camera, 'id' | 'name' | 'plates'>,
  lists: readonly PlateList[],
): PlateAlarm[] {
  const { reading, hits, vehicle = 'vehicle' } = passage;
  if (reading.verdict === 'rejected') return [];
  const where = camera.name ?? camera.id;
  const denied = hits.filter(({ kind }) => kind === 'deny').sort(surestFirst)[0];
  if (denied) {
    const name = lists.find(({ id }) => id === denied.list)?.name ?? denied.list;
    return [
      denied.match === 'exact'
        ? { kind: 'plate-deny', severity: 'critical', summary: `${vehicle} on list ${name} (${where})` }
        : {
            kind: 'plate-deny',
            severity: 'warning',
            summary: `possible match, check it: ${vehicle} that may be on list ${name} (${where})`,
          },
    ];
  }
  const named = camera.plates?.lists ?? [];
  const isAsked =
    camera.plates?.alertUnknown === true ||
    lists.some(({ id, kind, alertUnknown }) => kind === 'allow' && alertUnknown && named.includes(id));
  if (!isAsked || hits.some(({ kind }) => kind === 'allow')) return [];
  return [
    { kind: 'plate-unknown', severity: 'warning', summary: `${vehicle} that is on no allow list (${where})` },
  ];
}

function surestFirst(a: ListHit, b: ListHit): number {
  return Number(b.match === 'exact') - Number(a.match === 'exact') || b.p - a.p;
}
