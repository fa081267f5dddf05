import { createHash } from 'node:crypto';
import type { PushTokens } from '../../ports/alerting.js';
import { seal, sealingKey, unseal } from '../seal.js';
import { cleanText, type Database } from './schema.js';

/**
 * Phones that take push messages. Their tokens are sealed, because they are people's addresses, and backups of the
 * database travel.
 * @param secret of the installation, at least 32 characters; what was sealed with another one counts as no token, and is
 * replaced when the phone registers again
 */
export function createPushTokens({ db }: Database, secret: string): PushTokens {
  const key = sealingKey(secret, 'push-tokens');
  return {
    register: async ({ token, recipient, platform, now }) => {
      const id = idOf(token);
      const row = { recipient: cleanText(recipient), platform, token: seal(key, id, token), seen_at: now };
      await db
        .insertInto('push_token')
        .values({ id, ...row, created_at: now })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
    },
    tokens: async (recipient) => {
      const rows = await db
        .selectFrom('push_token')
        .select(['id', 'token'])
        .where('recipient', '=', recipient)
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(({ id, token }) => unseal(key, id, token)).filter((token) => token !== undefined);
    },
    list: async () => {
      const rows = await db
        .selectFrom('push_token')
        .select(['id', 'recipient', 'platform', 'created_at', 'seen_at'])
        .orderBy('recipient')
        .orderBy('created_at')
        .orderBy('id')
        .execute();
      return rows.map(({ created_at: createdAt, seen_at: seenAt, ...row }) => ({
        ...row,
        createdAt,
        seenAt,
      }));
    },
    remove: async (which) => {
      const id = 'id' in which ? which.id : idOf(which.token);
      const { numDeletedRows } = await db.deleteFrom('push_token').where('id', '=', id).executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}

/** Names a token without giving it away: the beginning of its SHA-256, 16 hexadecimal digits. */
function idOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 16);
}
