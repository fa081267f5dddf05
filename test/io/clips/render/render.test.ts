import { execFile } from 'node:child_process';
import { watch } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import sharp from 'sharp';
import { watermarkSizes } from '../../../../src/domain/export/watermark.js';
import { findFont } from '../../../../src/io/clips/render/fonts.js';
import { renderStretch, type RenderOrder } from '../../../../src/io/clips/render/render.js';
import { drawTitle } from '../../../../src/io/clips/render/watermark-pictures.js';
import { play } from '../../../support/fragments.js';
import { difference, makeRecording, readLumas, RENDER_SIZE, renderOrder } from '../../../support/rendered.js';

const run = promisify(execFile);
/** A second before the clocks of Berlin are put back. */
const START_AT = Date.UTC(2026, 9, 25, 0, 59, 58);
const ZONE = 'Europe/Berlin';
const NEVER = new AbortController().signal;

let folder: string;
let black: string;
let busy: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'camqueue-render-'));
  const size = `size=${RENDER_SIZE.width}x${RENDER_SIZE.height}`;
  [black, busy] = await Promise.all([
    makeRecording(join(folder, 'black.mp4'), `color=black:${size}`, { seconds: 4 }),
    makeRecording(join(folder, 'busy.mp4'), `testsrc2=${size}`, { seconds: 6, sound: true }),
  ]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function render(order: RenderOrder, signal = NEVER): Promise<void> {
  return renderStretch(order, { signal, onProgress: () => undefined });
}

function withTitle(
  title: string,
  rest: Partial<RenderOrder> = {},
): Pick<RenderOrder, 'look'> & Partial<RenderOrder> {
  return { look: { watermark: { title, timeZone: ZONE } }, ...rest };
}

describe('pictures', () => {
  it('are those of the stretch, each at its time, over joined recordings', async () => {
    // The second begins 130 ms later than the first ends; pictures of both begin 200 ms after their files' 0.
    const inputs = [
      { path: busy, startAt: START_AT },
      { path: black, startAt: START_AT + 6330 },
    ];
    // One that goes on into the stretch, of which nothing is to be shown.
    const around = { path: busy, startAt: START_AT - 1750, isAround: true };
    const order = renderOrder(folder, {
      inputs: [around, ...inputs],
      ...{ from: START_AT + 4200, to: START_AT + 7630 },
    });
    const progress: number[] = [];
    await renderStretch(order, { signal: NEVER, onProgress: (ms) => progress.push(ms) });
    const { times, lumas } = await readLumas(order.out.path);
    const captured = [
      ...Array.from({ length: 20 }, (_, i) => 4200 + 100 * i),
      ...Array.from({ length: 11 }, (_, i) => 6530 + 100 * i),
    ];
    expect(times.map((s) => Math.round(s * 1000))).toEqual(captured.map((ms) => ms - 4200));
    expect(lumas.map((luma) => luma.every((value) => value < 20))).toEqual(captured.map((ms) => ms > 6300));
    const original = await readLumas(busy);
    expect(difference(lumas[0]!, original.lumas[40]!)).toBeLessThan(3);
    expect(progress.at(-1)).toBe(3430);
    expect([...progress].sort((a, b) => a - b)).toEqual(progress);
    expect(await readdir(folder)).toEqual(expect.not.arrayContaining(['out.mp4.work']));
  });

  it('of two parts can be joined without being encoded anew', async () => {
    const parts = await Promise.all(
      [0, 1].map(async (i) => {
        const [from, to] = [START_AT + 1000 + i * 1500, START_AT + 2500 + i * 1500];
        const inputs = [{ path: busy, startAt: START_AT }];
        const out = { path: join(folder, `part-${i}.mp4`), hasAudio: true };
        await render(renderOrder(folder, { inputs, from, to, ...withTitle('Gate') }, out));
        return out.path;
      }),
    );
    const list = join(folder, 'parts.txt');
    await writeFile(list, parts.map((path) => `file '${path}'\n`).join(''));
    const joined = join(folder, 'joined.mp4');
    await run('ffmpeg', [
      '-v',
      'error',
      '-y',
      '-f',
      'concat',
      '-safe',
      '0',
      '-i',
      list,
      '-c',
      'copy',
      joined,
    ]);
    expect((await play(joined)).frames).toBe(30);
    const { stdout } = await run('ffprobe', [
      ...[
        '-v',
        'error',
        '-select_streams',
        'a',
        '-show_entries',
        'stream=codec_name,duration',
        '-of',
        'csv=p=0',
        joined,
      ],
    ]);
    const [codec, duration] = stdout.trim().split(',');
    expect(codec).toBe('aac');
    expect(Number(duration)).toBeCloseTo(3, 0);
  });

  it.each([
    ['no file of the stretch', [], 'no recording'],
    ['nothing in it', [{ startAt: START_AT - 60_000 }], 'no picture'],
  ])('where there is %s it is said', async (_, inputs, message) => {
    const files = inputs.map(({ startAt }) => ({ path: busy, startAt }));
    const order = renderOrder(folder, { inputs: files, from: START_AT, to: START_AT + 1000 });
    await expect(render(order)).rejects.toThrow(message);
  });

  it('a file that is no video is named', async () => {
    const path = join(folder, 'broken.mp4');
    await writeFile(path, 'nothing');
    const inputs = [{ path, startAt: START_AT }];
    await expect(
      render(renderOrder(folder, { inputs, from: START_AT, to: START_AT + 1000 })),
    ).rejects.toThrow(/broken\.mp4 cannot be read as video/);
  });
});

describe('watermark', () => {
  it('shows the capture time of each picture, also when the clocks are put back', async () => {
    const inputs = [{ path: black, startAt: START_AT }];
    const order = renderOrder(folder, {
      inputs,
      from: START_AT + 1000,
      to: START_AT + 3000,
      ...withTitle(''),
    });
    await render(order);
    const shown = (await readLumas(order.out.path)).lumas;
    const texts = Array.from({ length: 20 }, (_, i) => wallClock(START_AT + 1000 + 100 * i));
    expect([texts[9], texts[10]]).toEqual(['2026-10-25 02:59:59.9 +02:00', '2026-10-25 02:00:00.0 +01:00']);
    const others = texts.map((text) =>
      text.endsWith('2:00') ? text.replace('+02', '+01') : text.replace(' 02:', ' 03:').replace('+01', '+02'),
    );
    const expected = await drawTexts([...texts, ...others]);
    const nearest = shown.map((luma) => {
      const far = expected.map((drawn) => difference(luma, drawn));
      return far.indexOf(Math.min(...far));
    });
    expect(nearest).toEqual(texts.map((_, i) => i));
  });

  it('is drawn of a name that looks like a filter, and leaves the rest alone', async () => {
    const title = `Cổng';[0:v]drawbox=c=white:t=fill[x];[x]%{pts}:\\ {} "\n😀`;
    const inputs = [{ path: black, startAt: START_AT }];
    const stretch = { inputs, from: START_AT + 500, to: START_AT + 800 };
    const order = renderOrder(folder, { ...stretch, ...withTitle(title) });
    await render(order);
    const { lumas } = await readLumas(order.out.path);
    const { marginPx, lineHeightPx } = watermarkSizes(RENDER_SIZE);
    const clockTop = RENDER_SIZE.height - marginPx - lineHeightPx;
    // In the line above the clock, and nowhere else.
    const titleRows = rowsBrighterThan(lumas[0]!, 150).filter((row) => row < clockTop);
    expect(titleRows.length).toBeGreaterThan(0);
    expect(Math.min(...titleRows)).toBeGreaterThan(clockTop - 2 * lineHeightPx);
    const [clock] = await drawTexts([wallClock(START_AT + 500)]);
    const below = { y: clockTop + 2, height: RENDER_SIZE.height - clockTop - 2 };
    expect(difference(lumas[0]!, clock!, below)).toBeLessThan(2);
  });

  it.each([
    ['Vietnamese', 'Cổng chính · Bãi xe Trần Phú'],
    ['quotes and colons', `a'b"c:d;e,f=g`],
    ['backslashes, percent and braces', String.raw`\\ \n %{pts} %% {} [in]`],
    ['markup', '<b>&amp;</b> <!-- --> ]]>'],
    ['lines and control characters', 'one\ntwo\r\0three\u0007'],
    ['half a letter', 'Gate \ud800'],
    ['emoji', '🚗 Bãi xe 👨‍👩‍👧'],
    ['far too many letters', 'Bãi xe '.repeat(60)],
  ])('a name with %s becomes a picture that fits', async (_, title) => {
    const patch = await drawTitle(title, RENDER_SIZE, folder);
    expect(patch?.width).toBeGreaterThan(20);
    expect(patch?.width).toBeLessThanOrEqual(RENDER_SIZE.width - 2 * watermarkSizes(RENDER_SIZE).marginPx);
    const { channels } = await sharp(patch?.path).stats();
    expect([channels[0]!.max, channels[3]!.max]).toEqual([255, 255]);
  });

  it('of a name that shows nothing is the clock alone', async () => {
    expect(await drawTitle(' \u200b\n', RENDER_SIZE, folder)).toBeUndefined();
  });

  it('draws a logo into the corner', async () => {
    const logo = join(folder, 'logo.png');
    await sharp({ create: { width: 200, height: 100, channels: 4, background: '#ffffff' } })
      .png()
      .toFile(logo);
    const inputs = [{ path: black, startAt: START_AT }];
    const look = { watermark: { title: '', timeZone: ZONE, logo } };
    const order = renderOrder(folder, { inputs, from: START_AT + 500, to: START_AT + 800, look });
    await render(order);
    const { lumas } = await readLumas(order.out.path);
    const corner = (x: number, y: number): number => lumas[1]![y * RENDER_SIZE.width + x]!;
    expect(corner(300, 220)).toBeGreaterThan(200);
    expect(corner(300, 200)).toBeLessThan(30);
    expect(corner(240, 220)).toBeLessThan(30);
  });

  it('says which logo cannot be read', async () => {
    const inputs = [{ path: black, startAt: START_AT }];
    const look = { watermark: { title: '', timeZone: ZONE, logo: black } };
    const order = renderOrder(folder, { inputs, from: START_AT + 500, to: START_AT + 800, look });
    await expect(render(order)).rejects.toThrow(/WATERMARK_LOGO .*black\.mp4 cannot be read as PNG/);
  });

  it('says which package has fonts where a letter cannot be drawn', async () => {
    // A letter of CJK extension G, which next to no font has.
    await expect(findFont('Cổng \u{30000}')).rejects.toThrow(/no font .*"\u{30000}".*fonts-dejavu-core/u);
    await expect(findFont('Cổng 😀')).resolves.toMatch(/\.(ttf|otf|ttc|pf.)$/);
  });
});

it('leaves nothing behind when it is aborted', async () => {
  const own = await mkdtemp(join(folder, 'aborted-'));
  const abort = new AbortController();
  const inputs = Array.from({ length: 8 }, (_, i) => ({ path: busy, startAt: START_AT + i * 6000 }));
  const order = renderOrder(own, { inputs, from: START_AT, to: START_AT + 48_000, ...withTitle('Gate') });
  const watcher = watch(own, { recursive: true }, (_, name) => {
    if (name?.endsWith('made.mp4') === true) abort.abort(new Error('enough'));
  });
  try {
    await expect(render(order, abort.signal)).rejects.toThrow('enough');
  } finally {
    watcher.close();
  }
  expect(await readdir(own)).toEqual([]);
});

/** As a clock of the zone shows it, by another way than the product's. */
function wallClock(at: number): string {
  const text = new Intl.DateTimeFormat('sv-SE', {
    ...{ timeZone: ZONE, dateStyle: 'short', timeStyle: 'medium' },
  }).format(at);
  return `${text}.${Math.floor((at % 1000) / 100)} ${at < Date.UTC(2026, 9, 25, 1) ? '+02:00' : '+01:00'}`;
}

/** Texts as they are written in the clock's place, each in a black picture of its own. */
async function drawTexts(texts: readonly string[]): Promise<Buffer[]> {
  const { fontPx, marginPx, outlinePx, lineHeightPx } = watermarkSizes(RENDER_SIZE);
  const y =
    RENDER_SIZE.height - marginPx - lineHeightPx + Math.round((lineHeightPx - fontPx) / 2) + outlinePx;
  const font = (await run('fc-match', ['--format', '%{file}', 'DejaVu Sans,sans-serif:bold'])).stdout;
  const drawn = texts.map(
    (text, i) =>
      `drawtext=fontfile=${font}:text='${text.replaceAll(':', '\\:')}':fontsize=${fontPx}:fontcolor=white:x=${marginPx + outlinePx}:y=${y}:enable='eq(n,${i})'`,
  );
  const path = join(folder, 'texts.mkv');
  await run('ffmpeg', [
    ...[
      '-v',
      'error',
      '-y',
      '-f',
      'lavfi',
      '-i',
      `color=black:size=${RENDER_SIZE.width}x${RENDER_SIZE.height}:rate=10`,
    ],
    ...[
      '-vf',
      drawn.join(','),
      '-frames:v',
      String(texts.length),
      '-c:v',
      'ffv1',
      '-pix_fmt',
      'yuv420p',
      path,
    ],
  ]);
  return (await readLumas(path)).lumas;
}

function rowsBrighterThan(luma: Uint8Array, value: number): number[] {
  return Array.from({ length: RENDER_SIZE.height }, (_, y) => y).filter((y) =>
    luma.subarray(y * RENDER_SIZE.width, (y + 1) * RENDER_SIZE.width).some((pixel) => pixel > value),
  );
}
