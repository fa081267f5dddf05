/** What an acknowledge link ends with: `<number of the delivery, base 36>.<mark>`. Short, for it is paid for in SMS. */
interface AcknowledgeToken {
  readonly number: number;
  /** Beginning of the signature; 16 characters of base64url are 96 bits. */
  readonly mark: string;
}

export const MARK_LENGTH = 16;

export function writeAcknowledgeToken({ number, mark }: AcknowledgeToken): string {
  return `${number.toString(36)}.${mark.slice(0, MARK_LENGTH)}`;
}

/** @returns `undefined`: it is no such token. Whether the mark is genuine is another question. */
export function readAcknowledgeToken(token: string): AcknowledgeToken | undefined {
  const [, digits, mark] = /^([1-9a-z][0-9a-z]{0,9})\.([A-Za-z0-9_-]{16})$/.exec(token) ?? [];
  if (digits === undefined || mark === undefined) return undefined;
  const number = parseInt(digits, 36);
  return Number.isSafeInteger(number) ? { number, mark } : undefined;
}

/** What the mark of a link signs, for the purpose `acknowledge`. */
export function acknowledgeText(delivery: { readonly number: number; readonly incidentId: string }): string {
  return `${delivery.number}.${delivery.incidentId}`;
}
