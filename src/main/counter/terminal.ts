import { drawDashboard, plainLine, type DashboardState } from './dashboard.js';

/** Shows a counter while it runs: redrawn in place on a terminal, a line now and then elsewhere. */
export interface CountTerminal {
  show(state: DashboardState): void;
  /** An alert or a failure. */
  note(text: string): void;
  notes(): readonly string[];
  end(): void;
}

const PLAIN_EVERY_MS = 5000;
const KEPT_NOTES = 20;

export function createCountTerminal(out: NodeJS.WriteStream): CountTerminal {
  const notes: string[] = [];
  let drawn = 0;
  let plainAt = 0;
  return {
    show(state) {
      if (!out.isTTY) {
        if (state.statistics.elapsedMs - plainAt < PLAIN_EVERY_MS) return;
        plainAt = state.statistics.elapsedMs;
        out.write(`${plainLine(state)}\n`);
        return;
      }
      // More lines than the screen has could not be taken back.
      const lines = drawDashboard(state, out.columns || 80, Math.max(2, (out.rows || 24) - 1));
      // Each line is written over the old one and its rest erased: nothing goes blank between.
      const up = drawn > 0 ? `\u001b[${drawn}A\r` : '';
      out.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
      drawn = lines.length;
    },
    note(text) {
      notes.unshift(text);
      notes.length = Math.min(notes.length, KEPT_NOTES);
      if (!out.isTTY) out.write(`${text}\n`);
    },
    notes: () => notes,
    end() {
      if (out.isTTY && drawn > 0) out.write(`\u001b[${drawn}A\r\u001b[J`);
      drawn = 0;
    },
  };
}
