import type { Language } from '../../alerting/config.js';
import { localTimeOf } from '../../local-time.js';
import type { FlowReport } from '../report.js';

/** Numbers and times as people of a language write them. */
export interface Format {
  /** @param digits after the mark */
  readonly number: (value: number, digits?: number) => string;
  /** As short as can be, for axes: `120K`. */
  readonly tick: (value: number) => string;
  /** @param share 0..1 */
  readonly percent: (share: number) => string;
  /** With its sign: `+12 %`. */
  readonly change: (share: number) => string;
  /** `14:00` */
  readonly clock: (at: number) => string;
  /** `Saturday, 21 November 2026` */
  readonly day: (at: number) => string;
  /** `21/11` */
  readonly date: (at: number) => string;
  /** `Sat 21/11` */
  readonly shortDay: (at: number) => string;
  readonly moment: (at: number) => string;
  /** What a report is of: a day, days, hours of a day. */
  readonly window: (report: Pick<FlowReport, 'from' | 'to'>) => string;
  /** `GMT+7`; `GMT+2 → GMT+1` where the clock is changed within the window. */
  readonly zone: (report: Pick<FlowReport, 'from' | 'to'>) => string;
}

const LOCALES = { vi: 'vi-VN', en: 'en-GB' } as const satisfies Record<Language, string>;
const HALF_DAY_MS = 43_200_000;

const formats = new Map<string, Format>();

/** @param timeZone IANA name */
export function formatOf(language: Language, timeZone: string): Format {
  const key = `${language} ${timeZone}`;
  const known = formats.get(key) ?? newFormat(language, timeZone);
  formats.set(key, known);
  return known;
}

function newFormat(language: Language, timeZone: string): Format {
  const locale = LOCALES[language];
  const dates = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone, ...options });
  const [time, full] = [
    dates({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    dates({ dateStyle: 'full' }),
  ];
  const short = dates({ weekday: 'short', day: 'numeric', month: 'numeric' });
  const date = dates({ day: 'numeric', month: 'numeric' });
  const both = dates({ dateStyle: 'short', timeStyle: 'short' });
  const long = new Intl.NumberFormat(locale, { notation: 'compact' });
  const percents = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
  const changes = new Intl.NumberFormat(locale, {
    ...{ style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' },
  });
  const numbers = [0, 1].map(
    (digits) =>
      new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  );
  const offset = (at: number): string =>
    new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
  return {
    number: (value, digits = 0) => (numbers[digits] ?? numbers[1]!).format(value),
    tick: (value) => (value < 10_000 ? numbers[0]! : long).format(value),
    percent: (share) => percents.format(share),
    change: (share) => changes.format(share),
    clock: (at) => time.format(at),
    day: (at) => full.format(at),
    date: (at) => date.format(at),
    shortDay: (at) => short.format(at),
    moment: (at) => both.format(at),
    window: ({ from, to }) => {
      const last = to - 1;
      if (full.format(from) !== full.format(last)) return full.formatRange(from, last);
      // A day of 23 to 25 hours; anything shorter says its hours.
      if (to - from > HALF_DAY_MS && time.format(from) === time.format(to)) return full.format(from);
      return `${full.format(from)}, ${time.format(from)}–${time.format(to)}`;
    },
    zone: ({ from, to }) => [...new Set([offset(from), offset(to - 1)])].join(' → '),
  };
}

/** `2026-11-21T14:00:00+07:00`: ISO 8601 as the clock on the wall shows it. */
export function localIso(at: number, timeZone: string): string {
  const { day, minute } = localTimeOf(at, timeZone);
  const wall = day * 86_400_000 + minute * 60_000;
  const offset = Math.round((wall - at) / 60_000);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const [sign, size] = [offset < 0 ? '-' : '+', Math.abs(offset)];
  return `${new Date(at + offset * 60_000).toISOString().slice(0, 19)}${sign}${two(size / 60)}:${two(size % 60)}`;
}
