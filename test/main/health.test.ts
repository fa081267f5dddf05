import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type Server } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Redis } from 'ioredis';
import type { NetworkSpec } from '../../models/network.js';
import { nanodetG416 } from '../../models/nanodet-g-416/model.js';
import { openQueues } from '../../queues/open-queues.js';
import { done } from '../../jobs/define.js';
import { CameraFile } from '../../src/domain/camera.js';
import { PermanentError } from '../../src/errors.js';
import { createCameras } from '../../src/io/camera-file.js';
import { createRedisCameraStates } from '../../src/io/redis/camera-states.js';
import { createRestreamStatuses } from '../../src/io/redis/restream-status.js';
import { connectRedis, untilReady } from '../../src/io/redis/connection.js';
import { openDatabase } from '../../src/io/sql/open.js';
import type { Database } from '../../src/io/sql/schema.js';
import { openStorage } from '../../src/io/storage/open-storage.js';
import { createCameraStore } from '../../src/io/sql/camera-store.js';
import { openCameraCatalogue } from '../../src/main/camera-catalogue.js';
import { createHealthProbes } from '../../src/main/health/probes.js';
import { type ProbeNeeds, systemProbes } from '../../src/main/health/system-probes.js';
import type { HealthFinding } from '../../src/ports.js';
import { describeWithPostgres, startPostgres } from '../support/postgres.js';
import { startTestRedis, type TestRedis } from '../support/redis.js';
import { openBench, silentLog, testContract, testEntry, type Bench } from '../support/test-queue.js';

const work = testContract({ name: 'work', attempts: 1 });
const idle = testContract({ name: 'idle' });
const MODEL = 'these are weights';
const network: NetworkSpec = {
  ...nanodetG416,
  ...{ name: 'nanodet-g-416', file: 'net.onnx', sha256: createHash('sha256').update(MODEL).digest('hex') },
};

