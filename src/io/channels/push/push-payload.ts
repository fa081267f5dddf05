import { createHash } from 'node:crypto';
import type { Message as FcmMessage } from 'firebase-admin/messaging';
import type { Message } from '../../../domain/alerting/message.js';

type Payload = Omit<FcmMessage, 'token' | 'topic' | 'condition'>;

/** FCM takes 4096 bytes with all keys, 2048 to a topic: https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode */
const MOST_BODY = 900;
const MOST_TITLE = 120;
/** How long it waits for a phone that is off: as long as an incident waits for somebody. */
const LIFE_S = 86_400;

/**
 * A message as phones get it: shown by the system, and with data for an app that shows more. A second copy replaces the
 * first on the phone, by `collapse_key`, `apns-collapse-id` and `tag`. Phones show its picture where pictures have public
 * addresses, which is all that FCM takes; else `data.hasPicture` says that the incident's page shows one.
 * @param now epoch ms
 */
export function pushPayload({ id, facts, words }: Message, now: number): Payload {
  const { incident, camera, links } = facts;
  const isCritical = incident.severity === 'critical';
  const tag = collapseId(id);
  const link = links.incident;
  const { picture } = links;
  return {
    notification: {
      title: cutTo(words.title, MOST_TITLE),
      body: cutTo(words.body, MOST_BODY),
      ...(picture !== undefined && { imageUrl: picture }),
    },
    data: dataOf({
      messageId: id,
      occasion: facts.occasion,
      incidentId: incident.id,
      number: String(incident.number),
      kind: incident.kind,
      severity: incident.severity,
      state: incident.state,
      at: new Date(incident.firstAt).toISOString(),
      cameraId: camera?.id,
      cameraName: camera?.name,
      subject: facts.subject,
      link,
      acknowledgeLink: links.acknowledge,
      hasPicture: String(facts.hasPicture),
      pictureLink: picture,
    }),
    android: {
      collapseKey: tag,
      priority: isCritical ? 'high' : 'normal',
      ttl: LIFE_S * 1000,
      notification: { tag, ...(isCritical && { priority: 'max', defaultSound: true }) },
    },
    apns: {
      headers: {
        'apns-collapse-id': tag,
        // https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
        'apns-priority': isCritical ? '10' : '5',
        'apns-expiration': String(Math.floor(now / 1000) + LIFE_S),
      },
      payload: {
        aps: {
          threadId: incident.id,
          ...(isCritical && { sound: 'default' }),
          // Lets the app's service extension fetch the picture before it is shown.
          ...(picture !== undefined && { mutableContent: true }),
        },
      },
      ...(picture !== undefined && { fcmOptions: { imageUrl: picture } }),
    },
    webpush: {
      headers: { TTL: String(LIFE_S), Urgency: isCritical ? 'high' : 'normal', Topic: tag },
      notification: { tag, ...(picture !== undefined && { image: picture }) },
      ...(link?.startsWith('https://') && { fcmOptions: { link } }),
    },
  };
}

/** The same for every copy of a message; at most 32 characters of base64url, which is what Web Push allows (RFC 8030). */
function collapseId(messageId: string): string {
  return createHash('sha256').update(messageId).digest('base64url').slice(0, 32);
}

function dataOf(given: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

/** Whole characters. @param most bytes of UTF-8 */
function cutTo(text: string, most: number): string {
  if (Buffer.byteLength(text) <= most) return text;
  const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  let kept = '';
  let bytes = Buffer.byteLength('…');
  for (const { segment } of segmenter.segment(text)) {
    bytes += Buffer.byteLength(segment);
    if (bytes > most) break;
    kept += segment;
  }
  return `${kept}…`;
}
