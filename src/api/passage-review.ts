import { alert } from '../../jobs/alert/job.js';
import type { Camera } from '../domain/camera.js';
import { keyOf } from '../domain/plates/characters.js';
import { matchLists } from '../domain/plates/list-matching.js';
import type { Passage } from '../domain/plates/passage.js';
import { plateEventId } from '../domain/plates/passage-id.js';
import { listsOf, plateAlarms } from '../domain/plates/plate-alarms.js';
import type { ApiDeps } from './deps.js';
import { HttpError } from './http-error.js';

/** What a person makes of a passage. */
export interface Said {
  readonly text?: string | undefined;
  /** What was read is right. */
  readonly confirm?: true | undefined;
}

/**
 * Reviews of passages: in the audit trail (which cannot be cleaned, hence without the plate), then in the passage,
 * with the lists that the text is on. When it is on a deny list, people are told, unless they were before.
 * @throws HttpError 404 when it went meanwhile, 409 when it is not final, 422 when the text has no letter or digit
 */
export function createReviews({
  ports,
  producer,
  now = Date.now,
}: Pick<ApiDeps, 'ports' | 'producer' | 'now'>): (
  passage: Passage,
  said: Said,
  actor: string,
) => Promise<Passage> {
  return async (passage, said, actor) => {
    const { id, state, reading } = passage;
    if (state !== 'final')
      throw new HttpError(
        409,
        'not-final',
        state === 'open'
          ? 'the vehicle may still be seen; review its passage when it is final'
          : `it was the same vehicle as of passage "${passage.mergedInto ?? ''}"; review that one`,
      );
    const text = said.text?.normalize('NFC').toUpperCase() ?? reading.text;
    const key = keyOf(text);
    if (key === '' || key.length > 24)
      throw new HttpError(422, 'invalid', 'text: needs 1 to 24 letters or digits, as on the plate', 'text');
    const camera = ports.cameras.all().find((one) => one.id === passage.cameraId);
    const { lists, index } = await ports.plateLists.index();
    const wanted = new Set(listsOf(lists, camera?.plates?.lists ?? []).map((list) => list.id));
    const hits = matchLists({ key }, index, passage.at).filter(({ list }) => wanted.has(list));
    await ports.audit.append({
      at: now(),
      actor,
      action: 'passage.review',
      subject: `passage/${id}`,
      detail: { changed: key !== (passage.review?.key ?? reading.key) },
    });
    const reviewed = await ports.passages.review(id, { text, key, by: actor, at: now() }, hits);
    if (!reviewed) throw new HttpError(404, 'no-such-passage', `passage "${id}" is no longer kept`, 'id');
    if (camera) await tell({ ports, producer }, reviewed, camera);
    return reviewed;
  };
}

/** The alert has the id that the job which read the plate would give it: told twice it is told once. */
async function tell(
  { ports, producer }: Pick<ApiDeps, 'ports' | 'producer'>,
  passage: Passage,
  camera: Camera,
): Promise<void> {
  const { id, at, scene, reading, hits, vehicle } = passage;
  const certain = {
    reading: { ...reading, verdict: 'accepted' as const },
    hits,
    ...(vehicle && { vehicle }),
  };
  const lists = await ports.plateLists.lists();
  // That a vehicle is on no list is no news by now: it was when it came.
  const alarms = plateAlarms(certain, camera, lists).filter(({ kind }) => kind === 'plate-deny');
  for (const alarm of alarms)
    await producer.enqueue(alert, {
      ...alarm,
      id: `${plateEventId(id)}-${alarm.kind}`,
      cameraId: camera.id,
      at,
      eventId: plateEventId(id),
      ...(scene !== undefined && { snapshot: scene }),
    });
}
