import type { Language, Recipient, Severity } from '../domain/alerting/config.js';
import type { Incident } from '../domain/alerting/incident.js';

/** What the page behind an acknowledge link, and the answers to SMS, say. */
export interface AcknowledgeWords {
  readonly severities: Readonly<Record<Severity, string>>;
  readonly camera: string;
  readonly when: string;
  readonly alerts: string;
  readonly button: string;
  readonly buttonAll: (incidents: number) => string;
  /** What pressing the button means. */
  readonly hint: string;
  readonly also: string;
  readonly open: string;
  readonly acknowledged: (who: string, when: string) => string;
  /** @param who undefined: it is over by itself */
  readonly resolved: (who: string | undefined, when: string) => string;
  readonly expired: (when: string) => string;
  readonly badLink: string;
  readonly badLinkHint: string;
  readonly tooMany: string;
  /** Answers to SMS. */
  readonly sms: {
    readonly done: (number: number) => string;
    readonly before: (number: number, who: string, when: string) => string;
    readonly over: (number: number) => string;
    readonly unknown: (number: number) => string;
    readonly howTo: string;
  };
}

const vi: AcknowledgeWords = {
  severities: { info: 'Thông tin', warning: 'Cảnh báo', critical: 'Khẩn cấp' },
  camera: 'Camera',
  when: 'Thời gian',
  alerts: 'Số cảnh báo',
  button: 'Xác nhận đã nhận tin',
  buttonAll: (incidents) => `Xác nhận cả ${incidents} sự cố`,
  hint: 'Bấm nút để nhận xử lý; những người khác sẽ không bị gọi nữa.',
  also: 'Tin này còn gồm các sự cố:',
  open: 'Mở trong hệ thống (cần đăng nhập)',
  acknowledged: (who, when) => `${who} đã xác nhận lúc ${when}.`,
  resolved: (who, when) => `Sự cố đã kết thúc lúc ${when}${who === undefined ? '' : `, bởi ${who}`}.`,
  expired: (when) => `Sự cố đã quá hạn lúc ${when}, không thể xác nhận nữa.`,
  badLink: 'Liên kết không hợp lệ',
  badLinkHint: 'Hãy mở lại liên kết trong tin nhắn, đủ đến ký tự cuối cùng.',
  tooMany: 'Quá nhiều lần thử từ địa chỉ này. Hãy đợi vài phút.',
  sms: {
    done: (number) => `Đã xác nhận sự cố ${number}. Cảm ơn.`,
    before: (number, who, when) => `Sự cố ${number}: ${who} đã xác nhận lúc ${when}.`,
    over: (number) => `Sự cố ${number} đã kết thúc.`,
    unknown: (number) => `Không có sự cố ${number}.`,
    howTo: 'Hãy trả lời bằng số của một sự cố, ví dụ: 42',
  },
};

const en: AcknowledgeWords = {
  severities: { info: 'Information', warning: 'Warning', critical: 'Critical' },
  camera: 'Camera',
  when: 'Time',
  alerts: 'Alerts',
  button: 'Acknowledge',
  buttonAll: (incidents) => `Acknowledge all ${incidents}`,
  hint: 'Press the button to take this on; nobody else is called then.',
  also: 'The message is also about:',
  open: 'Open in the system (needs a login)',
  acknowledged: (who, when) => `Acknowledged by ${who}, ${when}.`,
  resolved: (who, when) => `This is over since ${when}${who === undefined ? '' : `, ended by ${who}`}.`,
  expired: (when) => `This expired ${when}: it cannot be acknowledged any more.`,
  badLink: 'This link is not valid',
  badLinkHint: 'Open the link in the message again, up to its last character.',
  tooMany: 'Too many tries from this address. Wait some minutes.',
  sms: {
    done: (number) => `Incident ${number} acknowledged. Thank you.`,
    before: (number, who, when) => `Incident ${number}: acknowledged by ${who}, ${when}.`,
    over: (number) => `Incident ${number} is over.`,
    unknown: (number) => `There is no incident ${number}.`,
    howTo: 'Reply with the number of one incident, for example: 42',
  },
};

export const ACKNOWLEDGE_WORDS: Readonly<Record<Language, AcknowledgeWords>> = { vi, en };

/** An instant as people of that language write it, in the site's or the recipient's zone. */
export function timeText(at: number, language: Language, timeZone: string): string {
  const locale = language === 'vi' ? 'vi-VN' : 'en-GB';
  return new Intl.DateTimeFormat(locale, { dateStyle: 'short', timeStyle: 'short', timeZone }).format(at);
}

/** A name for an actor of the audit trail: `recipient:guard by link` is the recipient's name, `person:lan` is lan. */
export function nameOf(actor: string, recipients: readonly Recipient[]): string {
  const [, id] = /^recipient:(\S+)/.exec(actor) ?? [];
  if (id !== undefined) return recipients.find((one) => one.id === id)?.name ?? id;
  return actor.replace(/^(person|key):/, '');
}

/** What has become of an incident, in one sentence; `undefined`: nobody has reacted yet. */
export function outcomeText(
  { state, acknowledged, ended }: Incident,
  language: Language,
  timeZone: string,
  recipients: readonly Recipient[],
): string | undefined {
  const words = ACKNOWLEDGE_WORDS[language];
  const when = (at: number): string => timeText(at, language, timeZone);
  if (state === 'expired' && ended) return words.expired(when(ended.at));
  if (state === 'resolved' && ended) {
    const who = ended.by === 'event' || ended.by === 'system' ? undefined : nameOf(ended.by, recipients);
    return words.resolved(who, when(ended.at));
  }
  return acknowledged && words.acknowledged(nameOf(acknowledged.by, recipients), when(acknowledged.at));
}
