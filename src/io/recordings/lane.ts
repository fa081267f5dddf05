/** At most `width` pieces of work at a time; the others wait their turn. */
export interface Lane {
  <T>(work: () => Promise<T>): Promise<T>;
}

export function createLane(width: number): Lane {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
