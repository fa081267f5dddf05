import { createHash } from 'node:crypto';
import type { AuditRow } from './schema.js';

/** What the first entry follows. */
export const AUDIT_ROOT = '0'.repeat(64);

/**
 * The hash that seals an entry into the chain: SHA-256 over the hash before it and everything it says, as JSON.
 * @returns 64 hexadecimal characters
 */
export function auditHash(before: string, entry: Omit<AuditRow, 'id' | 'hash'>): string {
  const { at, actor, action, subject, detail, once_key: onceKey } = entry;
  return createHash('sha256')
    .update(JSON.stringify([before, at, actor, action, subject, detail, onceKey]))
    .digest('hex');
}
