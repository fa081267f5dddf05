import { createListIndex, type ListIndex } from '../../src/domain/plates/list-matching.js';
import type { ListEntry, PlateList } from '../../src/domain/plates/passage.js';
import type { PlateLists } from '../../src/ports.js';

interface Held {
  readonly revision: string;
  readonly lists: readonly PlateList[];
  readonly index: ListIndex;
}

const memory = new WeakMap<PlateLists, Held>();
const PAGE = 1000;

/** All lists, ready for matching; read again only when something in them has changed. */
export async function listIndex(store: PlateLists): Promise<Held> {
  // Asked before reading: what changes while they are read makes the next one read again.
  const revision = await store.revision();
  const held = memory.get(store);
  if (held?.revision === revision) return held;
  const lists = await store.lists();
  const entries: ListEntry[] = [];
  for (;;) {
    const afterId = entries.at(-1)?.id;
    const page = await store.entries({ limit: PAGE, ...(afterId !== undefined && { afterId }) });
    entries.push(...page);
    if (page.length < PAGE) break;
  }
  const read = { revision, lists, index: createListIndex(lists, entries) };
  memory.set(store, read);
  return read;
}
