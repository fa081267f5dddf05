import type { Box } from '../../domain/geometry.js';

/** Width of one character in font sizes: that of DejaVu Sans Bold, a wide face, so that neighbours keep apart. */
const CHARACTER_WIDTH = 0.7;
const LINE_HEIGHT = 1.25;

/**
 * Finds room for labels: each takes the first of its wished places that is free, moved inside the visible region.
 * When all are taken it goes down line by line from the first one until it is free or the picture ends.
 */
export class LabelPlaces {
  readonly #taken: Box[] = [];

  constructor(
    readonly visible: Box,
    readonly fontPx: number,
  ) {}

  /**
   * @param wishes corners the label could have, top left, best first; given the label's size
   * @returns the label's box; its text's baseline is at `y + fontPx`.
   */
  place(
    text: string,
    wishes: (size: { width: number; height: number }) => readonly { x: number; y: number }[],
  ): Box {
    const size = {
      width: [...text].length * this.fontPx * CHARACTER_WIDTH,
      height: this.fontPx * LINE_HEIGHT,
    };
    const boxes = wishes(size).map(({ x, y }) => this.#inside({ x, y, ...size }));
    const free =
      boxes.find((box) => this.#isFree(box)) ??
      this.#below(boxes[0] ?? this.#inside({ x: 0, y: 0, ...size }));
    this.#taken.push(free);
    return free;
  }

  #below(wished: Box): Box {
    const bottom = this.visible.y + this.visible.height;
    for (let y = wished.y; y + wished.height <= bottom; y += wished.height) {
      const box = { ...wished, y };
      if (this.#isFree(box)) return box;
    }
    return wished;
  }

  #isFree(box: Box): boolean {
    return !this.#taken.some(
      (other) =>
        box.x < other.x + other.width &&
        other.x < box.x + box.width &&
        box.y < other.y + other.height &&
        other.y < box.y + box.height,
    );
  }

  #inside(box: Box): Box {
    const { x, y, width, height } = this.visible;
    return {
      ...box,
      x: Math.max(x, Math.min(box.x, x + width - box.width)),
      y: Math.max(y, Math.min(box.y, y + height - box.height)),
    };
  }
}