let jobs: TestRedis;
let frames: TestRedis;
let database: Database;
let folder: string;
let bench: Bench;
let connections: Redis[];
beforeAll(async () => {
  [jobs, frames] = await Promise.all([startTestRedis({ aof: true }), startTestRedis()]);
});
afterAll(() => Promise.all([jobs.stop(), frames.stop()]));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-look-'));
  await writeFile(join(folder, 'net.onnx'), MODEL);
  database = await openDatabase({ dataDir: folder });
  bench = openBench(jobs.address);
  connections = [connectRedis(jobs.address, 'jobs'), connectRedis(frames.address, 'frames')];
  await untilReady(connections[0] as Redis, 'jobs', 5000);
});
afterEach(async () => {
  connections.forEach((connection) => connection.disconnect());
  await bench.close();
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

interface Given extends Partial<Omit<ProbeNeeds, 'config'>> {
  readonly cameras?: readonly object[];
  readonly config?: Partial<ProbeNeeds['config']>;
}

function open({ cameras = [{ id: 'gate-1', source: 'rtsp://10.0.0.5/main' }], config, ...rest }: Given = {}) {
  const [jobsRedis, framesRedis] = connections as [Redis, Redis];
  const states = createRedisCameraStates(jobsRedis, bench.prefix);
  const probes = systemProbes({
    config: {
      ...{ DATA_DIR: folder, RECORDINGS_DIR: join(folder, 'not/yet/there'), DISK_MIN_FREE_MB: 1 },
      ...{ MODELS_DIR: folder, SMTP_URL: undefined, REDIS_URL: undefined, FRAME_REDIS_URL: undefined },
      ...config,
    },
    ports: { cameras: createCameras(CameraFile.parse({ cameras })), states },
    catalogue: { problem: () => undefined },
    registry: { work: { contract: work } },
    networks: [network],
    inspector: bench.inspector,
    jobsRedis: () => jobsRedis,
    framesRedis: () => framesRedis,
    database: async () => database,
    storages: {},
    restreams: () => createRestreamStatuses(jobsRedis, bench.prefix),
    ...rest,
  });
  const look = async (): Promise<Map<string, HealthFinding>> => {
    const found = await probes.look(new AbortController().signal);
    expect(new Set(found.map(({ subject }) => subject)).size).toBe(found.length);
    return new Map(found.map((finding) => [finding.subject, finding]));
  };
  return { look, states };
}

const live = (now: number) => ({
  ...{ status: 'ok' as const, since: now - 60_000, pass: 1, lastFrameAt: now, beatAt: now },
  ...{ sampler: 'host:1', fps: 5, quality: { decodeErrorsPerMin: 0, sourceFps: 25, latencyMs: 80 } },
});

it('finds a whole installation well, each thing under its name', async () => {
  const { look, states } = open();
  await states.putSource('gate-1', live(Date.now()));
  await bench.consume(testEntry(work, async () => done()));
  const found = await look();
  expect(Object.fromEntries([...found].map(([subject, { state }]) => [subject, state]))).toEqual({
    ...{ 'camera/gate-1': 'ok', 'stream/gate-1': 'ok', sampler: 'ok', 'disk/data': 'ok' },
    'camera-file': 'ok',
    // The test's server has no maxmemory.
    ...{ 'redis/jobs': 'ok', 'redis/frames': 'warn', sql: 'ok', clock: 'ok' },
    ...{ 'queue/work': 'ok', 'worker/work': 'ok', 'model/nanodet-g-416': 'ok' },
  });
  expect(found.get('worker/work')?.measures).toEqual({ count: 1 });
  expect(found.get('redis/jobs')?.measures).toMatchObject({ isAofOn: true, policy: 'noeviction' });
});

it('looks at the storages that are configured, by the names of their settings', async () => {
  const good = () => openStorage(join(folder, 'cold'), 'COLD_URL');
  const away = await openStorage(join(folder, 'away'), 'BACKUP_URL');
  await away.check();
  await rm(join(folder, 'away'), { recursive: true });
  // Nothing listens there.
  const s3 = () => openStorage('s3+http://KEY:SESAME@127.0.0.1:9/pictures', 'STORAGE_URL');
  const { look } = open({ storages: { STORAGE_URL: s3, COLD_URL: good, BACKUP_URL: async () => away } });
  const found = await look();
  expect(found.get('storage/COLD_URL')).toMatchObject({ state: 'ok' });
  expect(await readdir(join(folder, 'cold'))).toEqual([]);
  expect(found.get('storage/STORAGE_URL')).toMatchObject({ state: 'fail' });
  expect(found.get('storage/STORAGE_URL')?.detail).toMatch(
    /^STORAGE_URL: storage 127\.0\.0\.1:9\/pictures cannot be/,
  );
  expect(found.get('storage/BACKUP_URL')?.detail).toMatch(/^BACKUP_URL: .*is gone/);
  expect(JSON.stringify([...found])).not.toContain('SESAME');
});

describe('cameras', () => {
  it('a state that went silent is no signal, and nobody reads the cameras', async () => {
    const { look, states } = open();
    const now = Date.now();
    await states.putSource('gate-1', { ...live(now), beatAt: now - 20_000, lastFrameAt: now - 20_000 });
    const found = await look();
    expect(found.get('camera/gate-1')).toMatchObject({ state: 'fail', since: now - 20_000 });
    expect(found.get('camera/gate-1')?.detail).toContain('no signal for 20 s');
    expect(found.get('sampler')?.state).toBe('fail');
    expect(found.has('stream/gate-1')).toBe(false);
  });

  it('frozen, switched off, and a stream that drops frames', async () => {
    const { look, states } = open({
      cameras: ['frozen', 'off', 'behind'].map((id) => ({
        id,
        source: 'rtsp://10.0.0.5/',
        enabled: id !== 'off',
      })),
    });
    const now = Date.now();
    await states.putSource('frozen', { ...live(now), status: 'frozen' });
    await states.putSource('behind', live(now));
    const { epoch } = await states.begin('behind');
    const commit = (captured: number, dropped: number, more: number) => {
      const counts = { captured, analysed: captured - dropped, gated: 0, dropped, failed: 0 };
      const cursor = { pass: 1, seq: captured, gated: 0, frame: captured, at: now };
      const counted = { captured: 100, analysed: 100 - more, gated: 0, dropped: more, failed: 0 };
      const scene = { version: 1 } as never;
      return states.commit('behind', epoch, { cursor, scene, counts }, counted);
    };
    await commit(100, 0, 0);
    expect((await look()).get('stream/behind')?.measures['droppedShare']).toBe(0);
    await commit(200, 30, 30);
    const found = await look();
    expect(found.get('stream/behind')).toMatchObject({ state: 'warn', measures: { droppedShare: 0.3 } });
    expect(found.get('camera/frozen')).toMatchObject({ state: 'fail', since: now - 60_000 });
    expect(found.get('camera/off')).toMatchObject({ state: 'ok', measures: { isOff: true } });
  });
});

describe('the camera file', () => {
  it('with mistakes is a warning that says them, without the secrets in them', async () => {
    const path = join(folder, 'cameras.yaml');
    await writeFile(path, 'cameras: [ { id: a, source: "rtsp://10.0.0.5/" } ]');
    const store = createCameraStore(database, 'k'.repeat(32));
    const options = { path, store, env: {}, log: silentLog, pollMs: 20 };
    const catalogue = await openCameraCatalogue(options);
    try {
      const found = async () => (await open({ catalogue }).look()).get('camera-file');
      expect((await found())?.state).toBe('ok');
      await writeFile(path, 'cameras: [ { id: a, source: "rtsp://u:s3cret@10.0.0.5/", fsp: 5 } ]');
      while (catalogue.problem() === undefined) await delay(20);
      expect(await found()).toMatchObject({ state: 'warn' });
      expect((await found())?.detail).toMatch(/the camera file has mistakes and is not in force.*fsp/s);
      expect((await found())?.detail).not.toContain('s3cret');
    } finally {
      await catalogue.close();
    }
  });
});

describe('stores', () => {
  it('a Redis that was stopped is a finding with its reason; the others are heard; and it comes back', async () => {
    const { look } = open();
    await look();
    await frames.kill();
    try {
      const found = await look();
      expect(found.get('redis/frames')).toMatchObject({ state: 'fail', measures: {} });
      expect(found.get('redis/frames')?.detail).toMatch(/Redis for frames/);
      expect(found.get('redis/jobs')?.state).toBe('ok');
      expect(found.get('model/nanodet-g-416')?.state).toBe('ok');
    } finally {
      await frames.restart();
    }
    expect((await look()).get('redis/frames')?.state).toBe('warn');
  });

  it('a jobs Redis that hangs makes blind what lies in it, in bounded time, and nothing else', async () => {
    const { look } = open({ withinMs: 300 });
    await look();
    process.kill(jobs.pid, 'SIGSTOP');
    try {
      const found = await look();
      expect(found.get('redis/jobs')).toMatchObject({ state: 'fail', detail: 'no answer within 0.3 s' });
      expect(found.get('probe/cameras')?.measures).toEqual({ kinds: 'camera stream sampler' });
      expect(found.get('probe/queues')?.state).toBe('fail');
      expect([found.get('sql')?.state, found.get('disk/data')?.state]).toEqual(['ok', 'ok']);
    } finally {
      process.kill(jobs.pid, 'SIGCONT');
    }
  });

  it('a Redis set to throw jobs away, and one without room', async () => {
    const { look } = open();
    const [redis] = connections as [Redis];
    try {
      await redis.config('SET', 'maxmemory-policy', 'allkeys-lru');
      expect((await look()).get('redis/jobs')).toMatchObject({
        state: 'fail',
        measures: { policy: 'allkeys-lru' },
      });
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
      await redis.config('SET', 'maxmemory', '1048576');
      expect((await look()).get('redis/jobs')?.detail).toContain('raise maxmemory');
    } finally {
      await redis.config('SET', 'maxmemory', '0');
      await redis.config('SET', 'maxmemory-policy', 'noeviction');
    }
  });

  it('a disk with less room than is wanted', async () => {
    const found = await open({ config: { DISK_MIN_FREE_MB: 1e9 } }).look();
    expect(found.get('disk/data')).toMatchObject({ state: 'fail' });
    expect(found.get('disk/data')?.detail).toContain('DISK_MIN_FREE_MB');
  });

  it('a database that is gone', async () => {
    const gone = await openDatabase({ dataDir: join(folder, 'gone') });
    await gone.close();
    expect((await open({ database: async () => gone }).look()).get('sql')?.state).toBe('fail');
  });
});

describeWithPostgres('PostgreSQL', () => {
  it('is asked for its clock, and missed when it was stopped', async () => {
    const server = await startPostgres();
    const remote = await openDatabase({ databaseUrl: await server.freshDatabase(), dataDir: folder });
    try {
      const { look } = open({ database: async () => remote });
      const found = await look();
      expect(Math.abs(Number(found.get('clock')?.measures['databaseOffsetMs']))).toBeLessThan(2000);
      await server.stop();
      expect((await look()).get('sql')).toMatchObject({ state: 'fail' });
    } finally {
      await remote.close();
      await server.stop();
    }
  });
});

describe('queues', () => {
  it('a full queue, an old job, a failed job, no worker', async () => {
    const { look } = open({ registry: { work: { contract: work }, idle: { contract: idle } } });
    const queues = openQueues({ address: jobs.address, prefix: bench.prefix, log: silentLog });
    await untilReady(queues.connection, 'jobs', 5000);
    const jobsOf = (count: number, timestamp: number) =>
      Array.from({ length: count }, () => ({ name: 'idle', data: {}, opts: { timestamp } }));
    await queues.queue('idle').addBulk(jobsOf(1000, Date.now()));
    expect((await look()).get('queue/idle')).toMatchObject({ state: 'warn', measures: { waiting: 1000 } });
    await queues.queue('idle').obliterate();
    await queues.queue('idle').addBulk(jobsOf(1, Date.now() - 3_600_000));
    const stuck = (await look()).get('queue/idle');
    expect(stuck?.state).toBe('fail');
    expect(stuck?.detail).toContain('camqueue worker idle');
    await queues.close();

    const consumer = await bench.consume(
      testEntry(work, async () => {
        throw new PermanentError('broken');
      }),
    );
    await bench.runJob(work);
    const found = await look();
    expect(found.get('queue/work')).toMatchObject({ state: 'warn', measures: { failedLately: 1 } });
    expect([found.get('worker/work')?.state, found.get('worker/idle')?.state]).toEqual(['ok', 'fail']);
    await consumer.close();
    expect((await look()).get('worker/work')).toMatchObject({ state: 'fail', measures: { count: 0 } });
  });
});

describe('model files', () => {
  it('missing, back again, changed without a change of size, and unknown', async () => {
    const { look } = open({
      cameras: [
        { id: 'a', source: 'a.mp4' },
        { id: 'b', source: 'b.mp4', detect: { network: 'nobody-knows' } },
        { id: 'c', source: 'c.mp4', detect: { network: 'nobody-asks' }, enabled: false },
      ],
    });
    const path = join(folder, 'net.onnx');
    const model = async () => (await look()).get('model/nanodet-g-416');
    expect((await model())?.state).toBe('ok');
    await rm(path);
    expect(await model()).toMatchObject({
      state: 'fail',
      detail: expect.stringContaining('is missing') as string,
    });
    await writeFile(path, MODEL);
    expect((await model())?.state).toBe('ok');
    await writeFile(path, MODEL.replace('weights', 'Weights'));
    await utimes(path, new Date(), new Date(1));
    expect((await model())?.detail).toContain('not the file its card describes');
    const found = await look();
    expect(found.get('model/nobody-knows')?.state).toBe('fail');
    expect(found.has('model/nobody-asks')).toBe(false);
    expect(found.has('model/ppocr-v4-recognition')).toBe(false);
  });

  it('those that read plates count when a camera has plates', async () => {
    const camera = { id: 'a', source: 'a.mp4', plates: {} };
    const found = await open({ cameras: [camera] }).look();
    for (const part of ['detection', 'recognition'])
      expect(found.get(`model/ppocr-v4-${part}`)).toMatchObject({
        state: 'fail',
        detail: expect.stringMatching(/is missing: run scripts\/fetch-models\.sh$/) as string,
      });
    const off = await open({ cameras: [{ ...camera, plates: { enabled: false } }] }).look();
    expect(off.has('model/ppocr-v4-detection')).toBe(false);
  });
});

describe('certificates', () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));
  const serve = async (days: number): Promise<number> => {
    const [key, cert] = [join(folder, `${days}.key`), join(folder, `${days}.crt`)];
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=cam',
    ];
    await promisify(execFile)('openssl', [...args, '-days', String(days), '-keyout', key, '-out', cert]);
    const server = createServer({ key: await readFile(key), cert: await readFile(cert) });
    // Our look ends the connection as soon as it knows.
    server
      .on('tlsClientError', () => undefined)
      .on('secureConnection', (socket) => socket.on('error', () => undefined));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };

  it('of configured hosts: the end is seen, a host that is away keeps what it showed, one never seen is no news', async () => {
    const [soon, later] = [await serve(5), await serve(20)];
    let now = Date.now();
    const { look } = open({
      cameras: [
        { id: 'a', source: `https://user:geheim@127.0.0.1:${soon}/mjpeg` },
        { id: 'b', source: 'https://127.0.0.1:1/mjpeg' },
        { id: 'c', source: `https://localhost:${later}/`, enabled: false },
      ],
      config: { SMTP_URL: `smtps://user:geheim@localhost:${later}` },
      now: () => now,
    });
    const found = await look();
    expect(found.get(`certificate/127.0.0.1:${soon}`)).toMatchObject({
      state: 'fail',
      measures: { daysLeft: 4 },
    });
    expect(found.get(`certificate/localhost:${later}`)).toMatchObject({
      state: 'warn',
      measures: { daysLeft: 19 },
    });
    expect(found.get('certificate/127.0.0.1:1')).toMatchObject({ state: 'warn', measures: {} });
    expect(JSON.stringify([...found])).not.toContain('geheim');
    servers.splice(0).forEach((server) => server.close());
    now += 2 * 86_400_000;
    expect((await look()).get(`certificate/127.0.0.1:${soon}`)?.measures['daysLeft']).toBe(2);
  });
});

