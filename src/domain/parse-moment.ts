import { dayOf, instantsOf } from './local-time.js';

/**
 * A moment as people write it: ISO 8601 with a zone, or the clock of the site without one (`2026-11-22T08:00`, also with
 * seconds, also with a blank between). Where a clock is put back over it, the first time that it shows this.
 * @param timeZone IANA name, of the site
 * @returns epoch ms; `undefined`: it is no moment
 */
export function parseMoment(text: string, timeZone: string): number | undefined {
  const [, date, hour, minute, seconds = '0', zone] =
    /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d(?:\.\d{1,3})?))?)?(Z|[+-]\d\d:?\d\d)?$/.exec(
      text.trim(),
    ) ?? [];
  if (date === undefined || Number.isNaN(Date.parse(`${date}T00:00:00Z`))) return undefined;
  if (new Date(`${date}T00:00:00Z`).toISOString().slice(0, 10) !== date) return undefined;
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(seconds) >= 60) return undefined;
  const [h, m, ms] = [Number(hour ?? 0), Number(minute ?? 0), Math.round(Number(seconds) * 1000)];
  if (zone === undefined) return instantsOf({ day: dayOf(date), minute: h * 60 + m }, timeZone)[0]! + ms;
  const [, sign, zh = '0', zm = '0'] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? [];
  const offset = (sign === '-' ? -1 : 1) * (Number(zh) * 60 + Number(zm));
  return Date.parse(`${date}T00:00:00Z`) + (h * 60 + m - (zone === 'Z' ? 0 : offset)) * 60_000 + ms;
}
