import type { Picture } from '../../src/domain/picture.js';
import type { Passage } from '../../src/domain/plates/passage.js';
import { surroundings } from '../../src/domain/plates/places.js';
import { readPlates } from '../../src/domain/plates/read-plate.js';
import { done, skipped, type JobContext, type Outcome } from '../define.js';
import type { PlatePicturePayload } from './job.js';
import { knownFor } from './passage.js';

export type PicturePorts =
  ('cameras' | 'frames' | 'plates' | 'grammars' | 'passages' | 'plateLists') | ('pictures' | 'snapshots');
type Context = JobContext<PicturePorts>;

interface Given {
  readonly picture: Picture;
  readonly at: number;
  /** Where pictures of it are kept, without the ending. */
  readonly key: string;
  readonly cameraId?: string;
}

/** Reads every plate of a whole picture. Each is a passage at once; what they say is read from there, by the job's id. */
export async function picture(payload: PlatePicturePayload, ctx: Context): Promise<Outcome> {
  const given = payload.kind === 'picture' ? await uploaded(payload, ctx) : await latest(payload.camera, ctx);
  if (!given) {
    return skipped(
      payload.kind === 'picture'
        ? 'the picture is no longer kept, or never was: upload it again'
        : `camera ${payload.camera} has no picture now`,
    );
  }
  const { plates, grammars, pictures, snapshots } = ctx.ports;
  const sights = await plates.read(given.picture);
  const found = readPlates(sights, grammars);
  if (found.length === 0) return done({ passages: 0 });
  const scene = `${given.key}.jpg`;
  await snapshots.put(scene, await pictures.jpeg(given.picture));
  for (const [i, plate] of found.entries()) {
    ctx.signal.throwIfAborted();
    await keep(plate, i + 1, scene, given, ctx);
  }
  const accepted = found.filter(({ reading }) => reading.verdict === 'accepted').length;
  return done({ passages: found.length, accepted });
}

async function keep(
  { sight, reading }: ReturnType<typeof readPlates>[number],
  place: number,
  scene: string,
  { picture: whole, at, key, cameraId }: Given,
  ctx: Context,
): Promise<void> {
  const { passages, pictures, snapshots } = ctx.ports;
  const { hitsOf } = await knownFor(cameraId, ctx);
  const id = `${ctx.jobId}-${place}`;
  const crop = `${key}-${place}.jpg`;
  await snapshots.put(crop, await pictures.jpeg(whole, { crop: surroundings(sight.corners) }));
  await passages.addRead({ id: `${id}-look`, passageId: id, at, sight, reading, crop });
  const passage: Passage = {
    id,
    jobId: ctx.jobId,
    ...(cameraId !== undefined && { cameraId }),
    ...{ firstAt: at, at, lastAt: at, reading, crop, scene },
    state: 'final',
    hits: hitsOf({ reading, at }),
  };
  await passages.put(passage);
}

/** @throws InputError (permanent) when the bytes are no picture. */
async function uploaded(
  { picture: key, at }: Extract<PlatePicturePayload, { kind: 'picture' }>,
  { ports, now }: Context,
): Promise<Given | undefined> {
  const bytes = await ports.snapshots.get(key);
  if (!bytes) return undefined;
  const decoded = await ports.pictures.read(bytes);
  return { picture: decoded, at: at ?? now(), key: key.replace(/^uploads\//, 'plates/uploads/') };
}

async function latest(cameraId: string, { ports }: Context): Promise<Given | undefined> {
  const newest = await ports.frames.latest(ports.cameras.get(cameraId).id);
  if (!newest) return undefined;
  const { picture: decoded, at } = newest;
  const day = new Date(at).toISOString().slice(0, 10);
  return { picture: decoded, at, key: `plates/${cameraId}/${day}/${cameraId}-latest-${at}`, cameraId };
}
