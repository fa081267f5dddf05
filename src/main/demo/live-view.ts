import { drawSystem, plainLine, type SystemState } from '../view.js';

const PLAIN_EVERY_MS = 5000;

/** Shows the system while it runs: redrawn in place on a terminal, a line now and then elsewhere. */
export function createLiveView(
  out: NodeJS.WriteStream,
  timeZone: string,
): { show(state: SystemState): void; end(): void } {
  let drawn = 0;
  let plainAt = -Infinity;
  const clear = (): void => {
    // Up to the first line drawn, then erase to the end of the screen.
    if (drawn > 0) out.write(`\u001b[${drawn}A\r\u001b[J`);
    drawn = 0;
  };
  return {
    show(state) {
      if (!out.isTTY) {
        if (state.elapsedMs - plainAt < PLAIN_EVERY_MS) return;
        plainAt = state.elapsedMs;
        out.write(`${plainLine(state)}\n`);
        return;
      }
      // More lines than the screen has could not be taken back.
      const lines = drawSystem(state, out.columns, timeZone).slice(0, Math.max(1, out.rows - 1));
      clear();
      out.write(`${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    end: clear,
  };
}
