import express from 'express';
import { HttpError } from './http-error.js';

/**
 * Takes a JSON body and nothing else. @param what it is, for the answer to those who send something else
 * @param limit bytes
 */
export function jsonBody(what: string, limit: number): express.RequestHandler[] {
  const require: express.RequestHandler = (req, _res, next) => {
    if (!req.is('application/json'))
      throw new HttpError(415, 'no-json', `send ${what} as JSON with Content-Type: application/json`);
    next();
  };
  return [require, express.json({ limit })];
}
