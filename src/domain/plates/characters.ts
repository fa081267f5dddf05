/** What a recogniser writes for a character of a plate, which are capitals and digits only: lower case tells a shape. */
const SHAPES: Readonly<Record<string, string>> = {
  ...{ l: 'I', b: '6', g: '9', q: '9', đ: 'Đ', Ð: 'Đ', ð: 'Đ' },
  ...{ '○': '0', 〇: '0', 口: '0', ø: '0', Ø: '0' },
  ...{ 丨: '|', 一: '-', '—': '-', '–': '-', '−': '-', _: '-', '~': '-', '·': '.', '•': '.', '。': '.' },
  ...{
    ',': '.',
    '、': '.',
    '，': '.',
    '：': ':',
    '’': "'",
    '`': "'",
    '!': '|',
    '[': '|',
    ']': '|',
    '¦': '|',
  },
};

/** A letter or digit as plates have them: capital, without accents (Đ stays); anything else is a mark, as it is. */
export function plainCharacter(char: string): string {
  const shape = SHAPES[char];
  if (shape !== undefined) return shape;
  const plain = char
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toUpperCase();
  return SHAPES[plain] ?? plain.charAt(0);
}

/** @param char as `plainCharacter` gives it */
export function isLetterOrDigit(char: string): boolean {
  return /^[A-Z0-9Đ]$/.test(char);
}

/**
 * A plate's text for matching: capital letters and digits only, Đ as D (networks hardly tell them apart): `34-MĐ1 018.15`
 * → `34MD101815`. Empty when there are none.
 */
export function keyOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toUpperCase()
    .replace(/[ĐÐ]/g, 'D')
    .replace(/[^A-Z0-9]/g, '');
}
