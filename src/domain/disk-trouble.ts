const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the disk is read-only',
  EIO: 'the disk fails',
  EACCES: 'the recordings folder is not writable for this user',
  EPERM: 'the recordings folder is not writable for this user',
  EEXIST: 'a recording of the very same time is there already',
};

/** What a disk that does not take a file is suffering from, for people. */
export function diskTrouble(error: unknown): string {
  const { code, message } = (typeof error === 'object' && error !== null ? error : {}) as {
    code?: unknown;
    message?: unknown;
  };
  return REASONS[String(code)] ?? `the recording cannot be written (${String(code ?? message ?? error)})`;
}
