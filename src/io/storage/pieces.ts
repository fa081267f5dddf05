import { within } from './within.js';

/** What is to be stored, piece by piece; a source that hangs is left when the signal says so, and ended in any case. */
export async function* pieces(
  source: Uint8Array | AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  if (source instanceof Uint8Array || ArrayBuffer.isView(source)) {
    yield source as Uint8Array;
    return;
  }
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await within(iterator.next(), 'source', signal, Infinity);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    iterator.return?.()?.catch(() => undefined);
  }
}
