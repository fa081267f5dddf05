import { mergeReports } from '../../../src/domain/flow/render/merge.js';
import { flowMail } from '../../../src/domain/flow/render/mail.js';
import { flowArticle, flowPage } from '../../../src/domain/flow/render/page.js';
import { flowRows } from '../../../src/domain/flow/render/rows.js';
import { flowText } from '../../../src/domain/flow/render/text.js';
import { FlowReport } from '../../../src/domain/flow/report.js';
import { csv } from '../../../src/io/csv.js';
import { dayReport, hourReport, SATURDAY } from '../../support/flow-samples.js';

const site = { name: 'Bãi xe Trần Phú', timeZone: 'Asia/Ho_Chi_Minh' };
const camera = { id: 'gate-1', name: 'Cổng chính' };
const vi = { site, camera, language: 'vi' as const };
const en = { site, camera, language: 'en' as const };
const NONE = { known: 0, unknown: 0, histogram: [] };
const HOUR_MS = 3_600_000;

it('says a day in numbers: what crossed, how fast, how jammed, against past weeks', () => {
  const text = flowText([dayReport()], en);
  expect(text).toContain('Cổng chính · Saturday, 21 November 2026');
  expect(text).toContain('Bãi xe Trần Phú · Asia/Ho_Chi_Minh (GMT+7)');
  expect(text).toMatch(/Crossings: 4,452 \(vào thành phố 2,237 · ra ngoại ô 2,215; motorcycles 2,763/);
  expect(text).toMatch(/\+9% \(9% more than on average at the same time in the 3 weeks before \(4,096\)/);
  expect(text).toMatch(/Mean speed: 29.4 km\/h \(85th percentile: 41.7 km\/h; of 4,040 of 4,452 crossings\)/);
  expect(text).toMatch(/Worst level: standstill \(free 1,128 min; dense 190 min; congested 88 min; stand/);
  expect(text).toMatch(/watched for 96% of this time/);
  expect(text).toMatch(/speed of 412 of 4,452 crossings is unknown/);
  expect(text).toMatch(/^17:00 +290 +126 +9 +23 +19 +191 +276 +467 +16.8 +standstill$/m);
});

it('speaks Vietnamese with its numbers', () => {
  const text = flowText([dayReport()], vi);
  expect(text).toMatch(/Lượt qua vạch: 4\.452 .*xe máy 2\.763/);
  expect(text).toContain('Tốc độ trung bình: 29,4 km/h');
  expect(flowPage([dayReport()], vi)).toMatch(/<html lang="vi">[^]*<figcaption>Theo hướng<\/figcaption>/);
});

it.each([
  ['unknown speeds of a camera that is not calibrated', { notes: ['not-calibrated'] }, /not calibrated/],
  ['a time that is not over', { notes: ['unfinished'] }, /is not over: what is counted is up to 21\/11/],
  ['what is not judged', { notes: ['not-judged'] }, /not judged: the camera has no “flow”/],
  ['little watching', { notes: ['not-watched'], watched: 0.996 }, /watched for 99% of this time/],
] as const)('is honest about %s', (_what, given, said) => {
  const report = hourReport({ ...given, notes: [...given.notes], speed: { ...NONE, unknown: 12 } });
  const text = flowText([report], en);
  expect(text).toMatch(said);
  expect(text).toContain('Mean speed: unknown');
  const isJudged = !report.notes.includes('not-judged');
  expect(/Worst level/.test(text)).toBe(isJudged);
  expect(/Level of congestion/.test(flowPage([report], en))).toBe(isJudged);
  expect(flowText([hourReport()], en)).not.toMatch(said);
});

it('compares with past weeks only what can be compared', () => {
  const before = [{ from: SATURDAY, crossings: 12 }];
  const compared = (given: Partial<FlowReport>) =>
    /Against past weeks: (.*)/.exec(flowText([hourReport({ before, ...given })], en))?.[1];
  expect(compared({})).toMatch(/^≈ 0% \(about as many as on average at the same time in the week before/);
  expect(compared({ crossings: 6 })).toMatch(/^-50% \(50% fewer than/);
  expect(compared({ before: [{ from: SATURDAY, crossings: 0 }] })).toMatch(/^– \(12 more than/);
  expect(compared({ notes: ['unfinished'] })).toBeUndefined();
  expect(compared({ before: [] })).toBeUndefined();
});

it('tells nothing crossed from nobody looked', () => {
  const nothing = { crossings: 0, byClass: {}, lines: [], series: [], speed: NONE, density: {} };
  expect(flowArticle([hourReport(nothing)], en)).toMatch(/class="nothing">Nothing crossed a line/);
  expect(flowArticle([hourReport({ ...nothing, watched: 0 })], en)).toMatch(
    /"nothing">The camera was not wat/,
  );
  expect(flowArticle([hourReport(nothing)], en)).not.toContain('<figure>');
});

it('names both offsets of a day on which clocks are changed, and its 25 hours', () => {
  const from = Date.parse('2026-10-25T00:00:00+02:00');
  const report = dayReport({ from, to: from + 25 * HOUR_MS });
  const about = { ...en, site: { name: 'Berlin', timeZone: 'Europe/Berlin' } };
  const text = flowText([report], about);
  expect(text).toContain('Sunday, 25 October 2026');
  expect(text).toContain('(GMT+2 → GMT+1)');
  expect(flowRows([report], 'Europe/Berlin').map((row) => row[3])).toEqual(
    expect.arrayContaining(['2026-10-25T02:00:00+02:00', '2026-10-25T02:00:00+01:00']),
  );
});

it.each(['<script>x</script>', '"><img src=x onerror=1>', "'&"])('lets %s not out of its place', (evil) => {
  const hour = hourReport();
  const report = hourReport({
    byClass: { [evil]: 12 },
    lines: hour.lines.map((line) => ({ ...line, name: evil, byClass: { [evil]: 1 } })),
    series: hour.series.map((part) => ({ ...part, byClass: { [evil]: 3 } })),
  });
  const about = { ...en, site: { ...site, name: `${evil}\r\nBcc: x` }, camera: { id: 'gate-1', name: evil } };
  const page = flowPage([report], about);
  expect(page.includes(evil)).toBe(false);
  // Nothing runs, and nothing is fetched from anywhere.
  expect(/<script|<img|<[^>]*\son\w+=|https?:/i.test(page)).toBe(false);
  expect(flowMail(report, about).subject).not.toMatch(/[\r\n]/);
});

it('draws what it is given: as many bars as there are counts, none above the plot', () => {
  const page = flowPage([dayReport()], en);
  const [byClass = ''] = /<figure><figcaption>By class[^]*?<\/figure>/.exec(page) ?? [];
  const columns = dayReport().series.map(({ byClass: of }) => Object.values(of).filter((n) => n > 0).length);
  expect(byClass.match(/<g>/g)).toHaveLength(24);
  const bars = byClass.replace(/<p class="keys">[^]*/, '').match(/<rect /g);
  expect(bars).toHaveLength(columns.reduce((sum, n) => sum + n, 0));
  expect([...byClass.matchAll(/ y="(-?[\d.]+)"/g)].every(([, y]) => Number(y) >= 0)).toBe(true);
  expect(byClass).toContain(
    '<title>17:00: motorcycles 290, cars 126, buses 9, trucks 23, bicycles 19</title>',
  );
});

it('makes one of several: sums are exact, what cannot be summed is left out', () => {
  const week = [0, 1, 2].map((day) => dayReport({ from: SATURDAY + day * 24 * HOUR_MS }));
  const merged = FlowReport.parse(mergeReports(week));
  expect(merged).toMatchObject({ from: SATURDAY, to: SATURDAY + 72 * HOUR_MS, crossings: 3 * 4452 });
  expect(merged.byClass['car']).toBe(3600);
  expect(merged.speed).toMatchObject({ known: 3 * 4040, unknown: 3 * 412 });
  expect(merged.speed.mean).toBeCloseTo(29.4);
  expect(merged.speed.p85).toBeUndefined();
  expect(merged.lines.every(({ headwayS }) => headwayS === undefined)).toBe(true);
  expect(merged.watched).toBeCloseTo(0.964);
  expect(merged.series.map((part) => part.in + part.out)).toEqual([4452, 4452, 4452]);
  expect(merged.before.map(({ crossings }) => crossings)).toEqual([3 * 4274, 3 * 4096, 3 * 3918]);
  const hole = mergeReports([week[0]!, week[2]!]);
  expect(hole.watched).toBeCloseTo((2 * 0.964) / 3);
  expect(
    mergeReports([
      { ...week[0]!, notes: [] },
      { ...week[2]!, notes: [] },
    ]).notes,
  ).toEqual(['not-watched']);
  expect(mergeReports([week[0]!, { ...week[1]!, before: [] }]).before).toEqual([]);
});

it('each kind of rows sums up to the whole, and unknown is empty', () => {
  const [columns = [], ...rows] = flowRows([dayReport(), hourReport()], site.timeZone);
  const cell = (row: string[], name: string): string => row[columns.indexOf(name)] ?? '?';
  for (const granularity of ['day', 'hour']) {
    const of = (kind: string): number[] =>
      rows
        .filter((row) => cell(row, 'row') === kind && cell(row, 'granularity') === granularity)
        .map((row) => Number(cell(row, 'total')));
    const sum = (all: number[]): number => all.reduce((one, other) => one + other, 0);
    expect(of('window')).toHaveLength(1);
    expect(sum(of('line'))).toBe(of('window')[0]);
    expect(sum(of('part'))).toBe(of('window')[0]);
  }
  const night = rows.find((row) => cell(row, 'from') === '2026-11-21T01:00:00+07:00')!;
  expect([cell(night, 'mean_kmh'), cell(night, 'total'), cell(night, 'bus')]).toEqual(['', '8', '0']);
  expect(rows.every((row) => row.length === columns.length)).toBe(true);
});

it('leaves nothing for a spreadsheet to calculate, and numbers as they are', () => {
  expect(
    csv.write([
      ['=1+1', '-2.5', '@x', 'a,b'],
      ['-', '+84', '12', ''],
    ]),
  ).toBe("\uFEFF'=1+1,-2.5,'@x,\"a,b\"\n'-,'+84,12,\n");
});
