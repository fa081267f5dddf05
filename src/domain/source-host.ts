/**
 * `scheme://user:password@host:port/…`, of the host only what every reader of URLs understands in the same way, and
 * nothing behind it that one of them might take for credentials.
 */
const ADDRESS =
  /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?@]*@)?(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?(?:\/.*|\?[^@]*)?$/i;

/**
 * The host that a stream's address names, in lower case and without brackets. Strict on purpose: where two readers of
 * URLs could see two hosts (backslashes, blanks, `#`, escapes) there is none.
 * @returns `undefined` when the source is no such address
 */
export function hostOf(source: string): string | undefined {
  if (/[\\\s#]/.test(source)) return undefined;
  return ADDRESS.exec(source)?.[1]
    ?.replace(/^\[|\]$/g, '')
    .toLowerCase();
}
