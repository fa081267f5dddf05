/**
 * A provider's text as it may be kept: errors and receipts are shown in pages and stand in the audit trail.
 * @param secrets addresses, tokens and passwords that must not be in it; shorter ones than 3 characters hide nothing
 * @returns printable characters only, at most 200
 */
export function hide(text: string, secrets: readonly (string | undefined)[]): string {
  const known = secrets
    .filter((secret) => secret !== undefined)
    .filter((secret) => secret.length > 2)
    .sort((a, b) => b.length - a.length);
  const hidden = known.reduce((left, secret) => left.replaceAll(secret, '(hidden)'), text);
  const printable = hidden.replace(/[\p{C}\s]+/gu, ' ').trim();
  // By letters: none is cut in two.
  return Array.from(printable).slice(0, 200).join('');
}
