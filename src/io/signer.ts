import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Signer } from '../ports/alerting.js';
import { sealingKey } from './seal.js';

/** 96 bits: nobody guesses that over a network. */
const LEAST_MARK = 16;

/**
 * Marks that only this installation can make: HMAC-SHA256 (RFC 2104) under a key of its own for each purpose.
 * @param secret at least 32 random characters that all processes share
 */
export function createSigner(secret: string): Signer {
  const keys = new Map<string, Buffer>();
  const keyFor = (purpose: string): Buffer => {
    const key = keys.get(purpose) ?? sealingKey(secret, `sign:${purpose}`);
    keys.set(purpose, key);
    return key;
  };
  const sign = (purpose: string, text: string): string =>
    createHmac('sha256', keyFor(purpose)).update(text, 'utf8').digest('base64url');
  return {
    sign,
    verify(purpose, text, mark) {
      const whole = sign(purpose, text);
      // What is not ASCII has more bytes than characters, and is no mark.
      if (mark.length < LEAST_MARK || mark.length > whole.length || !/^[A-Za-z0-9_-]+$/.test(mark))
        return false;
      return timingSafeEqual(Buffer.from(whole.slice(0, mark.length)), Buffer.from(mark));
    },
  };
}
