/**
 * What fits into an SMS. Characters are counted as 3GPP TS 23.038 (GSM 7-bit default alphabet with its extension table)
 * and 23.040 (parts of a long message carry a header of 6 bytes) say: 160 septets in one part or 153 in each of several;
 * with one character outside the alphabet, as in most Vietnamese text, 70 UTF-16 units or 67.
 */

/** 3GPP TS 23.038, 6.2.1: each one septet. */
const BASIC = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
/** 3GPP TS 23.038, 6.2.1.1: each two septets, an escape and the character. */
const EXTENSION = new Set('\f^{}\\[~]|€');

const GSM7 = { one: 160, part: 153 };
const UCS2 = { one: 70, part: 67 };

/** `auto`: where that saves a segment. */
export type PlainSms = 'auto' | 'always' | 'never';

export interface SmsText {
  readonly text: string;
  readonly segments: number;
}

/** Whether all of it is in the alphabet of 160 characters an SMS. */
export function isGsm7(text: string): boolean {
  return Array.from(text).every((char) => BASIC.has(char) || EXTENSION.has(char));
}

/** How many SMS a text is paid as, at least 1. A character of two units is never split between parts. */
export function smsSegments(text: string): number {
  const chars = Array.from(text);
  const isPlain = isGsm7(text);
  const { one, part } = isPlain ? GSM7 : UCS2;
  const widths = chars.map((char) => (isPlain ? (EXTENSION.has(char) ? 2 : 1) : char.length));
  if (widths.reduce((sum, width) => sum + width, 0) <= one) return 1;
  let parts = 1;
  let used = 0;
  for (const width of widths) {
    if (used + width > part) {
      parts += 1;
      used = 0;
    }
    used += width;
  }
  return parts;
}

/** Marks of Vietnamese letters: grave, acute, circumflex, tilde, breve, hook above, horn, dot below. */
const MARKS = /([aeiouyAEIOUY])[\u0300-\u0303\u0306\u0309\u031b\u0323]+/g;
const PUNCTUATION: Readonly<Record<string, string>> = {
  '–': '-',
  '—': '-',
  '−': '-',
  '→': '->',
  '‘': "'",
  '’': "'",
  '“': '"',
  '”': '"',
  '„': '"',
  '«': '"',
  '»': '"',
  '…': '...',
  '•': '*',
  '·': '-',
  '×': 'x',
  '`': "'",
};

