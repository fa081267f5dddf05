import { once } from 'node:events';
import { connect } from 'node:net';
import { startApi } from '../../src/api/server.js';
import { InputError } from '../../src/errors.js';

it('closes although a connection is kept open and an answer never ends', async () => {
  const api = await startApi({
    host: '127.0.0.1',
    port: 0,
    closeMs: 50,
    app: (_req, res) => res.write('data: endless\n\n'),
  });
  const socket = connect(api.port, '127.0.0.1');
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(socket, 'data');
  const idle = connect(api.port, '127.0.0.1');
  await once(idle, 'connect');
  const ended = Promise.all([once(socket, 'close'), once(idle, 'close')]);
  await api.close();
  await ended;
  await api.close();
});

it('lets a request under way finish', async () => {
  let finish = (): void => undefined;
  const api = await startApi({
    host: '127.0.0.1',
    port: 0,
    closeMs: 60_000,
    app: (_req, res) => (finish = () => void res.end('done')),
  });
  const answer = fetch(`http://127.0.0.1:${api.port}/`);
  while (finish.toString().includes('undefined')) await new Promise(setImmediate);
  const closed = api.close();
  finish();
  expect(await (await answer).text()).toBe('done');
  await closed;
});

it('says which setting to change when it cannot listen', async () => {
  const first = await startApi({ host: '127.0.0.1', port: 0, app: () => undefined });
  await expect(startApi({ host: '127.0.0.1', port: first.port, app: () => undefined })).rejects.toThrow(
    new InputError(
      `HTTP_PORT: ${first.port} is taken on 127.0.0.1; choose another one, or 0 for any free one`,
    ),
  );
  await first.close();
  await expect(startApi({ host: '203.0.113.1', port: 0, app: () => undefined })).rejects.toThrow(
    'HTTP_HOST: 203.0.113.1',
  );
});
