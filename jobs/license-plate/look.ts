import type { Picture } from '../../src/domain/picture.js';
import { bestRead } from '../../src/domain/plates/best-read.js';
import type { PlateRead } from '../../src/domain/plates/passage.js';
import { passageId, readId } from '../../src/domain/plates/passage-id.js';
import { cropKey, sceneKey } from '../../src/domain/plates/picture-keys.js';
import { isSettled, readPlate } from '../../src/domain/plates/read-plate.js';
import { boxIn, cornersIn, surroundings } from '../../src/domain/plates/places.js';
import { done, skipped, type JobContext, type Outcome } from '../define.js';
import type { PlateLookPayload } from './job.js';
import { announce } from './announce.js';
import { gather, type PlatePorts } from './passage.js';

type Context = JobContext<PlatePorts | 'pins' | 'plates' | 'pictures' | 'snapshots'>;

/** Reads the plate of one vehicle once, keeps what was seen, and fuses it with what was seen of this vehicle before. */
export async function look(payload: PlateLookPayload, ctx: Context): Promise<Outcome> {
  const { pins, passages } = ctx.ports;
  const { cameraId, trackId, bornAt, at, pin } = payload;
  const id = passageId(cameraId, trackId, bornAt);
  const passage = await passages.get(id);
  if (passage && passage.state !== 'open') {
    // Again, in case the job that made it final was killed before it had told everybody.
    await announce(passage, ctx);
    await pins.remove(pin);
    return skipped('the passage is final');
  }
  const reads = await passages.reads(id);
  let taken: PlateRead | undefined;
  if (!reads.some((read) => read.id === readId(id, at))) {
    const picture = await pins.get(pin);
    if (!picture) return skipped('frame expired');
    taken = await read(picture, payload, reads, ctx);
  }
  const about = { id, cameraId, trackId, vehicle: payload.class, scene: sceneKey(payload) };
  const now = await gather(about, isSettled, ctx, taken);
  await pins.remove(pin);
  return now
    ? done({ passageId: id, state: now.state, sights: now.reading.sights })
    : done({ passageId: id });
}

/** One look: what the networks saw, and the pictures of it. */
async function read(
  picture: Picture,
  payload: PlateLookPayload,
  earlier: readonly PlateRead[],
  ctx: Context,
): Promise<PlateRead> {
  const { plates, grammars, snapshots, pictures } = ctx.ports;
  const { cameraId, trackId, bornAt, at, box, crop } = payload;
  const passage = passageId(cameraId, trackId, bornAt);
  const bare = { id: readId(passage, at), passageId: passage, at, box };
  const [seen] = await plates.read(picture, { vehicle: boxIn(crop, box) });
  ctx.signal.throwIfAborted();
  if (!seen) return bare;
  const sight = { ...seen, corners: cornersIn(crop, seen.corners) };
  const reading = readPlate(sight, grammars);
  const key = cropKey(payload, bare.id);
  await snapshots.put(key, await pictures.jpeg(picture, { crop: surroundings(seen.corners) }));
  const read = { ...bare, sight, ...(reading && { reading }), crop: key };
  // The vehicle as it is seen best; an earlier, poorer picture of it is overwritten.
  if (bestRead([...earlier, read])?.id === read.id)
    await snapshots.put(sceneKey(payload), await pictures.jpeg(picture));
  return read;
}
