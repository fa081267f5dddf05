import { escapeHtml } from '../../escape-html.js';
import { CongestionLevel } from '../minute.js';
import type { FlowReport } from '../report.js';
import { barPlot, type Slot } from './bars.js';
import { total } from './merge.js';
import { fillOf, orderedClasses, type PatternName, patternOf } from './patterns.js';
import type { Sheet } from './sheet.js';

/** Width of a step of the histogram, km/h (see FlowReport). */
const BIN_KMH = 10;
/** More labels than this on an axis would touch each other. */
const MOST_LABELS = 9;

/** All plots for which there is something to show. */
export function plots(sheet: Sheet): string {
  const { report } = sheet;
  const isOverTime = report.series.length > 0 && report.crossings > 0;
  return [
    ...(isOverTime ? [classPlot(sheet), directionPlot(sheet)] : []),
    ...(total(report.speed.histogram) > 0 ? [speedPlot(sheet)] : []),
    ...(sheet.isJudged && report.series.some(({ minutes }) => minutes !== undefined)
      ? [levelPlot(sheet)]
      : []),
  ].join('');
}

function classPlot(sheet: Sheet): string {
  const { report, words, format } = sheet;
  const classes = orderedClasses([report.byClass, ...report.series.map(({ byClass }) => byClass)]);
  const slots = overTime(sheet, ({ byClass }) => ({
    columns: [classes.map((name) => ({ fill: patternOf(name), value: byClass[name] ?? 0 }))],
    said: classes.map((name) => [words.classes[name] ?? name, format.number(byClass[name] ?? 0)]),
  }));
  const keys = classes.map((name): [PatternName, string] => [patternOf(name), words.classes[name] ?? name]);
  return figure(words.labels.byClass, keys, barPlot(words.labels.byClass, slots, { tick: format.tick }));
}

function directionPlot(sheet: Sheet): string {
  const { words, format } = sheet;
  const ways = ['in', 'out'] as const;
  const slots = overTime(sheet, (part) => ({
    columns: ways.map((way) => [{ fill: way, value: part[way] }]),
    said: ways.map((way) => [sheet.direction(way), format.number(part[way])]),
  }));
  const keys = ways.map((way): [PatternName, string] => [way, sheet.direction(way)]);
  const name = words.labels.byDirection;
  return figure(name, keys, barPlot(name, slots, { tick: format.tick }));
}

function speedPlot({ report, words, format }: Sheet): string {
  const { histogram } = report.speed;
  const every = Math.ceil(histogram.length / MOST_LABELS);
  const slots = histogram.map((value, i) => ({
    label: i % every === 0 ? String(i * BIN_KMH) : '',
    title: `${i * BIN_KMH}–${(i + 1) * BIN_KMH} km/h: ${format.number(value)}`,
    columns: [[{ fill: 'speed' as const, value }]],
  }));
  const name = `${words.labels.histogram}, km/h`;
  return figure(name, [], barPlot(name, slots, { tick: format.tick, edges: true }));
}

function levelPlot(sheet: Sheet): string {
  const { words, format } = sheet;
  const levels = CongestionLevel.options;
  const slots = overTime(sheet, ({ minutes }) => {
    const all = minutes ? total(Object.values(minutes)) : 0;
    return {
      columns: [
        levels.map((level) => ({ fill: level, value: all === 0 ? 0 : (minutes?.[level] ?? 0) / all })),
      ],
      said: levels
        .filter((level) => (minutes?.[level] ?? 0) > 0)
        .map((level) => [words.levels[level], words.minutes(format.number(minutes?.[level] ?? 0))]),
    };
  });
  const keys = levels.map((level): [PatternName, string] => [level, words.levels[level]]);
  const name = words.labels.levelOverTime;
  return figure(name, keys, barPlot(name, slots, { tick: format.percent, max: 1 }));
}

type Part = FlowReport['series'][number];

function overTime(
  { report, partLabel, tickLabel }: Sheet,
  draw: (part: Part) => { columns: Slot['columns']; said: readonly (readonly string[])[] },
): Slot[] {
  const every = Math.ceil(report.series.length / MOST_LABELS);
  return report.series.map((part, i) => {
    const { columns, said } = draw(part);
    return {
      label: i % every === 0 ? tickLabel(part.at) : '',
      title: `${partLabel(part.at)}: ${said.map(([name, value]) => `${name} ${value}`).join(', ')}`,
      columns,
    };
  });
}

function figure(name: string, keys: readonly (readonly [PatternName, string])[], plot: string): string {
  const legend = keys.map(
    ([pattern, text]) =>
      `<span><svg width="14" height="14" aria-hidden="true"><rect width="14" height="14" fill="${fillOf(pattern)}"/></svg> ${escapeHtml(text)}</span>`,
  );
  return `<figure><figcaption>${escapeHtml(name)}</figcaption>${plot}${keys.length > 0 ? `<p class="keys">${legend.join(' ')}</p>` : ''}</figure>`;
}
