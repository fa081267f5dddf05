import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { connectAsync, type MqttClient } from 'mqtt';
import { generate, parser } from 'mqtt-packet';
import { NotReadyError, PermanentError } from '../../../src/errors.js';
import { createMqttChannel } from '../../../src/io/channels/mqtt/mqtt-channel.js';
import { type FaultProxy, startFaultProxy } from '../../support/fault-proxy.js';
import { NASTY, testMessage, testRecipient } from '../../support/messages.js';
import { mosquittoMissing, startMosquitto, type TestMosquitto } from '../../support/mosquitto.js';
import { failureOf, runContract, until } from './contract.js';

const describeWithMosquitto = mosquittoMissing === undefined ? describe : describe.skip;
if (mosquittoMissing !== undefined) process.stderr.write(`tests on MQTT skipped: ${mosquittoMissing}\n`);

const never = new AbortController().signal;
const to = testRecipient({ mqtt: { topic: 'open/alerts' } });
const channels: { close(): Promise<void> }[] = [];
const channelFor = (url: string, timeoutMs = 10_000) => {
  const channel = createMqttChannel({ url, timeoutMs });
  channels.push(channel);
  return channel;
};
afterEach(async () => {
  await Promise.all(channels.splice(0).map((channel) => channel.close()));
});

interface Seen {
  readonly document: Record<string, unknown>;
  readonly userId: unknown;
  readonly qos: number;
}

describeWithMosquitto('mqtt', () => {
  let server: TestMosquitto;
  let proxy: FaultProxy;
  let reader: MqttClient;
  let seen: Seen[];
  beforeAll(async () => {
    server = await startMosquitto();
    proxy = await startFaultProxy(server.port);
    reader = await connectAsync(`mqtt://127.0.0.1:${server.port}`, { ...server.login, protocolVersion: 5 });
    await reader.subscribeAsync('open/alerts', { qos: 1 });
    reader.on('message', (_topic, payload, packet) => {
      seen.push({
        document: JSON.parse(payload.toString()) as Record<string, unknown>,
        userId: packet.properties?.userProperties?.['id'],
        qos: packet.qos,
      });
    });
  });
  afterAll(async () => {
    await reader?.endAsync();
    await proxy?.close();
    await server?.stop();
  });
  beforeEach(() => {
    seen = [];
  });
  afterEach(() => proxy.heal());
  const throughProxy = (): string => server.url.replace(`:${server.port}`, `:${proxy.port}`);

  runContract('mqtt', async ({ timeoutMs, silentPort }) => ({
    channel: createMqttChannel({
      url: server.url.replace(`:${server.port}`, `:${silentPort ?? proxy.port}`),
      timeoutMs,
    }),
    to,
    secrets: ['open/alerts', 'open/deserted', 'closed/alerts', new URL(server.url).password, 'mật:khẩu'],
    arrived: async (count) => {
      await until(async () => seen.length >= count);
      return seen.map(({ document, userId }) => {
        expect(document['id']).toBe(userId);
        return { id: String(userId), text: String(document['text']) };
      });
    },
    make: {
      refuses: async () => testRecipient({ mqtt: { topic: 'open/deserted' } }),
      throttles: async () => testRecipient({ mqtt: { topic: 'closed/alerts' } }),
      fails: async () => proxy.cut(),
    },
    connections: async () => proxy.connections,
    close: async () => undefined,
  }));

  it('publishes JSON by which a program can act, to be delivered at least once', async () => {
    await channelFor(server.url).send(testMessage('gate-1-7+0+guard+mqtt'), to, never);
    await until(async () => seen.length === 1);
    expect(seen[0]).toMatchObject({
      qos: 1,
      userId: 'gate-1-7+0+guard+mqtt',
      document: { occasion: 'opened', text: NASTY, incident: { number: 42 }, recipient: 'guard' },
    });
  });

  it('tells what nobody is subscribed to from what may not be written', async () => {
    const channel = channelFor(server.url);
    const [deserted, closed] = await Promise.all([
      failureOf(channel.send(testMessage('a'), testRecipient({ mqtt: { topic: 'open/deserted' } }), never)),
      failureOf(channel.send(testMessage('b'), testRecipient({ mqtt: { topic: 'closed/alerts' } }), never)),
      channel.send(testMessage('c'), to, never),
    ]);
    expect(deserted).toBeInstanceOf(PermanentError);
    expect(deserted.message).toMatch(/nobody is subscribed/);
    expect(closed).toBeInstanceOf(NotReadyError);
    expect(closed.message).toMatch(/Not authorized.*MQTT_URL/);
  });

  it('says that nothing left while there is no broker, and connects again when there is one', async () => {
    const channel = channelFor(throughProxy());
    await channel.send(testMessage('a'), to, never);
    proxy.cut();
    await until(async () => proxy.connections === 0);
    const error = await failureOf(channel.send(testMessage('b'), to, never));
    expect(error.notSent).toBe(true);
    proxy.heal();
    await channel.send(testMessage('b'), to, never);
    await until(async () => seen.length === 2);
    expect(seen.map(({ userId }) => userId)).toEqual(['a', 'b']);
  });

  it('does not claim that nothing left when the broker falls silent, and takes a new connection', async () => {
    const channel = channelFor(throughProxy(), 3000);
    await channel.send(testMessage('a'), to, never);
    proxy.hang();
    const error = await failureOf(channel.send(testMessage('b'), to, never));
    expect(error).toMatchObject({ notSent: false, message: 'MQTT: no answer within 3000 ms' });
    proxy.heal();
    await channel.send(testMessage('c'), to, never);
    await until(async () => seen.length === 2);
    expect(seen.map(({ userId }) => userId)).toEqual(['a', 'c']);
  });

  it('waits, naming MQTT_URL, while user or password are wrong', async () => {
    const url = server.url.replace(/:[^:@]+@/, ':sai-mat-khau@');
    const error = await failureOf(channelFor(url).send(testMessage('a'), to, never));
    expect(error).toBeInstanceOf(NotReadyError);
    expect(error.message).toMatch(/MQTT_URL/);
    expect(error.message).not.toContain('sai-mat-khau');
  });
});

let broker: Server | undefined;
afterEach(() => broker?.close());
it('speaks MQTT 3.1.1 to a broker that knows no other', async () => {
  const published: string[] = [];
  broker = createServer((socket) => {
    const packets = parser();
    socket.on('data', (bytes) => packets.parse(bytes));
    socket.on('error', () => undefined);
    packets.on('packet', (packet) => {
      if (packet.cmd === 'connect' && packet.protocolVersion !== 4)
        socket.end(generate({ cmd: 'connack', returnCode: 1, sessionPresent: false }));
      else if (packet.cmd === 'connect')
        socket.write(generate({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
      else if (packet.cmd === 'publish') {
        published.push((JSON.parse(packet.payload.toString()) as { id: string }).id);
        socket.write(generate({ cmd: 'puback', messageId: packet.messageId ?? 0 }));
      }
    });
  }).listen(0, '127.0.0.1');
  await once(broker, 'listening');
  const channel = channelFor(`mqtt://127.0.0.1:${(broker.address() as AddressInfo).port}`);
  await channel.send(testMessage('a'), to, never);
  await channel.send(testMessage('b'), to, never);
  expect(published).toEqual(['a', 'b']);
});
