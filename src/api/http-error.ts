import type { ErrorRequestHandler, RequestHandler } from 'express';
import { InputError, messageOf, NotReadyError } from '../errors.js';
import type { Log } from '../log.js';

/** An answer that is not a success. Every error leaves as `{error: {code, message, field?}}`. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  constructor(
    readonly status: number,
    /** Stable, for programs. */
    readonly code: string,
    /** For people: what is wrong and how to right it. */
    message: string,
    readonly field?: string,
  ) {
    super(message);
  }
}

export const notFound: RequestHandler = (req) => {
  throw new HttpError(404, 'not-found', `there is no ${req.method} ${req.path}; see /api/v1/openapi.json`);
};

/** Turns anything thrown into the one JSON shape; what went wrong inside stays in the log. */
export function errorHandler(log: Log): ErrorRequestHandler {
  return (error, req, res, next) => {
    if (res.headersSent) return next(error);
    const { status, code, message, field } = publicError(error);
    if (status >= 500)
      log.error({ err: error as unknown, method: req.method, path: req.path }, 'request failed');
    if (status === 503) res.set('Retry-After', '5');
    if (status === 401) res.set('WWW-Authenticate', 'Bearer realm="camqueue"');
    res.status(status).json({ error: { code, message, ...(field !== undefined && { field }) } });
  };
}

function publicError(error: unknown): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof InputError) return new HttpError(400, 'invalid', error.message);
  if (error instanceof NotReadyError || isOutage(error))
    return new HttpError(503, 'unavailable', 'a store this needs does not answer; try again');
  return ofBodyParser(error) ?? new HttpError(500, 'internal', 'something went wrong here; it is in the log');
}

/** express.json, express.urlencoded and the router mark what the caller did wrong with a status and a type. */
function ofBodyParser(error: unknown): HttpError | undefined {
  const { type, status, limit } = error as { type?: string; status?: number; limit?: number };
  if (type === 'entity.too.large') {
    return new HttpError(
      413,
      'too-large',
      `the body is larger than ${limit} bytes; send pictures and files as keys`,
    );
  }
  if (type === 'entity.parse.failed')
    return new HttpError(400, 'no-json', `the body is no JSON: ${messageOf(error)}`);
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return new HttpError(415, 'encoding', messageOf(error));
  }
  if (error instanceof URIError)
    return new HttpError(400, 'invalid', 'the path has a "%" that stands for no character');
  return status !== undefined && status >= 400 && status < 500
    ? new HttpError(status, 'invalid', messageOf(error))
    : undefined;
}

/** Redis and SQL clients tell an outage by code, by name or only by message. */
function isOutage(error: unknown): boolean {
  const { code, name } = error as { code?: unknown; name?: unknown };
  return (
    (typeof code === 'string' && /^(ECONN|ENOTFOUND|ENOENT|EPIPE|ETIMEDOUT|57P0|08)/.test(code)) ||
    name === 'MaxRetriesPerRequestError' ||
    /^Redis for |not reachable|not writeable|isn't writeable|connection is closed|timed out|connection terminated/i.test(
      messageOf(error),
    )
  );
}
