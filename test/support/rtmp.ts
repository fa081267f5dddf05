import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePorts } from './free-port.js';

export interface RtmpServer {
  readonly port: number;
  readonly pid: () => number;
  /** What it has said; it tells of each publication and its stream. */
  readonly said: () => string;
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops it (killed) and starts it again on the same port. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const PACKAGE = resolve(__dirname, '../../node_modules/node-media-server');

/** A real RTMP server (node-media-server) in a process of its own: it can be killed and frozen. */
export async function startRtmp(): Promise<RtmpServer> {
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-rtmp-'));
  const [port = 0] = await freePorts(1);
  let said = '';
  let child = await start();
  async function start(): Promise<ChildProcess> {
    const config = { bind: '127.0.0.1', rtmp: { port }, store: { path: folder } };
    const program = `const Server = require(${JSON.stringify(PACKAGE)});
      process.on('disconnect', () => process.exit());
      new Server(${JSON.stringify(config)}, ${JSON.stringify(join(folder, 'config.json'))}).run();`;
    const started = spawn(process.execPath, ['-e', program], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const listens = new Promise<void>((done) => {
      started.stdout?.on('data', (text: Buffer) => {
        said += text.toString();
        if (said.includes('Rtmp Server listening')) done();
      });
    });
    started.stderr?.on('data', (text: Buffer) => (said += text.toString()));
    const ended = once(started, 'exit').then(() =>
      Promise.reject(new Error(`the RTMP server ended: ${said}`)),
    );
    ended.catch(() => undefined);
    await Promise.race([listens, ended]);
    return started;
  }
  async function kill(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    if (signal === 'SIGKILL') await gone;
  }
  return {
    port,
    pid: () => child.pid ?? 0,
    said: () => said,
    kill,
    async restart() {
      await kill('SIGKILL');
      said = '';
      child = await start();
    },
    async stop() {
      await kill('SIGKILL');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
