import { clock } from './view.js';

/** `2026-11-21 16:20:05`. @param timeZone IANA name */
export function moment(at: number, timeZone: string): string {
  return `${new Intl.DateTimeFormat('en-CA', { timeZone }).format(at)} ${clock(at, timeZone)}`;
}
