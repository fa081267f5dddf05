/**
 * The one error vocabulary. A handler ends as done, as skipped, or by throwing; how each maps to BullMQ is
 * decided in queues/consumer.ts and nowhere else. Anything thrown that is not one of these is transient.
 */

/** Never worth a retry: bad payload, unknown camera, a refused recipient. The message names the fix. */
export class PermanentError extends Error {
  override readonly name = 'PermanentError';
}

/** Not now: come back after `retryAfterMs`; costs no attempt. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  constructor(
    message: string,
    readonly retryAfterMs: number,
  ) {
    super(message);
  }
}

/**
 * Bad input at a door (environment, camera file, command line, HTTP, payload, media file). The message names
 * the field, the value and the fix; the command line prints it without a stack and exits with 2.
 */
export class InputError extends PermanentError {}

/** The text of anything thrown, for a log line or a job's reason. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
