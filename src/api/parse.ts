import type { z } from 'zod';
import { HttpError } from './http-error.js';

/**
 * Parses what came from outside.
 * @param where prefixes the field's name in the error: `payload`, or nothing for the query
 * @throws HttpError 400 naming the first field that does not fit
 */
export function parse<S extends z.ZodType>(schema: S, value: unknown, where = ''): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  const field = [...(where === '' ? [] : [where]), ...(issue?.path ?? []), ...unknown].map(String).join('.');
  throw new HttpError(
    400,
    'invalid',
    `${field || 'the body'}: ${issue?.message ?? 'does not fit'}`,
    field || undefined,
  );
}
