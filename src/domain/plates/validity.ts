const DATE = /^(\d{4})-(\d{2})-(\d{2})$/;
const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * When something begins or ends to hold, as people write it: a moment with its zone, or a day of the site's calendar,
 * of which the whole day counts.
 * @param edge `to`: the answer is the first moment that no longer counts
 * @param timeZone IANA name, for days
 * @returns epoch ms; `undefined`: it is no such time
 */
export function parseMoment(text: string, edge: 'from' | 'to', timeZone: string): number | undefined {
  if (TIME.test(text)) {
    const at = Date.parse(text);
    return Number.isNaN(at) || !isDay(text.slice(0, 10)) ? undefined : at;
  }
  if (!isDay(text)) return undefined;
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
  return midnightOf(Date.UTC(year, month - 1, day + (edge === 'to' ? 1 : 0)), timeZone);
}

export const MOMENT_HINT = 'write 2026-11-21 or 2026-11-21T08:30:00+07:00';

/** 31 February is none. */
function isDay(text: string): boolean {
  const match = DATE.exec(text);
  if (!match) return false;
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === text;
}

/** Long lists name the same few days again and again, and asking a calendar is slow. */
const midnights = new Map<string, number>();
const MOST_MIDNIGHTS = 2000;

function midnightOf(utc: number, timeZone: string): number {
  const key = `${timeZone} ${utc}`;
  const known = midnights.get(key);
  if (known !== undefined) return known;
  if (midnights.size >= MOST_MIDNIGHTS) midnights.clear();
  const at = midnight(utc, timeZone);
  midnights.set(key, at);
  return at;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit' },
      ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** The moment a zone's clock shows what a clock in UTC shows at `utc`; twice, because the first guess may be across a change of clocks. */
function midnight(utc: number, timeZone: string): number {
  const first = utc - offsetMs(utc, timeZone);
  return utc - offsetMs(first, timeZone);
}

function offsetMs(at: number, timeZone: string): number {
  const parts = formatOf(timeZone).formatToParts(at);
  const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
  const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
  return shown - Math.floor(at / 1000) * 1000;
}
