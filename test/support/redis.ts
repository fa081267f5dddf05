import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestRedis {
  /** A unix socket in a temporary folder: no port to collide on. */
  readonly address: { readonly path: string };
  /** Process id of the server now running. */
  readonly pid: number;
  /** SIGKILL, as the kernel or a power cut would; returns when it is gone. Data in the append-only file stays. */
  kill(): Promise<void>;
  /** The same as `kill`. */
  kill9(): Promise<void>;
  /** Starts the server again on the same socket and folder (killing it first when it runs). */
  restart(): Promise<void>;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

export interface TestRedisOptions {
  /** Append-only file; every write is in it before its reply, as with the embedded server. Default false: nothing is written to disk. */
  readonly aof?: boolean;
  /** Default noeviction. */
  readonly maxmemoryPolicy?: string;
}

/** Starts a real redis-server for one test file. Call `stop` in afterAll. */
export async function startTestRedis(options: TestRedisOptions = {}): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-redis-'));
  const path = join(folder, 'redis.sock');
  const args = [
    ...['--port', '0', '--unixsocket', path, '--dir', folder, '--save', '', '--loglevel', 'warning'],
    ...['--appendonly', options.aof ? 'yes' : 'no', '--appendfsync', 'no'],
    ...['--maxmemory-policy', options.maxmemoryPolicy ?? 'noeviction'],
  ];
  let child = await start(args, path);
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    address: { path },
    get pid() {
      return child.pid ?? 0;
    },
    kill,
    kill9: kill,
    async restart() {
      await kill();
      child = await start(args, path);
    },
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(args: string[], path: string): Promise<ChildProcess> {
  // A socket left behind by a killed server would only refuse connections; a fresh one is a sign of life.
  await rm(path, { force: true });
  const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  let failure: Error | undefined;
  child.once('error', (error) => (failure = error));
  for (let attempt = 0; attempt < 2400; attempt++) {
    if (failure) throw new Error(`redis-server could not be started: ${failure.message}`);
    if (child.exitCode !== null) throw new Error(`redis-server ended with ${child.exitCode}: ${output}`);
    if (await answersPing(path)) return child;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  child.kill('SIGKILL');
  throw new Error(`redis-server did not answer within 60 s: ${output}`);
}

/** True once the server has loaded its data (it answers -LOADING before that). */
function answersPing(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once('error', () => end(false));
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')));
  });
}
