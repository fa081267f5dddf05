import type { Handler } from '../define.js';
import { finish } from './finish.js';
import { glance } from './glance.js';
import type { licensePlate } from './job.js';
import { look } from './look.js';
import type { PlatePorts } from './passage.js';
import { picture, type PicturePorts } from './picture.js';
import { endVisit } from './visit-end.js';

type Needs = PlatePorts | PicturePorts | 'pins';

/**
 * Every kind of job may run twice, and beside another one of the same vehicle: what a look saw is a row with an id of
 * its own, each job fuses all rows it finds, and whoever comes last has seen them all.
 */
export const handle: Handler<typeof licensePlate, Needs> = async (payload, ctx) => {
  switch (payload.kind) {
    case 'look':
      return look(payload, ctx);
    case 'finish':
      return finish(payload, ctx);
    case 'glance':
      return glance(payload, ctx);
    case 'visit-end':
      return endVisit(payload, ctx);
    case 'picture':
    case 'latest':
      return picture(payload, ctx);
  }
};
