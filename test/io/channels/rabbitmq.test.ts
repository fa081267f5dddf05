import { randomUUID } from 'node:crypto';
import { type ChannelModel, connect } from 'amqplib';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import { createRabbitmqChannel } from '../../../src/io/channels/rabbitmq/rabbitmq-channel.js';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.js';
import { NASTY, testMessage, testRecipient } from '../../support/messages.js';
import { rabbitmqMissing, startRabbitmq, type TestRabbitmq } from '../../support/rabbitmq.js';
import { failureOf, runContract, until } from './contract.js';

const describeWithRabbitmq = rabbitmqMissing === undefined ? describe : describe.skip;
if (rabbitmqMissing !== undefined) process.stderr.write(`tests on RabbitMQ skipped: ${rabbitmqMissing}\n`);

describeWithRabbitmq('rabbitmq', () => {
  const never = new AbortController().signal;
  let server: TestRabbitmq;
  let observer: ChannelModel;
  let proxy: FaultProxy;
  const channels: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    server = await startRabbitmq();
    observer = await connect({ hostname: '127.0.0.1', port: server.port, ...server.login });
    observer.on('error', () => undefined);
    proxy = await startFaultProxy(server.port);
  });
  afterAll(async () => {
    await proxy?.close();
    await observer?.close();
    await server?.stop();
  });
  afterEach(async () => {
    proxy.heal();
    await Promise.all(channels.splice(0).map((channel) => channel.close()));
  });

  const throughProxy = (): string => server.url.replace(`:${server.port}`, `:${proxy.port}`);
  const channelFor = (url: string, timeoutMs = 10_000) => {
    const channel = createRabbitmqChannel({ url, timeoutMs });
    channels.push(channel);
    return channel;
  };

  /** An exchange of a test's own, with a queue bound to `alerts`, and what has come to it. */
  async function prepare(queueArguments: Record<string, unknown> = {}) {
    const side = await observer.createChannel();
    const exchange = `cams-${randomUUID()}`;
    await side.assertExchange(exchange, 'direct', { durable: true });
    const { queue } = await side.assertQueue('', { durable: true, arguments: queueArguments });
    await side.bindQueue(queue, exchange, 'alerts');
    return {
      to: testRecipient({ rabbitmq: { exchange, routingKey: 'alerts' } }),
      exchange,
      read: async (count: number) => {
        await until(async () => (await side.checkQueue(queue)).messageCount >= count);
        const all = Array.from({ length: count }, () => side.get(queue, { noAck: true }));
        return (await Promise.all(all)).filter((one) => one !== false);
      },
      end: () => side.close(),
    };
  }

  runContract(
    'rabbitmq',
    async ({ timeoutMs, silentPort }) => {
      const prepared = await prepare();
      const port = silentPort ?? proxy.port;
      return {
        channel: createRabbitmqChannel({ url: server.url.replace(`:${server.port}`, `:${port}`), timeoutMs }),
        to: prepared.to,
        secrets: [new URL(server.url).password, 'mật:khẩu'],
        arrived: async (count) =>
          (await prepared.read(count)).map(({ properties, content }) => {
            const document = JSON.parse(content.toString()) as { id: string; text: string };
            expect(document.id).toBe(properties.messageId);
            return { id: document.id, text: document.text };
          }),
        make: {
          refuses: async () => testRecipient({ rabbitmq: { exchange: 'not-there' } }),
          fails: async () => {
            const full = await prepare({ 'x-max-length': 0, 'x-overflow': 'reject-publish' });
            await full.end();
            return full.to;
          },
          throttles: async () => undefined,
        },
        connections: async () => proxy.connections,
        close: prepared.end,
      };
    },
    ['throttles'],
  );

  it('publishes persistent JSON without an address, by which a program can act', async () => {
    const { to, read, end } = await prepare();
    const receipt = await channelFor(server.url).send(testMessage('gate-1-7+0+guard+rabbitmq'), to, never);
    expect(receipt.detail).toMatch(/taken by exchange/);
    const [message] = await read(1);
    expect(message?.properties).toMatchObject({
      messageId: 'gate-1-7+0+guard+rabbitmq',
      contentType: 'application/json',
      deliveryMode: 2,
    });
    expect(JSON.parse(message?.content.toString() ?? '')).toMatchObject({
      id: 'gate-1-7+0+guard+rabbitmq',
      occasion: 'opened',
      recipient: 'guard',
      text: NASTY,
      incident: { number: 42, severity: 'warning', firstAt: '2026-11-21T12:00:00.000Z' },
      camera: { id: 'gate-1', name: 'Cổng chính' },
    });
    await end();
  });

  it('names the exchange that is missing, and the one where nothing is bound to the routing key', async () => {
    const { to, exchange, read, end } = await prepare();
    const channel = channelFor(server.url);
    const elsewhere = testRecipient({ rabbitmq: { exchange, routingKey: 'nobody' } });
    // At once: what the broker refuses of one message is not held against the other.
    const nowhere = testRecipient({ rabbitmq: { exchange: 'not-there' } });
    const [missing, unbound] = await Promise.all([
      failureOf(channel.send(testMessage('a'), nowhere, never)),
      failureOf(channel.send(testMessage('b'), elsewhere, never)),
      channel.send(testMessage('c'), to, never),
    ]);
    expect(missing).toBeInstanceOf(PermanentError);
    expect(missing.message).toContain('there is no exchange "not-there"');
    expect(unbound).toBeInstanceOf(PermanentError);
    expect(unbound.message).toContain(`no queue takes it at exchange "${exchange}"`);
    expect(await read(1)).toHaveLength(1);
    await end();
  });

  it('says that nothing left while there is no broker, and connects again when there is one', async () => {
    const { to, read, end } = await prepare();
    const channel = channelFor(throughProxy());
    await channel.send(testMessage('a'), to, never);
    proxy.cut();
    const error = await failureOf(channel.send(testMessage('b'), to, never));
    expect(error).not.toBeInstanceOf(PermanentError);
    expect(error.notSent).toBe(true);
    proxy.heal();
    await channel.send(testMessage('b'), to, never);
    expect((await read(2)).map(({ properties }) => properties.messageId as string)).toEqual(['a', 'b']);
    await end();
  });

  it('does not claim that nothing left when the broker falls silent, and takes a new connection', async () => {
    const { to, read, end } = await prepare();
    const channel = channelFor(throughProxy(), 3000);
    await channel.send(testMessage('a'), to, never);
    proxy.hang();
    const error = await failureOf(channel.send(testMessage('b'), to, never));
    expect(error.message).toMatch(/no answer within 3000 ms/);
    proxy.heal();
    await channel.send(testMessage('c'), to, never);
    expect((await read(2)).map(({ properties }) => properties.messageId as string)).toEqual(['a', 'c']);
    await end();
  });

  it('waits, naming RABBITMQ_URL, while it may not come in or may not write', async () => {
    const { to, end } = await prepare();
    const wrong = await failureOf(
      channelFor(server.url.replace(/:[^:@]+@/, ':sai-mat-khau@')).send(testMessage('a'), to, never),
    );
    const nowhere = await failureOf(channelFor(`${server.url}/not-there`).send(testMessage('a'), to, never));
    const reader = await failureOf(channelFor(server.readerUrl).send(testMessage('a'), to, never));
    expect([wrong, nowhere, reader].map(({ message }) => message)).toEqual(
      Array(3).fill(expect.stringMatching(/refuses access.*RABBITMQ_URL/)),
    );
    for (const error of [wrong, nowhere, reader]) {
      expect(error).toBeInstanceOf(NotReadyError);
      expect(error.notSent).toBe(true);
    }
    expect(wrong.message).not.toContain('sai-mat-khau');
    await end();
  });

  // Last: it takes the broker a while to come back to itself.
  it('waits while the broker has run out of disk', async () => {
    const { to, read, end } = await prepare();
    const channel = channelFor(server.url, 4000);
    await channel.send(testMessage('a'), to, never);
    await server.control('set_disk_free_limit', '900000GB');
    // The broker says so when it is sent something, and may take that later; from then on nothing is sent.
    const first = await failureOf(channel.send(testMessage('b'), to, never));
    expect(first).toBeInstanceOf(NotReadyError);
    expect(first.message).toMatch(/takes no messages \(low on disk\)/);
    expect(first.notSent).toBeUndefined();
    const second = await failureOf(channel.send(testMessage('c'), to, never));
    expect(second).toBeInstanceOf(NotReadyError);
    expect(second.notSent).toBe(true);
    await server.control('set_disk_free_limit', '1MB');
    const isSent = () =>
      channel.send(testMessage('d'), to, never).then(
        () => true,
        () => false,
      );
    await until(isSent);
    const ids = (await read(3)).map(({ properties }) => properties.messageId as string);
    expect(ids).toEqual(['a', 'b', 'd']);
    await end();
  });
});
