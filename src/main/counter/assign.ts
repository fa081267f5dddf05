/** Pure: which waiting source goes to which worker. */
export interface Slot {
  readonly worker: number;
  readonly files: number;
  readonly lives: number;
}

export interface Waiting {
  readonly id: string;
  readonly kind: 'file' | 'live';
}

/**
 * Live sources go at once to whoever has least to do: what they send now is lost otherwise. Files wait for a worker that
 * reads no other file, those without live sources first, in their order.
 * @param waiting in the order in which they came
 * @param slots workers that are ready
 * @param mostFiles files that may be read at once
 */
export function assign(
  waiting: readonly Waiting[],
  slots: readonly Slot[],
  mostFiles: number,
): { id: string; worker: number }[] {
  const now = slots.map((slot) => ({ ...slot }));
  const given: { id: string; worker: number }[] = [];
  const give = ({ id, kind }: Waiting, slot: (typeof now)[number] | undefined): void => {
    if (!slot) return;
    if (kind === 'file') slot.files += 1;
    else slot.lives += 1;
    given.push({ id, worker: slot.worker });
  };
  const least = (of: typeof now): (typeof now)[number] | undefined =>
    [...of].sort((a, b) => a.lives + a.files - (b.lives + b.files))[0];
  for (const source of waiting.filter(({ kind }) => kind === 'live')) give(source, least(now));
  for (const source of waiting.filter(({ kind }) => kind === 'file')) {
    if (now.reduce((sum, { files }) => sum + files, 0) >= mostFiles) break;
    give(source, least(now.filter(({ files }) => files === 0)));
  }
  return given;
}
