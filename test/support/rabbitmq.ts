import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePorts } from './free-port.js';

/** A RabbitMQ server of the test's own: temporary folder, free ports, a name and an epmd of its own. */
export interface TestRabbitmq {
  readonly port: number;
  /** May do everything in vhost `/`. */
  readonly url: string;
  /** The same, for libraries that misread it. */
  readonly login: { readonly username: string; readonly password: string };
  /** May do everything but write to exchanges. */
  readonly readerUrl: string;
  /** What `rabbitmqctl` does; takes seconds, as it is a virtual machine of its own. */
  control(...args: string[]): Promise<void>;
  stop(): Promise<void>;
}

const scripts = findScripts();

/** Why tests on RabbitMQ cannot run here; `undefined`: they can. */
export const rabbitmqMissing =
  scripts === undefined ? 'no RabbitMQ server is installed (Debian: rabbitmq-server)' : undefined;

/** What one library or another would read in another way. */
const PASSWORD = 'mật:khẩu%7';
const rights = (user: string, write: string) => ({ user, vhost: '/', configure: '.*', write, read: '.*' });
const DEFINITIONS = {
  users: ['writer', 'reader'].map((name) => ({ name, password: PASSWORD, tags: '' })),
  vhosts: [{ name: '/' }],
  // An exchange is bound by those who may read it, and a queue by those who may write to it.
  permissions: [rights('writer', '.*'), rights('reader', '^amq\\.gen')],
};

/** Takes 5-10 s (Erlang): one for each test file that needs it. */
export async function startRabbitmq(): Promise<TestRabbitmq> {
  if (scripts === undefined) throw new Error(rabbitmqMissing);
  const folder = await mkdtemp(join(tmpdir(), 'camqueue-rabbit-'));
  const [port = 0, distribution = 0, names = 0] = await freePorts(3);
  const definitions = join(folder, 'definitions.json');
  await writeFile(definitions, JSON.stringify(DEFINITIONS));
  await writeFile(
    join(folder, 'rabbitmq.conf'),
    [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      `load_definitions = ${definitions}`,
      'log.console.level = info',
    ].join('\n'),
  );
  const env = {
    ...process.env,
    HOME: folder,
    ERL_EPMD_PORT: String(names),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_NODENAME: `camqueue-${randomBytes(4).toString('hex')}@localhost`,
    RABBITMQ_DIST_PORT: String(distribution),
    RABBITMQ_MNESIA_BASE: folder,
    RABBITMQ_LOG_BASE: folder,
    RABBITMQ_LOGS: '-',
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    RABBITMQ_FEATURE_FLAGS_FILE: join(folder, 'flags'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 1:1',
    // The process that we start is the server itself.
    RUNNING_UNDER_SYSTEMD: '1',
  };
  const epmd = guarded('epmd', ['-port', String(names), '-address', '127.0.0.1'], env);
  epmd.stdout?.resume();
  const server = guarded(join(scripts, 'rabbitmq-server'), [], env);
  const stop = async (): Promise<void> => {
    for (const child of [server, epmd]) await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  await untilStarted(server).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  const urlOf = (user: string): string => `amqp://${user}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`;
  return {
    port,
    url: urlOf('writer'),
    login: { username: 'writer', password: PASSWORD },
    readerUrl: urlOf('reader'),
    control: async (...args) => {
      const child = guarded(join(scripts, 'rabbitmqctl'), args, env);
      child.stdout?.resume();
      const [code] = (await once(child, 'exit')) as [number];
      if (code !== 0) throw new Error(`rabbitmqctl ${args.join(' ')} ended with ${code}`);
    },
    stop,
  };
}

/** Should the test process be killed, the kernel ends these too. */
function guarded(command: string, args: string[], env: NodeJS.ProcessEnv): ChildProcess {
  const has = existsSync('/usr/bin/setpriv');
  return spawn(has ? '/usr/bin/setpriv' : command, has ? ['--pdeathsig', 'KILL', command, ...args] : args, {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

async function untilStarted(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (server.stdout === null) throw new Error('no output');
  for await (const line of createInterface(server.stdout)) {
    said.push(line);
    if (line.includes('Server startup complete')) {
      server.stdout.resume();
      return;
    }
  }
  throw new Error(`RabbitMQ did not start:\n${said.slice(-30).join('\n')}`);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

function findScripts(): string | undefined {
  const debian = '/usr/lib/rabbitmq/lib';
  const versions = existsSync(debian) ? readdirSync(debian).sort() : [];
  return versions
    .map((version) => `${debian}/${version}/sbin`)
    .find((folder) => existsSync(`${folder}/rabbitmq-server`));
}
