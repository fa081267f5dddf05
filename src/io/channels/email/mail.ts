import type { SendMailOptions } from 'nodemailer';
import type { Message } from '../../../domain/alerting/message.js';

/**
 * A message as e-mail. Mail programs show the messages of an incident as one conversation: those after the first name a
 * parent that was never sent and is the same for all, as no message can know which of the others reached this mailbox.
 * @param from sender, `Name <address>`; its domain stands in the ids
 */
export function mailOf(message: Message, from: string, to: string) {
  const { id, threadId, facts, words, picture } = message;
  const domain = domainOf(from);
  const thread = `<${idText(threadId)}.thread@${domain}>`;
  return {
    messageId: messageIdOf(id, from),
    references: thread,
    ...(facts.occasion !== 'opened' && { inReplyTo: thread }),
    from,
    to,
    subject: words.subject,
    text: words.text,
    html: words.html,
    // Filters of mail programs go by it (RFC 2919).
    list: { id: { url: `alerts.${domain}`, comment: facts.site.name } },
    headers: ROBOT_HEADERS,
    ...(facts.incident.severity === 'critical' && { priority: 'high' as const }),
    attachments: picture
      ? [
          {
            filename: picture.name,
            content: Buffer.from(picture.jpeg),
            contentType: 'image/jpeg',
            cid: 'snapshot.jpg',
            contentDisposition: 'inline' as const,
          },
        ]
      : [],
  } satisfies SendMailOptions;
}

/** Out-of-office robots must not answer (RFC 3834). */
export const ROBOT_HEADERS = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' };

/** The same mail has the same id: mail programs and people see a second copy for what it is. */
export function messageIdOf(id: string, from: string): string {
  return `<${idText(id)}@${domainOf(from)}>`;
}

export function domainOf(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
}

function idText(id: string): string {
  return id.replace(/[^A-Za-z0-9_.+-]/g, '_');
}
