/** Answers whether a text is meant. */
export type Test = (text: string) => boolean;

/**
 * Reads patterns in which `*` stands for any number of characters, none included. Capital letters count as small ones. The
 * time a test takes grows with the length of text and pattern and no faster, whatever somebody writes.
 * @returns whether one of the patterns fits the whole text
 */
export function compileGlobs(patterns: readonly string[]): Test {
  const exact = new Set(patterns.filter((pattern) => !pattern.includes('*')).map(folded));
  const tests = patterns.filter((pattern) => pattern.includes('*')).map(compile);
  return (text) => {
    const small = folded(text);
    return exact.has(small) || tests.some((test) => test(small));
  };
}

function compile(pattern: string): Test {
  const [first = '', ...rest] = folded(pattern).split('*');
  const last = rest.pop() ?? '';
  return (text) => {
    if (text.length < first.length + last.length) return false;
    if (!text.startsWith(first) || !text.endsWith(last)) return false;
    const end = text.length - last.length;
    let at = first.length;
    // The leftmost place of each piece leaves most room for those after it.
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}

function folded(text: string): string {
  return text.toLowerCase();
}
