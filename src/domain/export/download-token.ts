/** What a download link ends with: `<export>.<file>.<expiry, seconds since 1970, base 36>.<mark>`. */
export interface DownloadToken {
  readonly id: string;
  readonly file: DownloadFile;
  /** Epoch ms, a whole second. */
  readonly expiresAt: number;
  /** The whole signature: nobody types it. */
  readonly mark: string;
}

export type DownloadFile = 'clip' | 'evidence';

const LETTERS = { clip: 'c', evidence: 'e' } as const satisfies Record<DownloadFile, string>;
/** For the signer. */
export const DOWNLOAD_PURPOSE = 'download';

export function writeDownloadToken({ id, file, expiresAt, mark }: DownloadToken): string {
  return `${id}.${LETTERS[file]}.${(expiresAt / 1000).toString(36)}.${mark}`;
}

/** @returns `undefined`: it is no such token. Whether the mark is genuine is another question. */
export function readDownloadToken(token: string): DownloadToken | undefined {
  const [, id, letter, seconds, mark] =
    /^([a-z0-9-]{1,200})\.([ce])\.([0-9a-z]{1,9})\.([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  if (id === undefined || seconds === undefined || mark === undefined) return undefined;
  return { id, file: letter === 'e' ? 'evidence' : 'clip', expiresAt: parseInt(seconds, 36) * 1000, mark };
}

/**
 * What the mark signs. An export that was removed and made anew is another: links to the one before stay dead.
 * @param requestedAt of the export as it is now
 */
export function downloadText(
  { id, file, expiresAt }: Omit<DownloadToken, 'mark'>,
  requestedAt: number,
): string {
  return `${id}.${file}.${expiresAt}.${requestedAt}`;
}

/**
 * A new link to an export's file.
 * @param options.now wall clock, epoch ms; the link ends with the export at the latest
 * @returns its address below the installation's
 */
export function downloadLink(
  signer: { sign(purpose: string, text: string): string },
  one: { readonly id: string; readonly requestedAt: number; readonly expiresAt?: number },
  options: { readonly file: DownloadFile; readonly expiresInS: number; readonly now: number },
): { readonly path: string; readonly expiresAt: number } {
  const { file, expiresInS, now } = options;
  const { id, requestedAt } = one;
  const wanted = now + expiresInS * 1000;
  const expiresAt = Math.floor(Math.min(wanted, one.expiresAt ?? wanted) / 1000) * 1000;
  const mark = signer.sign(DOWNLOAD_PURPOSE, downloadText({ id, file, expiresAt }, requestedAt));
  return { path: `/d/${writeDownloadToken({ id, file, expiresAt, mark })}`, expiresAt };
}
