/**
 * Nicks, channel names and usernames: what is valid, what is equal. Masks are in mask.ts.
 * The case mapping is ASCII: "Ann" and "ann" are equal, "É" and "é" are not. Look-alike letters are not compared
 * here.
 */

import { toAscii } from "./ascii_name.ts";
import { utf8Bytes } from "./lines.ts";

/** A name in the form for comparing and storing; the type prevents a raw name as a key. */
export type Folded = string & { readonly folded: unique symbol };

/** The three parts of "nick!username@host"; a missing part is "". The source of a server has its name as nick. */
export interface Source {
  readonly nick: string;
  readonly username: string;
  readonly host: string;
}

/**
 * The longest names in UTF-8 bytes, whatever their number of characters: then the longest line that names two users and
 * a channel fits in 512 bytes.
 */
const maxNickBytes = 96;
const maxChannelBytes = 120;

/** Characters beyond ASCII that a nick can contain: visible letters, marks and numbers. */
const unicodeNick = /^[\p{L}\p{N}!-~][\p{L}\p{M}\p{N}!-~]*$/u;
const unseen = /\p{Default_Ignorable_Code_Point}/u;
/**
 * Control and format characters (with bidi), halves of surrogate pairs, separators, and the comma between targets.
 */
const notInChannel = /[\p{Cc}\p{Cf}\p{Cs}\p{Z},]/u;
const notInUsername = /[^A-Za-z0-9._-]/g;

/** Changes A to Z to lower case and leaves all other characters. */
export function fold(name: string): Folded {
  let upper = false;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (code > 0x7f) return name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) as Folded;
    if (code >= 0x41 && code <= 0x5a) upper = true;
  }
  return (upper ? name.toLowerCase() : name) as Folded;
}

const rfc1459Upper = "[]\\~";
const rfc1459Lower = "{}|^";

/** Whether a name has letters that RFC 1459 and the ASCII case mapping compare differently. */
export function hasRfc1459Letters(name: string): boolean {
  return /[[\]\\~{}|^]/.test(name);
}

/**
 * fold() by RFC 1459, where {}|^ are the lower case of []\~. Some clients compare names so, whatever the server says.
 */
export function foldRfc1459(name: string): string {
  return fold(name).replace(/[[\]\\~]/g, (letter) => rfc1459Lower[rfc1459Upper.indexOf(letter)] ?? letter);
}

/** `maxLength` counts UTF-16 units. Text beyond ASCII must be in NFC; otherwise two nicks could look the same. */
export function isNick(text: string, maxLength: number): boolean {
  if (text === "" || text.length > maxLength) return false;
  const first = text.charCodeAt(0);
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return false;
  let ascii = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 0x7f) ascii = false;
    else if (!isNickCode(code)) return false;
  }
  if (ascii) return true;
  return utf8Bytes(text) <= maxNickBytes && unicodeNick.test(text) && !unseen.test(text) &&
    text === text.normalize("NFC");
}

/** "#", also alone, as on other servers; `maxLength` counts UTF-16 units with the "#". NFC, as for nicks. */
export function isChannelName(text: string, maxLength: number): boolean {
  if (text.charCodeAt(0) !== 0x23 || text.length > maxLength) return false;
  return utf8Bytes(text) <= maxChannelBytes && !notInChannel.test(text) && text === text.normalize("NFC");
}

/**
 * The username for the parameter of USER: ASCII letters, digits, ".", "_", "-"; "user" if nothing is left. "Zoë" gives
 * "Zoe".
 */
export function cleanUsername(text: string, maxLength = 16): string {
  return toAscii(text).replace(notInUsername, "").slice(0, maxLength) || "user";
}

/** Never fails: text without "!" and "@" becomes the nick. */
export function parseSource(source: string): Source {
  const at = source.lastIndexOf("@");
  const name = at < 0 ? source : source.slice(0, at);
  const host = at < 0 ? "" : source.slice(at + 1);
  const bang = name.indexOf("!");
  if (bang < 0) return { nick: name, username: "", host };
  return { nick: name.slice(0, bang), username: name.slice(bang + 1), host };
}

/** Whether a name has no character beyond ASCII. */
export function isAscii(name: string): boolean {
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) > 0x7f) return false;
  return true;
}

function isNickCode(code: number): boolean {
  // "A" to "}" are the letters and []\^_`{|}
  return (code >= 0x41 && code <= 0x7d) || (code >= 0x30 && code <= 0x39) || code === 0x2d;
}
