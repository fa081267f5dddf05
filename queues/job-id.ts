import { InputError } from '../src/errors.js';

const MAX_LENGTH = 300;

/** Names BullMQ (and we) use beside job ids in a queue's key space: a job with such an id would overwrite them. */
const RESERVED = new Set(
  (
    'active wait waiting-children paused id delayed prioritized stalled-check completed failed stalled repeat ' +
    'limiter meta events pc marker de dn metrics outcomes cancel'
  ).split(' '),
);

/**
 * Checks an id that a caller chose. BullMQ builds keys of it and takes digits for its own numbering.
 * @throws InputError naming the queue, the id and what is wrong with it.
 */
export function checkJobId(queue: string, id: string): string {
  const wrong = problem(id);
  if (wrong)
    throw new InputError(
      `${queue}: job id "${id.slice(0, 80)}" ${wrong}; for example "${queue}-2026-11-21-a"`,
    );
  return id;
}

/**
 * Makes an id of one that a contract derived from a payload: other characters than letters, digits and -_.!~*'()
 * become %XX, so different ids stay different.
 * @throws InputError when it is empty or too long.
 */
export function encodeJobId(queue: string, derived: string): string {
  const encoded = encodeURIComponent(derived.replace(/\p{Cs}/gu, '\ufffd'));
  // Digits alone would be taken for BullMQ's numbering; %3N is never written for a digit otherwise.
  const needsMark = /^\d+$/.test(encoded) || RESERVED.has(encoded);
  const id = needsMark ? `%${encoded.charCodeAt(0).toString(16)}${encoded.slice(1)}` : encoded;
  return checkJobId(queue, id);
}

function problem(id: string): string | undefined {
  if (id === '') return 'is empty';
  if (id.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`;
  if (id.includes(':')) return 'contains ":"';
  if (/^\d+$/.test(id)) return 'consists of digits only';
  if (/[\s\p{C}]/u.test(id)) return 'contains white space or control characters';
  if (RESERVED.has(id)) return 'is a reserved word';
  return undefined;
}