describe('probes', () => {
  const finding = (subject: string): HealthFinding => ({ subject, state: 'ok', detail: '', measures: {} });
  it('one that throws and one that hangs are findings, and the others are heard', async () => {
    const hanging: AbortSignal[] = [];
    const probes = createHealthProbes(
      [
        { name: 'good', kinds: ['good'], look: async () => [finding('good/1'), finding('good/2')] },
        {
          name: 'bad',
          kinds: ['a', 'b'],
          look: async () => Promise.reject(new Error('at https://u:geheim@h/')),
        },
        {
          name: 'hung',
          kinds: ['c'],
          look: (signal) => (hanging.push(signal), new Promise(() => undefined)),
        },
      ],
      { withinMs: 50 },
    );
    const found = await probes.look(new AbortController().signal);
    expect(found.map(({ subject, state }) => [subject, state])).toEqual([
      ['good/1', 'ok'],
      ['good/2', 'ok'],
      ['probe/bad', 'fail'],
      ['probe/hung', 'fail'],
    ]);
    expect(found[2]?.detail).toBe('bad could not be looked at: at https://***@h/');
    expect(hanging[0]?.aborted).toBe(true);
  });

  it('told to stop, a look ends at once without blaming anybody', async () => {
    const stop = new AbortController();
    const probes = createHealthProbes([
      { name: 'hung', kinds: [], look: () => new Promise(() => undefined) },
    ]);
    const looking = probes.look(stop.signal);
    stop.abort(new Error(`stop ${randomUUID()}`));
    await expect(looking).rejects.toThrow('stop');
  });
});
