import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotReadyError } from '../../../src/errors.js';
import { createLogChannel } from '../../../src/io/channels/log/log-channel.js';
import { testMessage, testRecipient } from '../../support/messages.js';
import { failureOf, runContract } from './contract.js';

const to = testRecipient({ log: true });
const never = new AbortController().signal;
let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-log-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));
const linesOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, string>);

const open = async () => {
  const path = join(folder, 'new', 'notifications.log');
  return {
    channel: createLogChannel({ path }),
    to,
    secrets: [],
    arrived: async () =>
      (await linesOf(path)).map((line) => ({ id: line['id'] ?? '', text: Object.values(line).join('\n') })),
    make: {
      throttles: async () => {
        await rm(join(folder, 'new'), { recursive: true, force: true });
        await mkdir(path, { recursive: true });
      },
    },
    connections: async () => 0,
    close: async () => undefined,
  };
};
runContract('log', open, ['refuses', 'fails', 'silence']);

it('writes a line of JSON that says who was told what of which incident', async () => {
  const path = join(folder, 'n.log');
  await createLogChannel({ path }).send(testMessage('gate-1-7+0+guard+log'), to, never);
  const [line] = await linesOf(path);
  expect(line).toMatchObject({
    id: 'gate-1-7+0+guard+log',
    incident: 'gate-1-7',
    number: 42,
    recipient: 'guard',
    title: 'Cảnh báo: có người',
  });
  expect(Date.parse(line?.['time'] ?? '')).not.toBeNaN();
  // It holds links that acknowledge.
  expect((await stat(path)).mode & 0o077).toBe(0);
});

it('goes on in a new file when logrotate has moved the old one away', async () => {
  const path = join(folder, 'n.log');
  const channel = createLogChannel({ path });
  await channel.send(testMessage('a'), to, never);
  await rename(path, `${path}.1`);
  await channel.send(testMessage('b'), to, never);
  expect((await linesOf(`${path}.1`)).map(({ id }) => id)).toEqual(['a']);
  expect((await linesOf(path)).map(({ id }) => id)).toEqual(['b']);
});

it('keeps its lines apart from one that was cut off, and from those of other processes', async () => {
  const path = join(folder, 'n.log');
  await writeFile(path, '{"cut":"of');
  const one = createLogChannel({ path });
  const other = createLogChannel({ path });
  await one.send(testMessage('first'), to, never);
  const ids = Array.from({ length: 60 }, (_, index) => `id-${index}`);
  await Promise.all(ids.map((id, index) => (index % 2 ? one : other).send(testMessage(id), to, never)));
  const [cut, ...lines] = (await readFile(path, 'utf8')).split('\n').slice(0, -1);
  expect(cut).toBe('{"cut":"of');
  expect(lines.map((line) => (JSON.parse(line) as { id: string }).id).sort()).toEqual(
    ['first', ...ids].sort(),
  );
});

it('waits, naming the file, while it cannot be written, and goes on when it can', async () => {
  const path = join(folder, 'file', 'n.log');
  await writeFile(join(folder, 'file'), 'not a folder');
  const channel = createLogChannel({ path });
  const error = await failureOf(channel.send(testMessage('a'), to, never));
  expect(error).toBeInstanceOf(NotReadyError);
  expect(error.message).toMatch(/file\/n\.log cannot be written \(E\w+\).*NOTIFY_LOG/);
  await rm(join(folder, 'file'));
  await channel.send(testMessage('a'), to, never);
  expect(await linesOf(path)).toHaveLength(1);
});
