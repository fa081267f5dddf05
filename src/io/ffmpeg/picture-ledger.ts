/** A decoded picture's place in the stream it came from. */
export interface Delivery {
  /** 0-based index among the stream's pictures. */
  readonly frame: number;
  readonly mediaMs: number;
  /** Wall clock when its packet came out of the source, epoch ms. */
  readonly arrivedAt: number;
  /** Sampled slots between the one delivered before and this one that nobody decoded. */
  readonly skippedBefore: number;
}

/**
 * Knows every picture of a stream by its packet, decoded or not: which index it has in the order of showing, which slot
 * of 1/fps s it falls into, and which slots have been delivered. Whatever is decoded, also twice: each slot is given
 * out at most once, in order, and every slot that was left out in between is counted once.
 */
export interface PictureLedger {
  /** A packet came; `shownUs` from the first picture's, which is the first packet. Those shown before it are no pictures. */
  saw(shownUs: number, arrivedAt: number): void;
  /** It is given to a decoder that is to show all: when it does not come out, it is broken and not skipped. */
  fed(shownUs: number): void;
  /** A decoder gave the picture shown at that time. @returns `undefined`: it is not to be delivered (again). */
  deliver(shownUs: number): Delivery | undefined;
  slotOf(shownUs: number): number;
  /** The slot delivered last. */
  readonly lastSlot: number;
}

/** Packets and decoders round times to µs, each in its own way. */
const ROUNDING_US = 2;
/** Pictures are looked up while they are decoded: this many behind the one delivered last may still be asked for. */
const KEPT = 1000;

/** @param lead share of a slot that the slots begin early (see `SLOT_LEAD`) */
export function createPictureLedger(fps: number, lead: number): PictureLedger {
  /** In order of showing; indexes begin at `first`. */
  let pictures: { us: number; arrivedAt: number }[] = [];
  let first = 0;
  let originUs: number | undefined;
  let lastSlot = -1;
  /** Slots that pictures were seen in, neither delivered nor counted as skipped; true: given to a decoder. */
  const open = new Map<number, boolean>();
  /** Slots delivered or counted; further packets of theirs change nothing. */
  const closed = new Set<number>();

  const slotOf = (us: number): number => Math.floor(((us - (originUs ?? us)) * fps) / 1e6 + lead);

  function placeOf(us: number): number {
    let low = 0;
    let high = pictures.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((pictures[middle]?.us ?? Infinity) < us - ROUNDING_US) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function settle(slot: number): number {
    let skipped = 0;
    for (const [other, wasFed] of open) {
      if (other > slot) continue;
      open.delete(other);
      closed.add(other);
      if (other < slot && !wasFed) skipped++;
    }
    lastSlot = slot;
    return skipped;
  }

  function forget(place: number): void {
    if (place < 2 * KEPT) return;
    first += place - KEPT;
    pictures = pictures.slice(place - KEPT);
    const oldest = slotOf(pictures[0]?.us ?? 0);
    for (const slot of closed) if (slot < oldest) closed.delete(slot);
  }

  return {
    saw(us, arrivedAt) {
      originUs ??= us;
      if (us < originUs - ROUNDING_US) return;
      pictures.splice(placeOf(us + 2 * ROUNDING_US), 0, { us, arrivedAt });
      const slot = slotOf(us);
      if (!closed.has(slot) && !open.has(slot)) open.set(slot, false);
    },
    fed(us) {
      const slot = slotOf(us);
      if (open.has(slot)) open.set(slot, true);
    },
    deliver(us) {
      const place = placeOf(us);
      const picture = pictures[place];
      if (!picture || Math.abs(picture.us - us) > ROUNDING_US) return undefined;
      const slot = slotOf(picture.us);
      if (slot <= lastSlot) return undefined;
      const skippedBefore = settle(slot);
      const mediaMs = (picture.us - (originUs ?? 0)) / 1000;
      const delivery = { frame: first + place, mediaMs, arrivedAt: picture.arrivedAt, skippedBefore };
      forget(place);
      return delivery;
    },
    slotOf,
    get lastSlot() {
      return lastSlot;
    },
  };
}
