/** User and password of a server's URL. */
export interface Login {
  /** The URL without them. */
  readonly address: string;
  /** Absent: the URL names none. */
  readonly user?: { readonly name: string; readonly password: string };
  /** What must not be shown, in each way it could be written. */
  readonly secrets: readonly string[];
}

/** Libraries differ in what they make of `:` and of letters beyond ASCII in a URL's password: here they are read once. */
export function loginOf(given: string): Login {
  const url = new URL(given);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const user = { name: plain(username), password: plain(password) };
  return {
    address: url.href,
    ...((username !== '' || password !== '') && { user }),
    secrets: [given, password, user.password],
  };
}

function plain(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a bare % that begins no escape
  }
}
