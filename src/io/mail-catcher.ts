import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import PostalMime from 'postal-mime';
import { SMTPServer } from 'smtp-server';

/**
 * What the server does with the next mails: 250, 550, 451, 421; `drop` breaks the connection when the mail has arrived,
 * `hang` never answers.
 */
export type Behaviour = 'accept' | 'refuse' | 'defer' | 'busy' | 'drop' | 'hang';

export interface CaughtMail {
  readonly messageId: string;
  readonly from: string;
  /** Envelope recipients. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly pictures: readonly {
    readonly cid: string;
    readonly name: string;
    readonly type: string;
    readonly bytes: Buffer;
  }[];
  readonly raw: string;
}

export interface MailCatcher {
  readonly port: number;
  /** For SMTP_URL. */
  readonly url: string;
  /** What has arrived so far, also what was then dropped or not answered; oldest first. */
  readonly mails: readonly CaughtMail[];
  /** Conversations begun so far. */
  readonly connections: () => number;
  /** Conversations going on. */
  readonly open: () => number;
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/**
 * A mail server that delivers nowhere: for the demonstration and for tests. Listens without TLS, on this machine.
 * @param options.port 0 takes any free one
 * @param options.onMail called with each mail that arrives
 * @param options.login when given, demands this user and password
 */
export async function startMailCatcher(
  options: {
    readonly host?: string;
    readonly port?: number;
    readonly onMail?: (mail: CaughtMail) => void;
    readonly login?: { readonly user: string; readonly password: string };
  } = {},
): Promise<MailCatcher> {
  const { host = '127.0.0.1', login, onMail } = options;
  const mails: CaughtMail[] = [];
  let behaviour: Behaviour = 'accept';
  let connections = 0;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', ...(login ? [] : ['AUTH'])],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onConnect: (_session, callback) => {
      connections += 1;
      callback();
    },
    onAuth: ({ username, password }, _session, callback) => {
      const known = username === login?.user && password === login?.password;
      callback(known ? null : answer(535, 'wrong user or password'), known ? { user: username } : undefined);
    },
    onRcptTo: ({ address }, _session, callback) => {
      if (behaviour === 'refuse') callback(answer(550, `<${address}>: no such mailbox`));
      else if (behaviour === 'defer') callback(answer(451, `<${address}>: try again later`));
      else if (behaviour === 'busy') callback(answer(421, 'service closing, come back later'));
      else callback();
    },
    onData: (stream, session, callback) => {
      void receive(
        stream,
        session.envelope.rcptTo.map(({ address }) => address),
      ).then((mail) => {
        mails.push(mail);
        onMail?.(mail);
        if (behaviour === 'drop') server.connections.forEach((connection) => connection._socket.destroy());
        else if (behaviour !== 'hang') callback(null, `queued as ${mails.length}`);
      }, callback);
    },
  });
  // A client that goes away in the middle is its own concern.
  server.on('error', () => undefined);
  const listening = server.listen(options.port ?? 0, host);
  await once(listening, 'listening');
  const { port } = listening.address() as { port: number };
  return {
    port,
    url: `smtp://${login ? `${encodeURIComponent(login.user)}:${encodeURIComponent(login.password)}@` : ''}${host}:${port}`,
    mails,
    connections: () => connections,
    open: () => server.connections.size,
    behave: (next) => {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.connections.forEach((connection) => connection._socket.destroy());
        server.close(resolve);
      }),
  };
}

function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

async function receive(stream: NodeJS.ReadableStream, to: string[]): Promise<CaughtMail> {
  const raw = await buffer(stream);
  const mail = await PostalMime.parse(raw);
  return {
    messageId: mail.messageId ?? '',
    from: mail.from?.address ?? '',
    to,
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html ?? '',
    headers: new Map(mail.headers.map(({ key, value }) => [key, value])),
    pictures: mail.attachments.map(({ contentId, filename, mimeType, content }) => ({
      cid: (contentId ?? '').replace(/^<|>$/g, ''),
      name: filename ?? '',
      type: mimeType,
      bytes: typeof content === 'string' ? Buffer.from(content) : Buffer.from(new Uint8Array(content)),
    })),
    raw: raw.toString('latin1'),
  };
}
