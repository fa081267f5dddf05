const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/?#"']*@/gi;
const SECRET_PARAMS = /([?&](?:[\w-]*(?:password|passwd|pass|pwd|token|secret|key|auth))=)[^&\s"'#]+/gi;

/** Replaces `user:password@` and secret query parameters in every URL of a text by `***`. */
export function redactUrls(text: string): string {
  return text.replace(CREDENTIALS, '$1***@').replace(SECRET_PARAMS, '$1***');
}
