/** Longest number of an incident that is looked for; longer ones are telephone numbers and the like. */
const MOST_DIGITS = 9;

/**
 * The number of the incident that a reply by SMS is about: `42`, `OK 42`, `#42`, `Đã nhận 42.`
 * @returns `undefined`: it names none, or several, and guessing would silence the wrong one
 */
export function numberIn(text: string): number | undefined {
  const runs = new Set((text.normalize('NFKC').match(/\d+/g) ?? []).map((run) => run.replace(/^0+/, '')));
  const [only, ...others] = runs;
  if (only === undefined || only === '' || others.length > 0 || only.length > MOST_DIGITS) return undefined;
  return Number(only);
}
