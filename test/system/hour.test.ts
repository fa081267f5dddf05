import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HourAccount } from '../../src/domain/frame-account.js';
import { cli, Installation, needFreshBuild } from '../support/system.js';

/** More than an hour, so that an hour of the clock begins in it whenever it is read. */
const FILM = { minutes: 65, fps: 0.5 };
const HOUR_MS = 3_600_000;
/** Frames a second of each camera; all read the same film. */
const CAMERAS = { every: 0.5, other: 0.25 };
type Id = keyof typeof CAMERAS;
const IDS = ['every', 'other'] as const;

interface Covered {
  readonly camera: string;
  readonly analysis: {
    readonly coveredMs: number;
    readonly gaps: readonly { readonly from: string; readonly cause: string }[];
  };
  readonly hours: readonly (Omit<HourAccount, 'hourAt'> & { readonly hour: string })[];
}

describe('an hour of film, read fast', () => {
  let installation: Installation;

  beforeAll(() => {
    needFreshBuild();
    installation = new Installation({
      defaults: {
        ...{ pace: 'fast', maxWidth: 160 },
        motion: { heartbeatMs: 300_000 },
      },
      cameras: IDS.map((id) => ({ id, source: film(), fps: CAMERAS[id] })),
    });
  });
  afterAll(() => installation.remove());

  it('has every frame in its hour once and accounted for, also after kill -9 of the sampler', async () => {
    installation.run();
    const before = await Promise.all(IDS.map((id) => installation.untilCaptured(id, 100)));
    await installation.kill9(/ sampler$/);
    // It was killed in the middle.
    for (const [i, id] of IDS.entries()) expect(before[i]?.captured).toBeLessThan(framesOf(id).length);
    await Promise.all(IDS.map((id) => installation.untilStatus(id, 'finished')));

    const begun = await Promise.all(IDS.map(async (id) => (await installation.states.source(id))?.file));
    const from = Math.min(...begun.map((file) => file?.startedAt ?? NaN));
    const reports = await coverage(from, from + 2 * FILM.minutes * 60_000);
    for (const [i, id] of IDS.entries()) {
      const report = reports.find(({ camera }) => camera === id);
      const wanted = byHour(id, begun[i]?.startedAt ?? NaN);
      expect(wanted.size).toBeGreaterThan(1);
      const hours = report?.hours.filter(({ counts }) => counts.captured > 0) ?? [];
      expect(hours.map(({ hour, counts }) => [Date.parse(hour), counts.captured])).toEqual([...wanted]);
      for (const { counts, expected } of hours) {
        const { captured, analysed, gated, dropped, failed } = counts;
        expect([captured, dropped, failed]).toEqual([analysed + gated, 0, 0]);
        // A file loses nothing; where an hour cuts between two frames, one more or less is in it.
        expect(Math.abs(expected - captured)).toBeLessThanOrEqual(1);
      }
      expect(report?.analysis.coveredMs).toBe(FILM.minutes * 60_000);
      expect(report?.analysis.gaps.filter(({ cause }) => cause !== 'not-watched')).toEqual([]);
    }
  });

  async function coverage(from: number, to: number): Promise<Covered[]> {
    const span = ['--from', new Date(from).toISOString(), '--to', new Date(to).toISOString()];
    const where = ['--cameras', installation.cameraFile, '--data', installation.data];
    const { code, stdout, stderr } = await cli(['coverage', '--json', ...span, ...where]);
    expect([code, stderr]).toEqual([0, '']);
    return stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Covered);
  }
});

/** Times of the frames that a camera samples, ms of film. */
function framesOf(id: Id): number[] {
  return Array.from({ length: FILM.minutes * 60 * CAMERAS[id] }, (_, i) => (i * 1000) / CAMERAS[id]);
}

function byHour(id: Id, startedAt: number): Map<number, number> {
  const hours = new Map<number, number>();
  for (const ms of framesOf(id)) {
    const hourAt = Math.floor((startedAt + ms) / HOUR_MS) * HOUR_MS;
    hours.set(hourAt, (hours.get(hourAt) ?? 0) + 1);
  }
  return hours;
}

/** A wall that something passes every twenty minutes. Made once, kept for all runs. */
function film(): string {
  const folder = join(tmpdir(), 'camqueue-film');
  const file = join(folder, `hour-b-${FILM.minutes}-${FILM.fps}.mp4`);
  if (existsSync(file)) return file;
  mkdirSync(folder, { recursive: true });
  const color = (what: string): string[] => ['-f', 'lavfi', '-i', `color=${what}:r=${FILM.fps}`];
  const passing = `overlay=x='mod(t,1200)*20':y=50:enable='lt(mod(t,1200),8)'`;
  const coded = ['-t', `${FILM.minutes * 60}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-g', '30'];
  const part = join(folder, `${process.pid}.mp4`);
  execFileSync('ffmpeg', [
    ...['-v', 'error', '-y', ...color('gray:s=160x120'), ...color('white:s=24x40')],
    ...['-filter_complex', passing, '-pix_fmt', 'yuv420p', ...coded, part],
  ]);
  renameSync(part, file);
  return file;
}
