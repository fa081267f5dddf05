import { createHmac } from 'node:crypto';

/**
 * Headers by which the receiver knows that a message is ours, whole, and not sent again by somebody else: Standard
 * Webhooks (https://www.standardwebhooks.com), for which there are libraries in most languages. To verify by hand:
 * compute HMAC-SHA256 over `<webhook-id>.<webhook-timestamp>.<body as received>` under the secret, in base64; one of the
 * blank-separated entries of `webhook-signature` must be `v1,<that>` (compare in constant time); refuse a timestamp more
 * than five minutes from now, and take a `webhook-id` that was seen before as done.
 * @param secret as it is; one that begins with `whsec_` holds the key in base64 behind it
 * @param atMs wall clock, epoch ms
 */
export function signatureHeaders(secret: string, id: string, atMs: number, body: string) {
  const timestamp = String(Math.floor(atMs / 1000));
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
  const mark = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mark}` };
}
