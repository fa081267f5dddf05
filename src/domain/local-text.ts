const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock on the wall shows: `2026-11-22 08:00:00`. @param timeZone IANA name */
export function localText(at: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    // Swedes write dates as ISO 8601 does.
    format = new Intl.DateTimeFormat('sv-SE-u-ca-iso8601-nu-latn', {
      ...{ timeZone, dateStyle: 'short', timeStyle: 'medium' },
    });
    formats.set(timeZone, format);
  }
  return format.format(at);
}

/** How far a zone's clock was from UTC at a moment: `+0700`, `-0330`, `+0000`. @param timeZone IANA name */
export function offsetText(at: number, timeZone: string): string {
  const wall = Date.parse(`${localText(at, timeZone).replace(' ', 'T')}Z`);
  const minutes = Math.round((wall - Math.floor(at / 1000) * 1000) / 60_000);
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `${minutes < 0 ? '-' : '+'}${String(hours).padStart(2, '0')}${String(rest).padStart(2, '0')}`;
}
