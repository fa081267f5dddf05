import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { freePorts } from './free-port.js';

const run = promisify(execFile);
const SERVER = '/usr/sbin/mosquitto';
/** What one library or another would read in another way. */
const PASSWORD = 'mật:khẩu%7';

/** A Mosquitto broker of the test's own, in a temporary folder. Topics below `closed/` are for nobody. */
export interface TestMosquitto {
  readonly port: number;
  readonly url: string;
  /** The same, for libraries that misread it. */
  readonly login: { readonly username: string; readonly password: string };
  stop(): Promise<void>;
}

/** Why tests on Mosquitto cannot run here; `undefined`: they can. */
export const mosquittoMissing = existsSync(SERVER)
  ? undefined
  : 'no Mosquitto broker is installed (Debian: mosquitto)';

export async function startMosquitto(): Promise<TestMosquitto> {
  if (mosquittoMissing !== undefined) throw new Error(mosquittoMissing);
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-mqtt-'));
  const [port = 0] = await freePorts(1);
  const file = (name: string): string => join(folder, name);
  await writeFile(file('acl'), 'user cam\ntopic readwrite open/#\n');
  await run('mosquitto_passwd', ['-c', '-b', file('passwords'), 'cam', PASSWORD]);
  await writeFile(
    file('mosquitto.conf'),
    [
      `listener ${port} 127.0.0.1`,
      'allow_anonymous false',
      `password_file ${file('passwords')}`,
      `acl_file ${file('acl')}`,
      'log_dest stderr',
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ].join('\n'),
  );
  const server = spawn('/usr/bin/setpriv', ['--pdeathsig', 'KILL', SERVER, '-c', file('mosquitto.conf')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const stop = async (): Promise<void> => {
    await end(server);
    await rm(folder, { recursive: true, force: true });
  };
  await untilRunning(server).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    port,
    login: { username: 'cam', password: PASSWORD },
    url: `mqtt://cam:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
    stop,
  };
}

async function untilRunning({ stderr }: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (stderr === null) throw new Error('no output');
  for await (const line of createInterface(stderr)) {
    said.push(line);
    if (/mosquitto version .* running/.test(line)) {
      stderr.resume();
      return;
    }
  }
  throw new Error(`Mosquitto did not start:\n${said.join('\n')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}
