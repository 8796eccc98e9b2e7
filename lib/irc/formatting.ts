/** The formatting codes inside the text of messages; see modern.ircdocs.horse/formatting. */

/** One code; the groups are a simple code, then the colours by number, then the colours in hex. */
export const formattingCode =
  // deno-lint-ignore no-control-regex -- the codes are control characters
  /([\x02\x1d\x1f\x1e\x11\x16\x0f])|\x03(?:(\d{1,2})(?:,(\d{1,2}))?)?|\x04(?:([0-9a-f]{6})(?:,([0-9a-f]{6}))?)?/gi;

/** `text` without its formatting codes. */
export function stripFormatting(text: string): string {
  return text.replace(formattingCode, "");
}
