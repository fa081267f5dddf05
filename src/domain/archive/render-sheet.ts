import type { Language } from '../alerting/config.js';
import type { Camera, Site } from '../camera.js';
import { formatOf, type Format } from '../flow/render/format.js';
import { ARCHIVE_WORDS, type ArchiveLabel, type ArchiveWords } from './render-words.js';
import type { ArchiveReport, Tally } from './report.js';

/** What a report says beside its numbers. */
export interface ArchiveAbout {
  readonly site: Pick<Site, 'name' | 'timeZone'>;
  readonly language: Language;
  /** For their names. */
  readonly cameras: readonly Pick<Camera, 'id' | 'name'>[];
}

/** A report as text, to be laid out as a page, a mail or for a terminal. */
export interface ArchiveSheet {
  readonly title: string;
  /** Site and recordings folder. */
  readonly where: string;
  readonly figures: readonly { readonly label: string; readonly value: string; readonly detail: string }[];
  readonly notes: readonly string[];
  readonly tables: readonly {
    readonly title: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
    /** So many columns at the left are words, the others numbers. */
    readonly words: number;
  }[];
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** `1.2 GB`: decimal units, as disks are sold. */
export function bytesText(bytes: number, format: Pick<Format, 'number'>): string {
  const size = Math.abs(bytes);
  const power = Math.min(UNITS.length - 1, size < 1000 ? 0 : Math.floor(Math.log10(size) / 3));
  return `${format.number(bytes / 1000 ** power, power === 0 ? 0 : 1)} ${UNITS[power]}`;
}

export function archiveSheet(report: ArchiveReport, about: ArchiveAbout): ArchiveSheet {
  const words = ARCHIVE_WORDS[about.language];
  const format = formatOf(about.language, about.site.timeZone);
  return {
    title: `${words.titles[report.action]}, ${format.moment(report.startedAt)}`,
    where: [about.site.name, report.node, about.site.timeZone].join(' · '),
    figures: figuresOf(report, words, format),
    notes: notesOf(report, words, format),
    tables: [camerasOf(report, about, words, format), failuresOf(report, words, format)].filter(
      ({ rows }) => rows.length > 0,
    ),
  };
}

function figuresOf(report: ArchiveReport, words: ArchiveWords, format: Format): ArchiveSheet['figures'] {
  const { compressed, space } = report;
  const size = (bytes: number): string => bytesText(bytes, format);
  const tally = (label: ArchiveLabel, { count, bytes }: Tally, isAlways = false): ArchiveSheet['figures'] =>
    count === 0 && !isAlways
      ? []
      : [{ label: words.labels[label], value: size(bytes), detail: words.recordings(format.number(count)) }];
  const isMove = report.action === 'move';
  return [
    ...tally('moved', report.moved, isMove),
    ...(compressed.count === 0
      ? []
      : [
          {
            label: words.labels.compressed,
            value: size(compressed.bytes),
            detail: words.saved(format.number(compressed.count), size(compressed.savedBytes)),
          },
        ]),
    ...tally('deletedHot', report.deleted.hot, isMove),
    ...tally('deletedCold', report.deleted.cold, isMove),
    ...tally('restored', report.restored, report.action === 'restore'),
    ...tally('checked', report.checked, report.action === 'scrub'),
    ...tally('protected', report.protected),
    ...(report.failedCount === 0
      ? []
      : [{ label: words.labels.failed, value: format.number(report.failedCount), detail: '' }]),
    {
      label: words.labels.free,
      value: size(space.after.freeBytes),
      detail: `${words.labels.before}: ${size(space.before.freeBytes)}`,
    },
  ];
}

function notesOf(report: ArchiveReport, words: ArchiveWords, format: Format): string[] {
  const { moved, deleted, restored, checked, failedCount, problem, isDryRun } = report;
  const done = [moved, deleted.hot, deleted.cold, restored, checked].some(({ count }) => count > 0);
  const isWell = problem === undefined && failedCount === 0;
  return [
    ...(isDryRun ? [words.dryRun] : []),
    ...(problem === undefined ? [] : [words.stopped(problem)]),
    ...(failedCount === 0 ? [] : [words.failures(format.number(failedCount))]),
    ...(isWell && !isDryRun ? [done ? words.fine : words.nothing] : []),
  ];
}

function camerasOf(
  report: ArchiveReport,
  { cameras }: ArchiveAbout,
  { labels }: ArchiveWords,
  format: Format,
): ArchiveSheet['tables'][number] {
  const size = (tally?: Tally): string =>
    tally && tally.count > 0 ? `${format.number(tally.count)} · ${bytesText(tally.bytes, format)}` : '–';
  const ids = [...new Set([...Object.keys(report.byCamera), ...Object.keys(report.oldestKept)])].sort();
  return {
    title: labels.byCamera,
    columns: [labels.camera, labels.moved, labels.deleted, labels.oldestKept],
    rows: ids.map((id) => {
      const { moved, deleted } = report.byCamera[id] ?? {};
      const oldest = report.oldestKept[id];
      const name = cameras.find((one) => one.id === id)?.name;
      return [
        name === undefined ? id : `${name} (${id})`,
        ...[size(moved), size(deleted), oldest === undefined ? '–' : format.moment(oldest)],
      ];
    }),
    words: 1,
  };
}

function failuresOf(
  { failed, failedCount }: ArchiveReport,
  { labels, steps, more }: ArchiveWords,
  format: Format,
): ArchiveSheet['tables'][number] {
  const rest = failedCount - failed.length;
  return {
    title: labels.failures,
    columns: [labels.recording, labels.step, labels.reason],
    rows: [
      ...failed.map(({ segmentId, step, reason }) => [segmentId, steps[step], reason]),
      ...(rest > 0 ? [[more(format.number(rest)), '', '']] : []),
    ],
    words: 3,
  };
}
