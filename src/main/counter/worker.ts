import { createDetectors } from '../../io/onnx/detectors.js';
import { networksOf } from '../../io/onnx/networks.js';
import { messageOf, PermanentError } from '../../errors.js';
import { createLog, type Log } from '../../log.js';
import type { Detectors } from '../../ports.js';
import { loadNetworks } from '../load-networks.js';
import { countSource } from './count-source.js';
import { countingCamera } from './counting-camera.js';
import { createGovernor, type Governor } from './governor.js';
import { ToWorker, type FromWorker } from './protocol.js';

/**
 * A worker process of the counter, forked by its coordinator: loads the network once, then counts the sources it is
 * given, side by side. Ends when it is told to, or when the coordinator is gone.
 */
interface Counting {
  readonly reading: number;
  readonly stop: AbortController;
  readonly governor: Governor;
  readonly ended: Promise<void>;
}

const ALIVE_MS = 2000;

const [modelsDir = '', level = 'info'] = process.argv.slice(2);
const stop = new AbortController();
const counting = new Map<string, Counting>();

function say(message: FromWorker): void {
  // Without its coordinator nobody listens; `disconnect` stops everything.
  if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function logOf(id?: string): Log {
  const write = (line: string): void => say({ type: 'log', line, ...(id !== undefined && { id }) });
  return createLog('count-worker', level, write);
}

async function begin(message: Extract<ToWorker, { type: 'begin' }>, detectors: Detectors): Promise<void> {
  const { source, reading } = message;
  const { id } = source;
  const one = new AbortController();
  const governor = createGovernor();
  const ended = countSource(
    source,
    { detectors, governor, log: logOf(id).child({ source: id }) },
    AbortSignal.any([stop.signal, one.signal]),
    (news) => say({ ...news, id, reading }),
  );
  counting.set(id, { reading, stop: one, governor, ended });
  await ended;
  counting.delete(id);
}

function take(message: ToWorker, detectors: Detectors): void {
  if (message.type === 'stop') return stop.abort();
  if (message.type === 'begin') return void begin(message, detectors).catch(fail);
  const known = counting.get(message.id);
  if (known?.reading !== message.reading) return;
  if (message.type === 'end') known.stop.abort();
  else known.governor.set(message.isPaused, message.share);
}

/** The coordinator begins everything again elsewhere. */
function fail(error: unknown): void {
  logOf().fatal({ err: error }, 'the worker ends');
  setImmediate(() => process.exit(1));
}

async function main(): Promise<void> {
  process.on('disconnect', () => stop.abort());
  const detectors = createDetectors({ modelsDir, networks: networksOf([], modelsDir) });
  try {
    const lines = [{ id: 'any', from: [0, 0.5] as [number, number], to: [1, 0.5] as [number, number] }];
    const spec = { id: 'any', source: 'any', kind: 'file' as const, lines, classes: ['person'], fps: 1 };
    await loadNetworks([countingCamera(spec)], detectors);
  } catch (error) {
    if (!(error instanceof PermanentError)) throw error;
    return say({ type: 'unfit', reason: messageOf(error).replace(/^camera \S+ /, '') });
  }
  process.on('message', (raw) => take(ToWorker.parse(raw), detectors));
  say({ type: 'ready' });
  const alive = setInterval(() => say({ type: 'alive' }), ALIVE_MS);
  await new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await Promise.all([...counting.values()].map(({ ended }) => ended));
  clearInterval(alive);
}

main()
  .catch((error: unknown) => {
    logOf().fatal({ err: error }, 'the worker cannot begin');
    process.exitCode = 1;
  })
  .finally(async () => {
    // All that was said is written before the channel is closed.
    await new Promise((written) => {
      if (process.connected) process.send?.({ type: 'alive' }, undefined, undefined, written);
      else written(undefined);
    });
    if (process.connected) process.disconnect();
    // A library's forgotten timer must not hold the process.
    setTimeout(() => process.exit(), 1000).unref();
  });
