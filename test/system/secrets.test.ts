import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Installation, needFreshBuild, processesOf, until } from '../support/system.js';

const SECRET = 'hunter2';

describe('the password of a camera', () => {
  let installation: Installation;

  beforeAll(needFreshBuild);
  afterEach(() => installation.remove());

  it('is in no log, no file, no Redis and no answer', async () => {
    const source = `rtsp://user:${SECRET}@127.0.0.1:1/x`;
    installation = new Installation({ cameras: [{ id: 'door', source }] });
    const run = installation.run({ LOG_LEVEL: 'trace' });
    const state = await installation.untilStatus('door', 'retrying');
    // The camera is named in what is said about it, so that a missing secret means something.
    expect(state.reason).toContain('127.0.0.1:1');
    const answers = await answersOf(
      await until('the API', run.stderr, (said) => /API is ready/.test(said)),
      run.stdout(),
    );
    await until('a second try', run.stderr, (said) => said.split('"status":"retrying"').length > 1);

    const commands = processesOf(installation.folder).map(({ command }) => command);
    const texts: Record<string, string> = {
      'process list': commands.join('\n'),
      stdout: run.stdout(),
      stderr: run.stderr(),
      ...answers,
    };
    for (const name of ['jobs', 'frames'])
      texts[`${name} Redis`] = dump(
        join(installation.data, `redis/${name}.sock`),
        join(installation.folder, name),
      );
    await installation.stop();
    for (const name of filesUnder(installation.data)) texts[name] = readFileSync(name, 'latin1');

    expect(texts['GET /api/v1/cameras']).toContain('door');
    expect(texts['jobs Redis']).toContain('127.0.0.1:1');
    expect(Object.keys(texts).filter((name) => name.endsWith('.sqlite') || name.endsWith('.db'))).not.toEqual(
      [],
    );
    expect(Object.keys(texts).filter((name) => texts[name]!.includes(SECRET))).toEqual([]);
  });
});

async function answersOf(log: string, stdout: string): Promise<Record<string, string>> {
  const url = /"url":"(http:[^"]+)"/.exec(log)?.[1] ?? '';
  const key = /API key: (\S+)/.exec(stdout)?.[1] ?? '';
  const answers: Record<string, string> = {};
  for (const path of [
    '/api/v1/cameras',
    '/api/v1/cameras/door',
    '/api/v1/events',
    '/api/v1/queues',
    '/metrics',
    '/',
  ]) {
    const response = await fetch(new URL(path, url), { headers: { authorization: `Bearer ${key}` } });
    answers[`GET ${path}`] = await response.text();
  }
  return answers;
}

/** Everything a Redis holds, uncompressed, as it would write it to disk. */
function dump(socket: string, target: string): string {
  const redis = (...args: string[]): unknown =>
    execFileSync('redis-cli', ['-s', socket, ...args], { stdio: 'pipe' });
  redis('CONFIG', 'SET', 'rdbcompression', 'no');
  redis('--rdb', target);
  return readFileSync(target, 'latin1');
}

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}
