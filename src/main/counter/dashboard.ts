import { table } from '../view.js';
import type { CounterStatistics, SourceNow } from './counter.js';

/** What the dashboard of a counter shows; drawing is pure. */
export interface DashboardState {
  readonly sources: readonly SourceNow[];
  readonly statistics: CounterStatistics;
  /** What happened last, newest first: alerts, failures. */
  readonly notes: readonly string[];
}

interface Column {
  readonly title: string;
  /** The higher, the later it goes where the terminal is narrow. */
  readonly worth: number;
  readonly of: (source: SourceNow) => string;
}

const COLUMNS: readonly Column[] = [
  { title: 'SOURCE', worth: 9, of: ({ id, alias }) => plain(alias ?? id) },
  { title: 'STATUS', worth: 8, of: ({ status }) => status },
  { title: 'FPS', worth: 3, of: ({ fps }) => fps.toFixed(1) },
  { title: 'IN', worth: 9, of: (source) => String(source.in) },
  { title: 'OUT', worth: 9, of: (source) => String(source.out) },
  { title: 'NOW', worth: 5, of: ({ current }) => String(current) },
  {
    title: 'DONE',
    worth: 2,
    of: ({ progress }) => (progress === undefined ? '-' : `${Math.floor(progress * 100)}%`),
  },
  { title: 'LEFT', worth: 1, of: (source) => leftOf(source) },
];
const NOTES = 4;

/** The view as text lines: at most `columns` wide and `rows` high. What runs and what failed is shown before what waits. */
export function drawDashboard(state: DashboardState, columns: number, rows: number): string[] {
  const { sources, statistics, notes } = state;
  const shownNotes = notes.slice(0, NOTES);
  const foot = ['', ...totals(sources), ...(shownNotes.length > 0 ? ['', ...shownNotes.map(plain)] : [])];
  const head = [...headOf(statistics), ''];
  const room = Math.max(1, rows - head.length - foot.length - 2);
  const order = [...sources].sort((a, b) => rank(a) - rank(b));
  const shown = order.slice(0, order.length > room ? Math.max(1, room - 1) : room);
  const rest = order.length - shown.length;
  const body = fitted(shown, columns);
  const lines = [...head, ...body, ...(rest > 0 ? [`… and ${rest} more`] : []), ...foot];
  return lines.slice(0, Math.max(1, rows)).map((line) => clipped(line, columns));
}

/** One line for logs and pipes, where nothing can be redrawn. */
export function plainLine({ sources, statistics }: DashboardState): string {
  const { workers, elapsedMs, sources: counts } = statistics;
  const running = sources.filter(
    ({ status }) => !['waiting', 'finished', 'stopped', 'failed'].includes(status),
  );
  const each = running.map((source) => {
    const done = source.progress === undefined ? '' : ` ${Math.floor(source.progress * 100)}%`;
    return `${plain(source.id)} ${source.status}${done} ${source.fps.toFixed(1)} fps in ${source.in} out ${source.out}`;
  });
  const all = sum(sources);
  const ended = `${counts.finished} done ${counts.failed} failed`;
  const head = `${(elapsedMs / 1000).toFixed(0)} s | ${workers.ready}/${workers.wanted} workers | ${counts.waiting} waiting ${ended}`;
  return [head, ...each, `total in ${all.in} out ${all.out}`].join(' | ');
}

/** What is left when all has ended: every source, and why some failed. */
export function drawResult(sources: readonly SourceNow[]): string[] {
  const failed = sources.filter(({ error }) => error !== undefined);
  return [
    ...fitted(sources, Infinity, ['LEFT', 'DONE']),
    '',
    ...totals(sources),
    ...(failed.length > 0
      ? ['', ...failed.map(({ id, error }) => `${plain(id)}: ${plain(error ?? '')}`)]
      : []),
  ];
}

function headOf({
  elapsedMs,
  workers,
  sources,
  errorRate,
  memoryBytes,
  load,
  throttle,
  trouble,
}: CounterStatistics): string[] {
  const { waiting, running, finished, failed } = sources;
  const held =
    throttle.level === 0
      ? []
      : [
          `throttled ${throttle.level}/3: the machine is short of ${throttle.why === 'memory' ? 'memory' : 'processor time'}`,
        ];
  return [
    `Camqueue count  ${duration(elapsedMs)}  workers ${workers.ready}/${workers.wanted}  waiting ${waiting}  running ${running}  done ${finished}  failed ${failed}`,
    `frame errors ${(errorRate * 100).toFixed(1)} %  memory ${(memoryBytes / 1e6).toFixed(0)} MB  load ${load.toFixed(1)}`,
    ...held,
    ...(trouble === undefined ? [] : [plain(trouble)]),
  ];
}

function totals(sources: readonly SourceNow[]): string[] {
  const all = sum(sources);
  return [`TOTAL  in ${all.in}  out ${all.out}  net ${all.in - all.out}`];
}

function sum(sources: readonly SourceNow[]): { in: number; out: number } {
  return sources.reduce((all, source) => ({ in: all.in + source.in, out: all.out + source.out }), {
    in: 0,
    out: 0,
  });
}

/** The table without the columns that find no room, the least worth first. */
function fitted(sources: readonly SourceNow[], columns: number, without: readonly string[] = []): string[] {
  let shown = COLUMNS.filter(({ title }) => !without.includes(title));
  for (;;) {
    const lines = table([
      shown.map(({ title }) => title),
      ...sources.map((source) => shown.map(({ of }) => of(source))),
    ]);
    if (shown.length <= 3 || lines.every((line) => line.length <= columns)) return lines;
    const least = Math.min(...shown.map(({ worth }) => worth));
    shown = shown.filter(({ worth }) => worth !== least);
  }
}

const RANKS: Readonly<Record<string, number>> = { failed: 1, waiting: 2, stopped: 3, finished: 3 };

function rank({ status }: SourceNow): number {
  return RANKS[status] ?? 0;
}

/** At the pace until now; a file that has just begun says nothing yet. */
function leftOf({ progress, elapsedMs, status }: SourceNow): string {
  if (status === 'finished' || progress === undefined || progress < 0.02 || progress >= 1) return '-';
  return duration((elapsedMs * (1 - progress)) / progress);
}

/** `42s`, `3m05s`, `2h07m` */
function duration(ms: number): string {
  const s = Math.round(ms / 1000);
  const two = (n: number): string => String(n).padStart(2, '0');
  if (s < 60) return `${s}s`;
  return s < 3600
    ? `${Math.floor(s / 60)}m${two(s % 60)}s`
    : `${Math.floor(s / 3600)}h${two(Math.floor(s / 60) % 60)}m`;
}

function clipped(line: string, columns: number): string {
  const letters = [...line];
  return letters.length > columns ? `${letters.slice(0, Math.max(0, columns - 1)).join('')}…` : line;
}

/** A name or an address must not steer the terminal. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}
