/**
 * Trims texts in linear time. A pattern such as /\s+$/ costs the square of the length where such characters also stand
 * inside a text, because it starts anew at each of them. Pure.
 */

/** How much of the text is left without its last characters that `ending` matches; it is tested with one character. */
export function lengthWithout(text: string, ending: RegExp, from = text.length): number {
  let end = from;
  while (end > 0) {
    const isPair = end > 1 && (text.codePointAt(end - 2) ?? 0) > 0xffff;
    const start = isPair ? end - 2 : end - 1;
    if (!ending.test(text.slice(start, end))) break;
    end = start;
  }
  return end;
}

/** The text without its last characters that `ending` matches. */
export function withoutEnd(text: string, ending: RegExp): string {
  return text.slice(0, lengthWithout(text, ending));
}
