import { CongestionLevel } from '../minute.js';
import { total } from './merge.js';
import { orderedClasses } from './patterns.js';
import type { Sheet } from './sheet.js';

/** A number that matters most, with what belongs to it. */
export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly details: readonly string[];
}

/** Closer to the weeks before than this is about the same. */
const SAME = 0.03;
/** Mean speeds nearer than this are the same, km/h. */
const SAME_KMH = 1;

/** The report in a few numbers, most important first. */
export function figuresOf(sheet: Sheet): Figure[] {
  return [
    crossings(sheet),
    ...compared(sheet),
    ...speed(sheet),
    ...headway(sheet),
    ...density(sheet),
    ...congestion(sheet),
    watched(sheet),
  ];
}

function crossings(sheet: Sheet): Figure {
  const { report, words, format } = sheet;
  const classes = orderedClasses([report.byClass]);
  const way = (direction: 'in' | 'out'): string => {
    const lines = report.lines.filter((line) => line.direction === direction);
    return `${sheet.direction(direction)} ${format.number(total(lines.map((line) => line.total)))}`;
  };
  return {
    label: words.labels.crossings,
    value: format.number(report.crossings),
    details:
      report.crossings === 0
        ? []
        : [
            [way('in'), way('out')].join(' · '),
            classes
              .map((name) => `${words.classes[name] ?? name} ${format.number(report.byClass[name] ?? 0)}`)
              .join(' · '),
          ],
  };
}

/** With the mean of past weeks, in words. */
function compared({ report, words, format }: Sheet): Figure[] {
  const { before } = report;
  // A window that is not over cannot be held against whole ones.
  if (before.length === 0 || report.notes.includes('unfinished')) return [];
  const mean = total(before.map((one) => one.crossings)) / before.length;
  const change = mean === 0 ? 0 : report.crossings / mean - 1;
  const isSame = mean === 0 ? report.crossings === 0 : Math.abs(change) < SAME;
  const isMore = report.crossings > mean;
  const share = mean === 0 ? format.number(report.crossings) : format.percent(Math.abs(change));
  const text = words.compared(isSame ? undefined : share, isMore, before.length, format.number(mean));
  const speeds = before.flatMap(({ meanKmh }) => (meanKmh === undefined ? [] : [meanKmh]));
  const now = report.speed.mean;
  const difference = now === undefined || speeds.length === 0 ? 0 : now - total(speeds) / speeds.length;
  return [
    {
      label: words.labels.compared,
      value: mean === 0 ? '–' : isSame ? `±${format.percent(0)}`.replace('±0', '≈ 0') : format.change(change),
      details: [
        text,
        ...(Math.abs(difference) < SAME_KMH
          ? []
          : [words.slower(format.number(Math.abs(difference), 1), difference < 0)]),
      ],
    },
  ];
}

function speed({ report, words, format }: Sheet): Figure[] {
  const { mean, p85, known, unknown } = report.speed;
  if (report.crossings === 0) return [];
  const isKnown = mean !== undefined && known > 0;
  return [
    {
      label: words.labels.meanSpeed,
      value: isKnown ? `${format.number(mean, 1)} km/h` : words.labels.unknown,
      details: [
        ...(p85 === undefined ? [] : [`${words.labels.p85}: ${format.number(p85, 1)} km/h`]),
        ...(isKnown ? [words.knownOf(format.number(known), format.number(known + unknown))] : []),
      ],
    },
  ];
}

/** Of the line and direction with most crossings. */
function headway(sheet: Sheet): Figure[] {
  const { report, words, format } = sheet;
  const [busiest] = report.lines
    .filter(({ headwayS }) => headwayS !== undefined)
    .sort((a, b) => b.total - a.total);
  if (!busiest?.headwayS) return [];
  const { median, mean } = busiest.headwayS;
  return [
    {
      label: words.labels.headway,
      value: format.number(median, 1),
      details: [
        `${words.labels.median}; ${words.labels.mean} ${format.number(mean, 1)}`,
        `${words.perLine(busiest.line)}, ${sheet.direction(busiest.direction, busiest.line)}`,
      ],
    },
  ];
}

function density({ report, words, format }: Sheet): Figure[] {
  const all = Object.entries(report.density).filter(([, { most }]) => most > 0);
  const [name, first] = all.find(([name]) => name === 'vehicles') ?? all[0] ?? [];
  if (name === undefined || !first) return [];
  return [
    {
      label: words.labels.density,
      value: format.number(first.mean, 1),
      details: [`${words.classes[name] ?? name}; ${words.atMost(format.number(first.most, 1))}`],
    },
  ];
}

function congestion({ report, words, format, isJudged }: Sheet): Figure[] {
  if (!isJudged) return [];
  const { worst, minutes } = report.congestion;
  const levels = CongestionLevel.options.filter((level) => minutes[level] > 0);
  return [
    {
      label: words.labels.worst,
      value: words.levels[worst],
      details: levels.map(
        (level) => `${words.levels[level]} ${words.minutes(format.number(minutes[level]))}`,
      ),
    },
  ];
}

function watched({ report, words, format }: Sheet): Figure {
  return { label: words.labels.watched, value: shareText(report.watched, format), details: [] };
}

/** 0.998 is not everything, and 0.002 not nothing. */
export function shareText(share: number, { percent }: Pick<Sheet['format'], 'percent'>): string {
  return percent(share >= 1 ? 1 : Math.min(0.99, share > 0 ? Math.max(0.01, share) : 0));
}
