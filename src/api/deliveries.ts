import { z } from 'zod';
import { Channel } from '../domain/alerting/config.js';
import { PartId } from '../domain/ids.js';
import type { ApiDeps } from './deps.js';
import { IncidentNumber, limitOf } from './fields.js';
import { HttpError } from './http-error.js';
import { publicDelivery } from './incident-view.js';
import { parse } from './parse.js';
import type { Route } from './route.js';

const STATES = ['pending', 'sending', 'sent', 'delivered', 'failed', 'skipped', 'replaced'] as const;

const DeliveriesQuery = z.strictObject({
  incident: IncidentNumber.optional(),
  recipient: PartId.optional(),
  channel: Channel.optional(),
  state: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(STATES)).max(STATES.length))
    .optional()
    .describe(`${STATES.join(', ')}; several with commas between`),
  limit: limitOf(1000, 100),
});

/** Messages to people, and what became of them. */
export function deliveryRoutes({ ports }: ApiDeps): Route[] {
  return [
    {
      method: 'get',
      path: '/api/v1/deliveries',
      role: 'viewer',
      summary: 'messages to people, newest first',
      query: DeliveriesQuery,
      handle: async (req, res) => {
        const { incident: number, recipient, channel, state, limit } = parse(DeliveriesQuery, req.query);
        const incident = number === undefined ? undefined : await ports.incidents.byNumber(number);
        if (number !== undefined && !incident)
          throw new HttpError(404, 'no-such-incident', `there is no incident #${number}`, 'incident');
        const deliveries = await ports.deliveries.list({
          ...(incident && { incidentId: incident.id }),
          ...(recipient !== undefined && { recipient }),
          ...(channel !== undefined && { channel }),
          ...(state && { states: state }),
          limit,
        });
        res.json({ deliveries: deliveries.map(publicDelivery) });
      },
    },
  ];
}
