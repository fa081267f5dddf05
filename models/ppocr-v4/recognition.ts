/** Height of a line in the recognition network's input, pixels. */
export const LINE_HEIGHT = 48;

/**
 * A line as the network wants it: planes blue, green, red; (value / 255 - 0.5) / 0.5 (PaddleOCR RecResizeImg).
 * @param rgb R, G, B bytes, `width` x `LINE_HEIGHT`
 */
export function writeLine(rgb: Uint8Array, width: number): Float32Array {
  const plane = width * LINE_HEIGHT;
  const values = new Float32Array(3 * plane);
  for (let i = 0; i < plane; i++) {
    values[i] = rgb[3 * i + 2]! / 127.5 - 1;
    values[plane + i] = rgb[3 * i + 1]! / 127.5 - 1;
    values[2 * plane + i] = rgb[3 * i]! / 127.5 - 1;
  }
  return values;
}
