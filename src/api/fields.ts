import { z } from 'zod';

/** An instant in a query or a body. */
export const Time = z.iso.datetime({
  offset: true,
  error: 'is no time; write ISO 8601 with a zone, for example 2026-11-21T08:30:00Z',
});

/** The number of an incident, as people say it. */
export const IncidentNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the number of an incident, for example 42')
  .transform(Number);

/** How many rows a page of an answer has. */
export function limitOf(most: number, byDefault: number) {
  return z.coerce.number().int().min(1).max(most).default(byDefault);
}

/** Epoch ms to ISO 8601, UTC. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** A time range of a query, as filters of stores have it: epoch ms. */
export function rangeOf(query: { from?: string | undefined; to?: string | undefined }): {
  from?: number;
  to?: number;
} {
  return {
    ...(query.from !== undefined && { from: Date.parse(query.from) }),
    ...(query.to !== undefined && { to: Date.parse(query.to) }),
  };
}
