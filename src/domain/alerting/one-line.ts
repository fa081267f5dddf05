/** No line breaks, control or invisible characters: they could add headers, or hide text. */
export function oneLine(text: string): string {
  return text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}

/** At most so many characters (UTF-16 units), the mark included; no letter is cut in two. */
export function cutTo(text: string, most: number, mark = '…'): string {
  if (text.length <= most) return text;
  const end = Math.max(0, most - mark.length);
  const kept: string[] = [];
  let length = 0;
  // Letters as people see them: Vietnamese marks may be characters of their own.
  for (const { segment } of new Intl.Segmenter('vi').segment(text)) {
    if (length + segment.length > end) break;
    kept.push(segment);
    length += segment.length;
  }
  return `${kept.join('').trimEnd()}${mark}`;
}
