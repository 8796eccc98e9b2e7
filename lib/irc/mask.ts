/**
 * Masks such as "*!*@*.example": whether a text is a mask, and whether a mask matches a text. To compare one mask with
 * many texts, use compiled_mask.ts. Bans are in ban.ts.
 */

/** Whether `text` contains a wildcard ("*" or "?" without a backslash before it), so it can match several names. */
export function isMask(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (isWildcard(code)) return true;
    if (code === 0x5c && isWildcard(text.charCodeAt(i + 1))) i++;
  }
  return false;
}

/**
 * Whether the mask matches the whole text: "*" is any text, "?" one character, "\*" and "\?" the character itself;
 * ASCII case does not count.
 * A backslash before any other character is a backslash, because nicks can contain one. At most mask length × text
 * length steps.
 */
export function matchMask(mask: string, text: string): boolean {
  let at = 0;
  let maskAt = 0;
  let starMask = -1; // after the last "*" read
  let starText = 0; // start of the text after the part that this "*" takes
  while (at < text.length) {
    const code = mask.charCodeAt(maskAt);
    if (code === 0x2a) {
      starMask = ++maskAt;
      starText = at;
      continue;
    }
    const escaped = code === 0x5c && isWildcard(mask.charCodeAt(maskAt + 1));
    if (code === 0x3f) {
      at = nextCharacter(text, at);
      maskAt++;
    } else if (lowerCode(escaped ? mask.charCodeAt(maskAt + 1) : code) === lowerCode(text.charCodeAt(at))) {
      at++;
      maskAt += escaped ? 2 : 1;
    } else if (starMask >= 0) {
      starText = nextCharacter(text, starText);
      at = starText;
      maskAt = starMask;
    } else return false;
  }
  while (mask.charCodeAt(maskAt) === 0x2a) maskAt++;
  return maskAt === mask.length;
}

function isWildcard(code: number): boolean {
  return code === 0x2a || code === 0x3f;
}

function lowerCode(code: number): number {
  return code >= 0x41 && code <= 0x5a ? code + 0x20 : code;
}

function nextCharacter(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? at + 2 : at + 1;
}
