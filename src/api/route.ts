import type { Request, RequestHandler, Response } from 'express';
import type { z } from 'zod';
import type { Role } from '../ports.js';
import { askerOf, requireRole, type Identity } from './identity.js';

/** One line of the API: what it is, who may use it, what it does. Mounted, documented and tested from this. */
export interface Route {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  /** In express's writing, for example `/api/v1/jobs/:queue/:id`. */
  readonly path: string;
  /** `open`: no key, no login. */
  readonly role: Role | 'open';
  readonly summary: string;
  /** For the documentation; the handler parses with it. */
  readonly query?: z.ZodObject;
  /** The JSON body, for the documentation; the handler parses it. */
  readonly body?: z.ZodType;
  /** Content types of a body that is no JSON, for the documentation. */
  readonly consumes?: readonly string[];
  /** Status of success; default 200. */
  readonly status?: 201 | 204;
  /** The answer's content type when it is not JSON. */
  readonly produces?:
    | 'image/jpeg'
    | 'image/svg+xml'
    | 'text/plain'
    | 'text/csv'
    | 'text/html'
    | 'application/zip'
    | 'video/mp4'
    | 'multipart/x-mixed-replace'
    | 'text/event-stream';
  readonly before?: readonly RequestHandler[];
  readonly handle: (req: Request, res: Response) => Promise<void>;
}

/** All that express runs for a route, in order. */
export function handlersOf(route: Route): RequestHandler[] {
  const gate = route.role === 'open' ? [] : [requireRole(route.role)];
  return [...gate, ...(route.before ?? []), (req, res) => route.handle(req, res)];
}

/** A path parameter; the route has it, so it is there. */
export function param(req: Request, name: string): string {
  const value = req.params[name];
  return typeof value === 'string' ? value : '';
}

/** Who asks, in a route that is not open. */
export function asker(res: Response): Identity {
  return askerOf(res);
}
