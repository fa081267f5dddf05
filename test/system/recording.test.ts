import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createGapStore } from '../../src/io/sql/gap-store.js';
import { openDatabase } from '../../src/io/sql/open.js';
import { createRecordingIndex } from '../../src/io/sql/recording-index.js';
import type { Database } from '../../src/io/sql/schema.js';
import type { Gap, Segment } from '../../src/ports.js';
import { footageFile, RTSP_FPS, startRtsp, type RtspServer } from '../support/rtsp.js';
import { type Cli, Installation, needFreshBuild, until } from '../support/system.js';

const IDS = ['always', 'moving'] as const;
type Id = (typeof IDS)[number];
/** Little to analyse: what is read is accounted for at once, also on a busy machine. */
const ANALYSIS = { fps: 2, detect: { everyMs: 5000 } };
const SEGMENT_S = 5;
/** A killed recorder loses less than a second; the rest is how well clocks agree, ms. */
const ABOUT_MS = 2000;
/** Until both cameras are read again after the longer kill, on a machine that is not busy. */
const BACK_WITHIN_MS = 8000;

/** What was done, and when. */
interface Kill {
  readonly at: number;
  readonly backAt: number;
}

describe('two RTSP cameras are recorded', () => {
  let server: RtspServer;
  let installation: Installation;
  let database: Database;
  let movedAt: number;
  const kills: Kill[] = [];
  const rows = new Map<Id, Segment[]>();
  const gaps = new Map<Id, Gap[]>();
  let report: Coverage;
  /** A busy machine reads, writes and notes everything later: as much later as it is back. */
  const aboutMs = (): number => ABOUT_MS * slowness();
  const slowness = (): number =>
    Math.max(1, ...kills.map(({ at, backAt }) => (backAt - at) / BACK_WITHIN_MS));

  beforeAll(async () => {
    needFreshBuild();
    server = await startRtsp(IDS.map((id) => ({ path: `/${id}` })));
    server.set('/moving', 'freeze');
    installation = new Installation({
      defaults: { ...ANALYSIS, frozenAfterS: 0, motion: { heartbeatMs: 1000 } },
      cameras: [
        camera('always', { mode: 'always' }),
        camera('moving', { mode: 'motion', preRollS: 3, postRollS: 1 }),
      ],
    });
    const first = installation.run();
    await untilRead(0);
    database = await openDatabase({ dataDir: installation.data });
    movedAt = Date.now();
    server.set('/moving', 'play');
    await untilMidSegment();
    await killed(() => installation.kill9(/ sampler$/));
    await untilMidSegment();
    const key = /API key: (\S+)/.exec(first.stdout())?.[1] ?? '';
    let second: Cli | undefined;
    await killed(async () => {
      installation.killAll9();
      await installation.untilGone();
      second = installation.run();
    });
    await untilMidSegment();
    report = await covered(second!, key);
    await installation.stop();
    const all = { from: 0, to: Date.now() };
    for (const id of IDS) {
      rows.set(id, await createRecordingIndex(database).list({ cameraId: id, ...all, limit: 100 }));
      gaps.set(id, await createGapStore(database).list({ cameraId: id, ...all }));
    }
  });
  afterAll(async () => {
    await database?.close();
    await server?.stop();
    await installation?.remove();
  });

  it('every file plays, is the stream as it was sent, and is what its row says', () => {
    const sent = new Set(picturesIn(footageFile('h264')));
    for (const id of IDS) {
      const segments = rows.get(id) ?? [];
      expect(segments.map(({ path }) => path)).toEqual(filesOf(id));
      for (const segment of segments) {
        const file = join(installation.data, 'recordings', segment.path);
        const bytes = readFileSync(file);
        expect(segment).toMatchObject({ state: 'closed', bytes: bytes.length, width: 768, height: 576 });
        expect(segment.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        const { codec_name, duration } = probe(file);
        const lengthMs = segment.endAt - segment.startAt;
        expect([codec_name, lengthMs <= (SEGMENT_S + 1) * 1000]).toEqual(['h264', true]);
        // The row's times are of the capture clock, which settles while a connection is young.
        expect(Math.abs(Number(duration) * 1000 - lengthMs)).toBeLessThan(aboutMs());
        const pictures = picturesIn(file);
        expect(pictures.length).toBeGreaterThan(0);
        expect(pictures.filter((picture) => !sent.has(picture))).toEqual([]);
      }
    }
  });

  it('a kill -9, of the sampler or of everything, loses about a second, and the gap has its cause', () => {
    const segments = rows.get('always') ?? [];
    for (const { at, backAt } of kills) {
      const before = segments.filter(({ startAt }) => startAt < at).at(-1);
      const after = segments.find(({ startAt }) => startAt > at);
      expect(at - (before?.endAt ?? 0)).toBeLessThan(aboutMs());
      expect(Math.abs((after?.startAt ?? 0) - backAt)).toBeLessThan(aboutMs());
    }
    const unread = gaps
      .get('always')
      ?.filter(({ track, cause }) => [track, cause].join() === 'analysis,process');
    expect(unread).toHaveLength(kills.length);
    for (const [i, { at, backAt }] of kills.entries()) {
      expect(Math.abs((unread?.[i]?.from ?? 0) - at)).toBeLessThan(aboutMs());
      expect(Math.abs((unread?.[i]?.to ?? 0) - backAt)).toBeLessThan(aboutMs());
    }
    // Between the kills it is one recording, cut where the clock says.
    const between = segments.filter(
      ({ startAt }) => startAt > kills[0]!.backAt - aboutMs() && startAt < kills[1]!.at,
    );
    for (const [i, { startAt }] of between.entries()) {
      if (i > 0) expect(startAt - between[i - 1]!.endAt).toBeLessThanOrEqual((slowness() * 1000) / RTSP_FPS);
      if (i > 0) expect(startAt % (SEGMENT_S * 1000)).toBeLessThan(1000);
    }
  });

  it('on movement: from before it, and nothing while nothing moved', () => {
    const [first] = rows.get('moving') ?? [];
    expect(first?.why).toBe('motion');
    expect(first?.startAt).toBeLessThan(movedAt);
    expect(first?.startAt).toBeGreaterThan(movedAt - 4000 - aboutMs());
  });

  it('the API explains each frame that is missing, and the recording that is', () => {
    const [{ at, backAt }] = kills as [Kill, Kill];
    for (const { gaps: told } of [report.recording, report.analysis]) {
      const real = told.filter(({ cause }) => cause !== 'not-watched');
      expect(real[0]).toMatchObject({ cause: 'process' });
      expect(Math.abs(Date.parse(real[0]!.from) - at)).toBeLessThan(aboutMs());
      expect(Math.abs(Date.parse(real[0]!.to) - backAt)).toBeLessThan(aboutMs());
    }
    for (const { counts, expected, explainedByGaps, remainder, why } of report.hours) {
      const { captured, analysed, gated, dropped, failed } = counts;
      expect(captured).toBe(analysed + gated + dropped + failed);
      // Counted are whole hours, asked is ten seconds less.
      expect(explainedByGaps + remainder).toBe(Math.max(0, expected - captured));
      expect(why).not.toBe('unknown');
    }
  });

  const camera = (id: Id, record: object): object => ({
    ...{ id, source: server.url(`/${id}`), record: { segmentS: SEGMENT_S, ...record } },
  });

  /** All cameras are read in a pass after these. */
  const untilRead = (pass: number) =>
    Promise.all(
      IDS.map((id) =>
        until(
          `${id} to be ok`,
          () => installation.states.source(id),
          (state) => state?.status === 'ok' && state.pass > pass,
        ),
      ),
    );

  /** Each camera has been read for a while, and a second and more is in the file that is written. */
  async function untilMidSegment(): Promise<void> {
    const since = Date.now();
    const all = { from: since - 60_000, to: since + 60_000 };
    for (const cameraId of IDS) {
      await until(
        `the middle of a file of ${cameraId}`,
        async () => (await createRecordingIndex(database).list({ cameraId, ...all, limit: 99 })).at(-1),
        (segment) => segment?.state === 'open' && Date.now() > Math.max(since, segment.startAt) + 1500,
      );
      // On a busy machine what was read is analysed, and the end of the gap before it noted, later.
      await until(
        `${cameraId} to be analysed`,
        async () => (await installation.states.read(cameraId))?.cursor?.at ?? 0,
        (at) => at > since,
      );
      await until(
        `the end of the gap of ${cameraId}`,
        () => createGapStore(database).list({ cameraId, track: 'analysis', ...all }),
        (found) => found.every(({ to }) => to !== undefined),
      );
    }
  }

  async function killed(kill: () => Promise<void>): Promise<void> {
    const pass = Math.max(...(await untilRead(0)).map((state) => state?.pass ?? 0));
    const at = Date.now();
    await kill();
    await untilRead(pass);
    kills.push({ at, backAt: Date.now() });
  }

  /** What the API says when all that has happened is old enough to be said. */
  async function covered(run: Cli, key: string): Promise<Coverage> {
    const log = await until('the API', run.stderr, (said) => /API is ready/.test(said));
    const url = new URL('/api/v1/cameras/always/coverage', /"url":"(http:[^"]+)"/.exec(log)?.[1] ?? '');
    const headers = { authorization: `Bearer ${key}` };
    return until(
      'the first gap to be told',
      async () => (await (await fetch(url, { headers })).json()) as Coverage,
      ({ to }) => Date.parse(to) > kills[0]!.backAt + 1000,
    );
  }

  function filesOf(id: Id): string[] {
    const folder = join(installation.data, 'recordings', id);
    return readdirSync(folder)
      .sort()
      .flatMap((day) =>
        readdirSync(join(folder, day))
          .sort()
          .map((name) => `${id}/${day}/${name}`),
      );
  }
});

interface Track {
  readonly gaps: readonly { readonly from: string; readonly to: string; readonly cause: string }[];
}

interface Coverage {
  readonly to: string;
  readonly recording: Track;
  readonly analysis: Track;
  readonly hours: readonly {
    readonly counts: Record<'captured' | 'analysed' | 'gated' | 'dropped' | 'failed', number>;
    readonly expected: number;
    readonly explainedByGaps: number;
    readonly remainder: number;
    readonly why?: string;
  }[];
}

function probe(file: string): { codec_name: string; duration: string } {
  const show = ['-show_entries', 'stream=codec_name:format=duration', '-of', 'json', file];
  const text = execFileSync('ffprobe', ['-v', 'error', ...show], { encoding: 'utf8' });
  const { streams, format } = JSON.parse(text) as { streams: object[]; format: object };
  return { ...streams[0], ...format } as { codec_name: string; duration: string };
}

/** A hash of every picture: pictures that were encoded again would be others. */
function picturesIn(file: string): string[] {
  const args = ['-v', 'error', '-i', file, '-map', '0:v', '-vsync', 'passthrough', '-f', 'framemd5', '-'];
  return execFileSync('ffmpeg', args, { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(',').at(-1)?.trim() ?? '');
}
