import { setTimeout as delay } from 'node:timers/promises';
import { InputError } from '../../errors.js';
import { LogLevel, readCounterConfig, type CounterConfig } from '../counter/counter-config.js';
import { createCounter, type Counter, type CounterOptions } from '../counter/counter.js';
import { drawResult } from '../counter/dashboard.js';
import type { CountDocument } from '../counter/document.js';
import { sourcesOf, type AskedSource } from '../counter/plan-sources.js';
import { createCountTerminal, type CountTerminal } from '../counter/terminal.js';
import { EXIT_FAILED, EXIT_OK } from '../exit-codes.js';

export interface CountOptions {
  readonly config?: string;
  readonly line?: readonly string[];
  readonly class?: readonly string[];
  readonly fps?: number;
  readonly threshold?: number;
  readonly workers?: number;
  readonly output?: string;
  readonly duration?: number;
  readonly logLevel?: string;
  readonly throttle: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

const SHOW_MS = 500;

/** `camqueue count <source…>`: counts many cameras and files at once; the command line says more than the file. */
export async function count(given: readonly string[], options: CountOptions): Promise<number> {
  const config = options.config === undefined ? undefined : readCounterConfig(options.config, process.env);
  const sources: AskedSource[] = [
    ...(config ? sourcesOf(config) : []),
    ...given.map((source) => ({ source })),
  ];
  if (sources.length === 0)
    throw new InputError(
      'there is nothing to count: 0 sources; name files or cameras, or a --config with sources that are enabled',
    );
  const counter = createCounter(counterOptions(options, config));
  const terminal = options.quiet === true ? undefined : createCountTerminal(process.stderr);
  if (terminal) follow(counter, terminal);
  for (const source of sources) counter.addCamera(source);
  await counter.start();
  const stopping = stopOnSignal(counter);
  const shown = terminal && showUntilDone(counter, terminal);
  const document = await counter.done();
  await stopping.settled();
  await shown?.();
  terminal?.end();
  const { trouble } = await counter.statistics();
  if (trouble !== undefined) process.stderr.write(`camqueue: ${trouble}\n`);
  print(document, counter, options);
  const isWell = document.sources.every(({ status, error }) => status === 'finished' && error === undefined);
  return isWell && trouble === undefined ? EXIT_OK : EXIT_FAILED;
}

function counterOptions(options: CountOptions, config: CounterConfig | undefined): CounterOptions {
  const level = LogLevel.safeParse(options.logLevel ?? config?.log_level ?? 'info');
  if (!level.success)
    throw new InputError(
      `--log-level is "${options.logLevel ?? ''}": ${level.error.issues[0]?.message ?? ''}`,
    );
  return {
    lines: options.line ?? config?.lines,
    classes: options.class ?? config?.classes,
    fps: options.fps ?? config?.fps,
    threshold: options.threshold ?? config?.threshold,
    workers: options.workers ?? config?.worker_count,
    maxWorkers: config?.max_workers,
    output: options.output ?? config?.result_output,
    logLevel: level.data,
    durationS: options.duration ?? config?.duration,
    throttle: options.throttle,
  };
}

/** The first signal ends everything with what was counted, the second at once. */
function stopOnSignal(counter: Counter): { settled(): Promise<void> } {
  let stopping: Promise<unknown> | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => {
      if (stopping) {
        counter.kill();
        process.exit(EXIT_FAILED);
      }
      stopping = counter.stop();
      // Whoever waits for all to be done learns of a failure.
      stopping.catch(() => undefined);
    });
  return {
    settled: async () => {
      await stopping;
    },
  };
}

/** Alerts, failures and ends are told as they happen. */
function follow(counter: Counter, terminal: CountTerminal): void {
  counter.onAlert((source, { phase, current, threshold }) =>
    terminal.note(
      phase === 'begin'
        ? `ALERT ${source}: ${current} inside, more than ${threshold}`
        : `${source}: ${current} inside again, no longer too many (${threshold})`,
    ),
  );
  counter.onStatus((source) => {
    const { id, status, in: ins, out, error, reason } = source;
    const isOver = status === 'finished' || status === 'stopped' || status === 'failed';
    const why = error ?? reason;
    if (isOver || why !== undefined)
      terminal.note(
        `${id} ${status}${isOver ? `: in ${ins} out ${out}` : ''}${why === undefined ? '' : ` (${why})`}`,
      );
  });
}

function showUntilDone(counter: Counter, terminal: CountTerminal): () => Promise<void> {
  const over = new AbortController();
  const showing = (async () => {
    while (!over.signal.aborted) {
      terminal.show({
        sources: counter.now(),
        statistics: await counter.statistics(),
        notes: terminal.notes(),
      });
      await delay(SHOW_MS, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  return () => {
    over.abort();
    return showing;
  };
}

function print(document: CountDocument, counter: Counter, { json }: CountOptions): void {
  if (json === true) console.log(JSON.stringify(document));
  else for (const line of drawResult(counter.now())) console.log(line);
}
