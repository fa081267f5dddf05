import type { Span } from '../domain/spans.js';
import { iso } from './fields.js';
import { HttpError } from './http-error.js';

/**
 * The stretch of time a query asks for.
 * @param asked ISO 8601
 * @param options.from what counts when it is left out, epoch ms; so `to`
 * @throws HttpError 400 where it is empty or has not begun yet
 */
export function windowOf(
  asked: { readonly from?: string | undefined; readonly to?: string | undefined },
  options: { readonly from: number; readonly to: number; readonly now: number },
): Span {
  const { now } = options;
  const to = asked.to === undefined ? options.to : Date.parse(asked.to);
  const from = asked.from === undefined ? Math.min(options.from, to) : Date.parse(asked.from);
  if (from > now)
    throw new HttpError(
      400,
      'invalid',
      `from: ${iso(from)} is still to come; nothing has been counted`,
      'from',
    );
  if (from >= to)
    throw new HttpError(400, 'invalid', `to: must be after from (${iso(from)}), and is ${iso(to)}`, 'to');
  return { from, to };
}
