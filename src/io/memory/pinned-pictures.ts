import type { Picture } from '../../domain/picture.js';
import type { PinnedPictures } from '../../ports.js';

/**
 * Pinned pictures in this process's memory, for `replay` and tests: the oldest go beyond `maxBytes`. They do not
 * expire: a file is read as fast as it can be, and what it pins is used in order.
 */
export function createMemoryPinnedPictures({ maxBytes }: { readonly maxBytes: number }): PinnedPictures {
  const pictures = new Map<string, Picture>();
  let bytes = 0;
  const remove = (key: string): void => {
    bytes -= pictures.get(key)?.data.length ?? 0;
    pictures.delete(key);
  };
  return {
    async pin(key, picture) {
      remove(key);
      pictures.set(key, picture);
      bytes += picture.data.length;
      for (const oldest of pictures.keys()) {
        if (bytes <= maxBytes || pictures.size === 1) break;
        remove(oldest);
      }
    },
    get: async (key) => pictures.get(key),
    remove: async (key) => remove(key),
  };
}
