import type { LanguagePack, TimeParts } from './language-pack.js';

/** `16:20:05, Thứ Bảy 21/11/2026 (GMT+7)`; for messages that are read later, elsewhere. @param at epoch ms */
export function longTime(at: number, timeZone: string, pack: LanguagePack): string {
  return `${pack.longTime(partsOf(at, timeZone, pack))} (${offsetOf(at, timeZone)})`;
}

/** `16:20 21/11`. @param withOffset where the reader's zone is not the site's */
export function shortTime(at: number, timeZone: string, pack: LanguagePack, withOffset = false): string {
  const text = pack.shortTime(partsOf(at, timeZone, pack));
  return withOffset ? `${text} (${offsetOf(at, timeZone)})` : text;
}

function partsOf(at: number, timeZone: string, { locale }: LanguagePack): TimeParts {
  const format = new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: locale.startsWith('vi') ? 'long' : 'short',
    day: 'numeric',
    month: locale.startsWith('vi') ? 'numeric' : 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  return parts as unknown as TimeParts;
}

function offsetOf(at: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' });
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}
