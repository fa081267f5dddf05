import { type EventEmitter, once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from 's3rver';
import { freePorts } from './free-port.js';

/** The one key that s3rver knows. */
const KEY = 'S3RVER';
const BUCKET = 'pictures';

/**
 * A server that speaks S3 (npm s3rver) on 127.0.0.1; aborting an upload in parts is added to it. What it cannot do: keep
 * an object as it was while a single PUT of it breaks off, list unfinished uploads, give a listing in pages, and refuse
 * bytes whose MD5 or SHA-256 is another. Those are tested on answers written by hand (s3-answers.test.ts).
 */
export interface S3 {
  readonly port: number;
  /** `s3+http://…` of its bucket. */
  address(options?: { key?: string; secret?: string; bucket?: string; path?: string; port?: number }): string;
  /** Uploads in parts that were begun and neither completed nor aborted. */
  unfinished(): Promise<number>;
  /** Ends its connections and stops listening, as when it is killed; what it has on its disk stays. */
  stop(): Promise<void>;
  /** On the same port, with what it had. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export async function startS3(): Promise<S3> {
  const directory = await mkdtemp(join(tmpdir(), 'camqueue-s3-'));
  await mkdir(join(directory, BUCKET));
  const uploads = join(directory, BUCKET, '._S3rver_uploads');
  const [port = 0] = await freePorts(1);
  let server: Server | undefined;
  const s3: S3 = {
    port,
    address: ({ key = KEY, secret = KEY, bucket = BUCKET, path = '', port: through = port } = {}) =>
      `s3+http://${key}:${secret}@127.0.0.1:${through}/${bucket}${path}`,
    unfinished: async () => (await readdir(uploads).catch(() => [])).length,
    start: async () => {
      server = serve(directory, uploads).listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    stop: async () => {
      if (!server?.listening) return;
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    close: async () => {
      await s3.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  await s3.start();
  return s3;
}

function serve(directory: string, uploads: string): Server {
  const rver = new S3rver({ silent: true, directory, serviceEndpoint: '127.0.0.1', vhostBuckets: false });
  // What breaks in the middle is what is tested; it is not said on the terminal.
  (rver as unknown as EventEmitter).on('error', () => undefined);
  const answer = rver.callback();
  return createServer((request, response) => {
    const upload = /[?&]uploadId=([0-9a-f]+)/.exec(request.url ?? '')?.[1];
    if (request.method !== 'DELETE' || upload === undefined) return answer(request, response);
    const removed = rm(join(uploads, upload), { recursive: true, force: true });
    void removed.finally(() => response.writeHead(204).end());
  });
}
