import { randomUUID } from 'node:crypto';
import type { ObjectStore } from '../../ports/storage.js';

/** Writes a little, reads it back and removes it. @throws with what is wrong */
export async function checkStore(store: ObjectStore, signal?: AbortSignal): Promise<void> {
  const key = `camqueue-check-${randomUUID()}`;
  const written = await store.put(key, Buffer.from(key), { ...(signal && { signal }) });
  try {
    const read = await store.sha256(key, signal);
    if (read?.sha256 !== written.sha256)
      throw new Error(`storage ${store.place} does not give back what was written to it`);
  } finally {
    await store.remove(key);
  }
}
