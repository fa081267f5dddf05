import { Recipient } from '../../src/domain/alerting/config.js';
import type { Message, MessageFacts, Words } from '../../src/domain/alerting/message.js';

/** Letters with two marks, letters beyond the basic plane, a joined emoji, quotes, an ampersand, a backslash. */
export const NASTY = 'Người lạ ở Cổng số 3 “Trần Phú” – đột nhập 🚨 👨‍👩‍👧 <b>&amp;</b> \\ "ướt"';

/** A message as the notification handler makes it. */
export function testMessage(
  id: string,
  given: { words?: Partial<Words>; facts?: Partial<MessageFacts>; picture?: Uint8Array } = {},
): Message {
  const incident = {
    id: 'gate-1-7',
    number: 42,
    kind: 'intrusion',
    severity: 'warning' as const,
    state: 'notified' as const,
    summary: NASTY,
    firstAt: Date.UTC(2026, 10, 21, 12, 0, 0),
    lastAt: Date.UTC(2026, 10, 21, 12, 0, 30),
    alerts: 3,
    isFlapping: false,
  };
  return {
    id,
    language: 'vi',
    threadId: incident.id,
    facts: {
      occasion: 'opened',
      site: { name: 'Bãi xe Trần Phú', timeZone: 'Asia/Ho_Chi_Minh' },
      recipient: { id: 'guard', name: 'Bảo vệ' },
      incident,
      camera: { id: 'gate-1', name: 'Cổng chính' },
      subject: 'yard',
      links: { incident: 'https://cams.example.org/incidents/42' },
      hasPicture: given.picture !== undefined,
      ...given.facts,
    },
    words: {
      subject: `[Bãi xe Trần Phú] ${NASTY}`,
      text: `${NASTY}\n`.repeat(20),
      html: `<p>Có người trong sân</p><img src="cid:snapshot.jpg">`,
      title: 'Cảnh báo: có người',
      body: NASTY,
      short: NASTY,
      ...given.words,
    },
    ...(given.picture && { picture: { name: 'snapshot.jpg', jpeg: given.picture } }),
  };
}

/** A recipient as the camera file would give it. */
export function testRecipient(addresses: Record<string, unknown>): Recipient {
  return Recipient.parse({ id: 'guard', name: 'Bảo vệ', ...addresses });
}
