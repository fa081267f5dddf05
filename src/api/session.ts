import { createHash, createHmac, randomUUID } from 'node:crypto';
import type { Principal } from '../ports.js';
import { sameText } from './secrets.js';

/** How long a login lasts, ms: a working day. */
export const SESSION_MS = 12 * 3_600_000;
export const SESSION_COOKIE = 'camqueue_session';

interface Session {
  readonly id: string;
  readonly name: string;
  readonly expiresAt: number;
  /** Of the password's hash: a changed password ends all sessions. */
  readonly print: string;
}

export interface Sessions {
  /** @returns the cookie's value */
  begin(person: Principal, now: number): string;
  /** Whose session it is; `undefined` when it was not made here, is over or was ended. */
  read(cookie: string, now: number): Session | undefined;
  /** Ends the session on this process at once; the browser's copy is taken away by the caller. */
  end(session: Session, now: number): void;
  isOf(session: Session, person: Principal): boolean;
}

/**
 * Sessions are signed, not stored: any API process that has the secret can read them.
 * @param secret at least 32 random bytes, the same for all API processes and over restarts
 */
export function createSessions(secret: string): Sessions {
  if (secret.length < 32) throw new RangeError('session secret: needs at least 32 characters');
  const sign = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
  const ended = new Map<string, number>();
  return {
    begin(person, now) {
      const session: Session = {
        id: randomUUID(),
        name: person.name,
        expiresAt: now + SESSION_MS,
        print: printOf(person),
      };
      const body = Buffer.from(JSON.stringify(session)).toString('base64url');
      return `${body}.${sign(body)}`;
    },
    read(cookie, now) {
      const [body = '', signature = ''] = cookie.split('.');
      if (!sameText(sign(body), signature)) return undefined;
      const session = JSON.parse(Buffer.from(body, 'base64url').toString()) as Session;
      return session.expiresAt > now && !ended.has(session.id) ? session : undefined;
    },
    end(session, now) {
      for (const [id, expiresAt] of ended) if (expiresAt <= now) ended.delete(id);
      ended.set(session.id, session.expiresAt);
    },
    isOf: (session, person) => sameText(session.print, printOf(person)),
  };
}

function printOf(person: Principal): string {
  return createHash('sha256').update(person.hash).digest('base64url').slice(0, 16);
}
