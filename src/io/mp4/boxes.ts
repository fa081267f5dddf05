/** The contents of a box: where they begin and end in the bytes it was found in. */
export interface Box {
  /** Four characters. */
  readonly type: string;
  readonly from: number;
  readonly to: number;
}

/** @returns a view of the same memory, for reading numbers (big-endian, as everywhere in MP4). */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The boxes that lie one after the other between two places; what does not look like a box ends the search. */
export function* boxesIn(view: DataView, from = 0, to = view.byteLength): Generator<Box> {
  for (let at = from; at + 8 <= to;) {
    const header = headerAt(view, at, to);
    if (!header || at + header.size > to) return;
    yield { type: header.type, from: at + header.length, to: at + header.size };
    at += header.size;
  }
}

/**
 * The first box reached by this path of types, each within the one before.
 * @throws Error naming the box that is missing.
 */
export function boxAt(view: DataView, within: Pick<Box, 'from' | 'to'>, ...path: string[]): Box {
  let found: Pick<Box, 'from' | 'to'> & { type?: string } = within;
  for (const type of path) found = childOf(view, found, type);
  return found as Box;
}

function childOf(view: DataView, { from, to }: Pick<Box, 'from' | 'to'>, type: string): Box {
  for (const box of boxesIn(view, from, to)) if (box.type === type) return box;
  throw new Error(`the MP4 stream holds no ${type} box where one must be`);
}

/** @returns type and size (header included) of the box that begins there; `undefined` when its header is not all there. */
export function headerAt(
  view: DataView,
  at: number,
  to: number,
): { readonly type: string; readonly length: number; readonly size: number } | undefined {
  if (at + 8 > to) return undefined;
  const size = view.getUint32(at);
  const type = typeAt(view, at + 4);
  if (size !== 1) return size < 8 ? undefined : { type, length: 8, size };
  if (at + 16 > to) return undefined;
  return { type, length: 16, size: Number(view.getBigUint64(at + 8)) };
}

export function typeAt(view: DataView, at: number): string {
  return String.fromCharCode(
    view.getUint8(at),
    view.getUint8(at + 1),
    view.getUint8(at + 2),
    view.getUint8(at + 3),
  );
}