/** Vietnamese letters without their marks (đ becomes d), typographic signs as a typewriter has them. */
export function withoutMarks(text: string): string {
  return text
    .normalize('NFD')
    .replace(MARKS, '$1')
    .normalize('NFC')
    .replace(/đ/g, 'd')
    .replace(/Đ/g, 'D')
    .replace(/[\u00a0\u2000-\u200a\u202f]/g, ' ')
    .replace(/[–—−→‘’“”„«»…•·×`]/g, (sign) => PUNCTUATION[sign] ?? sign);
}

/**
 * A text that fits. What is too long loses the end of its words before the part that must arrive: from the sentence or
 * line with the first of `keep` to the end. Where even that part is too long, only the kept strings are left, as many as
 * fit, first come first.
 * @param keep links and codes that must arrive whole or not at all, the most important first; the last place each stands
 * at counts. What is not in the text is of no interest
 * @param options.maxSegments at least 1
 */
export function fitSms(
  text: string,
  keep: readonly string[],
  options: { readonly maxSegments: number; readonly plain: PlainSms },
): SmsText {
  const { maxSegments, plain } = options;
  const marked = tidy(text).normalize('NFC');
  const bare = withoutMarks(marked);
  const isBare =
    plain === 'always' || (plain === 'auto' && smsSegments(bare) < smsSegments(marked) && marked !== bare);
  const whole = isBare ? bare : marked;
  const kept = keep.map((one) => (isBare ? withoutMarks(tidy(one)) : tidy(one))).filter((one) => one !== '');
  const fitted = smsSegments(whole) <= maxSegments ? whole : shortened(whole, kept, maxSegments);
  return { text: fitted, segments: smsSegments(fitted) };
}

/** Control characters have no place in an SMS; line breaks do. */
function tidy(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/[^\P{Cc}\n]/gu, ' ')
    .trim();
}

function shortened(text: string, keep: readonly string[], maxSegments: number): string {
  // Where one of them stands so early that nothing is left to shorten, the least important gives way.
  for (let count = keep.length; count >= Math.min(1, keep.length); count -= 1) {
    const from = tailStart(text, keep.slice(0, count));
    const fitted = withTail(text.slice(0, from), text.slice(from), maxSegments);
    if (fitted !== undefined) return fitted;
  }
  return onlyKept(text, keep, maxSegments);
}

/** The words shortened, the tail whole. `undefined`: there is no room for any words. */
function withTail(words: string, tail: string, maxSegments: number): string | undefined {
  const head = Array.from(words.trimEnd());
  const gap = tail === '' ? '' : (/\s$/.exec(words)?.[0] ?? ' ');
  const cut = (length: number): string => {
    const start = toWordEnd(head, length);
    return `${start}${isGsm7(start + tail) ? '...' : '…'}${gap}${tail}`;
  };
  const length = longest(head.length, (count) => smsSegments(cut(count)) <= maxSegments);
  return length > 0 ? cut(length) : undefined;
}

/** Beginning of the line or sentence that holds the first of the kept strings; the end of the text where there is none. */
function tailStart(text: string, keep: readonly string[]): number {
  const first = Math.min(text.length, ...keep.map((one) => lastPlace(text, one, keep)));
  if (first === text.length) return first;
  const ends = Array.from(text.slice(0, first).matchAll(/\n|[.!?;](?=\s)/g), (end) => end.index + 1);
  const start = ends.at(-1) ?? first;
  return start + (/^\s*/.exec(text.slice(start, first))?.[0].length ?? 0);
}

/** Where it stands last as a word of its own: the number that people reply is also in links. */
function lastPlace(text: string, one: string, keep: readonly string[]): number {
  const blanked = keep
    .filter((other) => other.length > one.length && other.includes(one))
    .reduce((left, other) => left.replaceAll(other, '\0'.repeat(other.length)), text);
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}#])${escaped(one)}(?![\\p{L}\\p{N}])`, 'gu');
  return Array.from(blanked.matchAll(pattern), (match) => match.index).at(-1) ?? text.length;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** The greatest count in 0..most that fits, where less always fits when more does. */
function longest(most: number, fits: (count: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Cuts at the end of a word if one is near, never within an address, nor between a letter and its mark. */
function toWordEnd(chars: readonly string[], length: number): string {
  if (length >= chars.length) return chars.join('');
  let end = length;
  while (end > 0 && /^[\p{M}\u200d]/u.test(chars[end] ?? '')) end -= 1;
  const words = chars.slice(0, end).join('');
  if (/\s/.test(chars[end] ?? ' ')) return trimmed(words);
  const word = /\S*$/.exec(words)?.[0] ?? '';
  const isNear = word.length <= 15 && word.length < words.length;
  return trimmed(isNear || /^https?:/i.test(word) ? words.slice(0, words.length - word.length) : words);
}

function trimmed(words: string): string {
  return words.replace(/[\s,;:.–-]+$/u, '');
}

function onlyKept(text: string, keep: readonly string[], maxSegments: number): string {
  const fitting = keep
    .filter((one) => text.includes(one))
    .reduce<string[]>(
      (taken, one) => (smsSegments([...taken, one].join(' ')) <= maxSegments ? [...taken, one] : taken),
      [],
    );
  if (fitting.length > 0) return fitting.join(' ');
  return withTail(text, '', maxSegments) ?? '';
}
