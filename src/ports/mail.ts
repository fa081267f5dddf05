import type { Receipt } from '../domain/alerting/message.js';

/** A mail that is no message about an incident. */
export interface Mail {
  /** Says what it is; becomes the Message-ID, so that the same mail sent twice is seen to be the same. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly attachments: readonly {
    readonly name: string;
    /** For example `text/csv`. */
    readonly type: string;
    readonly text: string;
  }[];
}

export interface Mailer {
  /** Set: no mail can be sent; names what is missing. */
  readonly off?: string;
  /**
   * @throws PermanentError when the server refuses the mail for good, NotReadyError when it is to be tried later; no error
   * names an address.
   */
  send(mail: Mail, signal: AbortSignal): Promise<Receipt>;
  /** Closes connections. */
  close(): Promise<void>;
}

export interface CsvWriter {
  /** @param rows the names of the columns first */
  write(rows: readonly (readonly string[])[]): string;
}
