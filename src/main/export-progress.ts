import { durationText } from '../domain/duration-text.js';

const BAR = 30;
/** Where nothing can be redrawn there is a line now and then, ms. */
const LINE_MS = 5000;

export interface ProgressShown {
  /** @param fraction 0..1 */
  show(state: string, fraction: number, leftMs?: number): void;
  end(): void;
}

/** Shows how far something is, on stderr: a bar on a terminal, else lines. */
export function showProgress(options: {
  readonly isQuiet: boolean;
  readonly out?: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly now?: () => number;
}): ProgressShown {
  const { isQuiet, out = process.stderr, now = Date.now } = options;
  if (isQuiet) return { show: () => undefined, end: () => undefined };
  if (out.isTTY === true)
    return {
      show: (state, fraction, leftMs) => void out.write(`\r\u001b[K${barText(state, fraction, leftMs)}`),
      end: () => void out.write('\r\u001b[K'),
    };
  let [saidAt, said] = [-Infinity, ''];
  return {
    show: (state, fraction, leftMs) => {
      if (state === said && now() - saidAt < LINE_MS) return;
      [saidAt, said] = [now(), state];
      out.write(`${lineText(state, fraction, leftMs)}\n`);
    },
    end: () => undefined,
  };
}

/** `████████──────── 42 %  1 min 5 s left`. */
export function barText(state: string, fraction: number, leftMs?: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR);
  return `${'█'.repeat(full)}${'─'.repeat(BAR - full)} ${lineText(state, fraction, leftMs)}`;
}

function lineText(state: string, fraction: number, leftMs?: number): string {
  if (state === 'waiting') return 'waiting for its turn';
  const left = leftMs === undefined ? '' : `  ${durationText(leftMs)} left`;
  return `${Math.floor(fraction * 100)} %${left}`;
}
