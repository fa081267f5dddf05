/**
 * All that is said in a value, for searching it for what must not be there: without numbers, instants and hashes, whose
 * digits may read like anything.
 */
export function textsOf(value: unknown): string {
  const texts = JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'number' ? undefined : inner));
  return texts.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z|\b[0-9a-f]{64}\b|\d{12,}/g, '');
}
