import { basename } from 'node:path';
import { createFfmpegSources } from '../../io/ffmpeg/sources.js';
import { createDetectors } from '../../io/onnx/detectors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { createLog } from '../../log.js';
import type { Detectors } from '../../ports.js';
import { countSource } from '../counter/count-source.js';
import { createGovernor } from '../counter/governor.js';
import { planSource } from '../counter/plan-sources.js';
import { isRefused } from '../counter/source-spec.js';
import { loadConfig } from '../installation.js';
import { countPlainly } from './counting-baseline.js';
import { scoreLine, total, type LineScore, type TotalScore } from './counting-score.js';
import {
  CLASSES,
  COUNTING_DATA,
  sampleClip,
  truthClips,
  type Counted,
  type Passing,
  type TruthClip,
} from './counting-truth.js';
import type { Figure } from './figure.js';
import type { BenchContext } from './parts.js';

const PART = 'counting';
/** Of truth, people and vehicles each for themselves. */
const MOST_ERROR_PERCENT = 5;

/** One line of one clip, counted by all. */
export interface CountedLine {
  readonly clip: string;
  readonly line: string;
  readonly counted: Counted;
  readonly ours: LineScore;
  readonly seldom: LineScore;
  readonly often: LineScore;
}

/**
 * In and out over each line of the clips whose crossings were counted by eye: as `camqueue count` counts them, and as the
 * plain centroid tracker does. Without clips: the sample footage alone.
 */
export async function measureCounting({ footage, signal }: BenchContext): Promise<Figure[]> {
  const clips = truthClips(COUNTING_DATA);
  if (clips.length === 0)
    process.stderr.write(
      `camqueue: ${PART}: ${COUNTING_DATA} has no truth.json: only the sample footage is counted. ` +
        'Set CAMQUEUE_TEST_DATA to a folder with clips and their counts.\n',
    );
  const sample = sampleClip(footage.sample);
  const { MODELS_DIR } = loadConfig();
  const detectors = createDetectors({ modelsDir: MODELS_DIR, networks: networksOf([], MODELS_DIR) });
  const lines: CountedLine[] = [];
  for (const clip of [...clips, ...(sample ? [sample] : [])]) {
    process.stderr.write(`counting ${clip.name} …\n`);
    lines.push(...(await countClip(clip, detectors, signal)));
  }
  if (lines.length === 0) process.stderr.write(`camqueue: ${PART}: nothing that was counted by eye\n`);
  return figuresOf(lines);
}

async function countClip(clip: TruthClip, detectors: Detectors, signal: AbortSignal): Promise<CountedLine[]> {
  const { fps = 25 } = await createFfmpegSources().inspect(clip.path, signal);
  const ours = await countAsUsual(clip, detectors, signal);
  const plain = await countPlainly(clip, detectors, signal);
  signal.throwIfAborted();
  return clip.lines.map(({ id, counted, truth }) => ({
    ...{ clip: basename(clip.name), line: id, counted },
    ours: scoreLine(truth, ours.get(id) ?? [], fps),
    seldom: scoreLine(truth, plain.seldom[id] ?? [], fps),
    often: scoreLine(truth, plain.often[id] ?? [], fps),
  }));
}

/** As `camqueue count` does, with its defaults, in this process. @returns crossings by line */
async function countAsUsual(
  { name, path, lines }: TruthClip,
  detectors: Detectors,
  signal: AbortSignal,
): Promise<Map<string, Passing[]>> {
  const asked = lines.map(({ id, counted, from, to }) => ({ id, from, to, classes: [...CLASSES[counted]] }));
  const spec = planSource({ source: path, lines: asked }, {}, new Set());
  if (isRefused(spec)) throw new Error(`${name}: ${spec.refused}`);
  const found = new Map<string, Passing[]>();
  let problem: string | undefined;
  const tools = { detectors, governor: createGovernor(), log: createLog('bench', 'error') };
  await countSource(spec, tools, signal, (news) => {
    if (news.type === 'crossing') {
      const { line, frame, direction } = news.crossing;
      found.set(line, [...(found.get(line) ?? []), { frame, direction }]);
    }
    if (news.type === 'ended' && news.end !== 'finished') problem = news.reason ?? news.end;
  });
  signal.throwIfAborted();
  if (problem !== undefined) throw new Error(`${name}: ${problem}`);
  return found;
}

/** A row a line, and what is over all lines. */
export function figuresOf(lines: readonly CountedLine[]): Figure[] {
  const rows = lines.map(({ clip, line, ours, seldom, often }): Figure => {
    const said = `truth ${both(ours.truth)}, ours ${both(ours.counted)}, centroid ${both(seldom.counted)} (as many looks: ${both(often.counted)})`;
    return { part: PART, what: `${clip}, ${line}, in/out: ${said}`, value: ours.error, unit: 'wrong' };
  });
  return [...rows, ...(['people', 'vehicles'] as const).flatMap((counted) => totalsOf(counted, lines))];
}

function totalsOf(counted: Counted, all: readonly CountedLine[]): Figure[] {
  const lines = all.filter((line) => line.counted === counted);
  if (lines.length === 0) return [];
  const of = (who: 'ours' | 'seldom' | 'often'): TotalScore => total(lines.map((line) => line[who]));
  const ours = of('ours');
  const add = (what: string, value: number, unit: string, aim?: Figure['aim']): Figure => ({
    ...{ part: PART, what: `${counted}: ${what}`, value, unit },
    ...(aim && { aim }),
  });
  const error = (score: TotalScore): [number, string] => [score.errorPercent, '% of truth'];
  return [
    add(`error (${ours.error} of ${ours.truth})`, ...error(ours), { most: MOST_ERROR_PERCENT }),
    add('crossings counted that are true ones', ours.precision, 'share'),
    add('true crossings that were counted', ours.recall, 'share'),
    add('error, centroid tracker, each 30th frame', ...error(of('seldom'))),
    add('error, centroid tracker, as many looks', ...error(of('often'))),
    add('true crossings counted, centroid tracker, as many looks', of('often').recall, 'share'),
  ];
}

function both({ in: into, out }: { readonly in: number; readonly out: number }): string {
  return `${into}/${out}`;
}
