/**
 * Text ⇄ message: one line of IRC, with or without tags, and its parts.
 * It does not interpret the parts, and it has no limits on the length of a line: see lines.ts.
 * parse() is the hottest function of the server: it reads the line once and creates only what it returns.
 */

/** A parsed line: tag values are unescaped; `source` has no ":" and is "" if there is none. */
export interface Message {
  readonly tags: ReadonlyMap<string, string>;
  readonly source: string;
  readonly command: string;
  readonly params: readonly string[];
}

/** The input of format(): a message with optional tags and source. */
export interface MessageParts {
  readonly tags?: Iterable<readonly [string, string]>;
  readonly source?: string;
  readonly command: string;
  readonly params: readonly string[];
}

/** The parameter with this number takes the remaining line, so a hostile line stays cheap. */
const maxParams = 255;

const space = 0x20;
const colon = 0x3a;
const atSign = 0x40;
const noTags: ReadonlyMap<string, string> = new Map();

/**
 * Undefined for an unusable line: no command, a command that starts with ":" or "@", or NUL, CR or LF inside.
 * The command becomes upper case; several spaces count as one; if a tag is repeated, the last one counts.
 */
export function parse(line: string): Message | undefined {
  if (line.includes("\0") || line.includes("\r") || line.includes("\n")) return undefined;
  let at = skipSpaces(line, 0);
  let tags = noTags;
  if (line.charCodeAt(at) === atSign) {
    const end = wordEnd(line, at);
    tags = parseTags(line.slice(at + 1, end));
    at = skipSpaces(line, end);
  }
  let source = "";
  if (line.charCodeAt(at) === colon) {
    const end = wordEnd(line, at);
    source = line.slice(at + 1, end);
    at = skipSpaces(line, end);
  }
  const end = wordEnd(line, at);
  const first = line.charCodeAt(at);
  if (end === at || first === colon || first === atSign) return undefined;
  return { tags, source, command: upperCase(line.slice(at, end)), params: parseParams(line, end) };
}

/** Throws a RangeError if the line would be parsed as something else; body() does not check. */
export function format(message: MessageParts): string {
  const { source = "", command, params } = message;
  if (command === "" || command.includes(" ") || command.startsWith(":") || command.startsWith("@")) {
    throw new RangeError(`Cannot format a message: "${command}" is not a command`);
  }
  if (source.includes(" ")) {
    throw new RangeError(`Cannot format ${command}: the source "${source}" has a space`);
  }
  for (let i = 0; i < params.length - 1; i++) {
    const param = params[i] ?? "";
    if (needsColon(param)) {
      throw new RangeError(`Cannot format ${command}: only the last parameter can be "${param}"`);
    }
  }
  if (params.length > maxParams) {
    throw new RangeError(`Cannot format ${command}: ${params.length} parameters are more than ${maxParams}`);
  }
  const tags = message.tags ? checkedTags(command, message.tags) : "";
  const line = tags + body(source, command, params);
  if (line.includes("\0") || line.includes("\r") || line.includes("\n")) {
    throw new RangeError(`Cannot format ${command}: a part of it has NUL, CR or LF`);
  }
  return line;
}

/**
 * Commands whose last parameter is text for people. It always gets a ":", because many small programs expect it.
 * The number is the parameter count with that text.
 */
const textAt: ReadonlyMap<string, number> = new Map([
  ["PRIVMSG", 2],
  ["NOTICE", 2],
  ["TOPIC", 2],
  ["PART", 2],
  ["KICK", 3],
  ["QUIT", 1],
  ["AWAY", 1],
  ["SETNAME", 1],
  ["WALLOPS", 1],
  ["353", 4],
]);

/**
 * A copy of the text in its own memory. Text cut from a line shares the memory of its whole read. Use this for text
 * that is stored for a long time (a nick, a topic, a mask); otherwise a few letters hold tens of kilobytes.
 */
export function unshared(text: string): string {
  return text === "" ? "" : [text.slice(0, 1), text.slice(1)].join("");
}

/** A line without tags. Unchecked: only the last parameter can be empty, contain a space or start with ":". */
export function body(source: string, command: string, params: readonly string[]): string {
  let line = source === "" ? command : ":" + source + " " + command;
  const last = params.length - 1;
  if (last < 0) return line;
  for (let i = 0; i < last; i++) line += " " + params[i];
  const text = params[last] ?? "";
  return line + (needsColon(text) || textAt.get(command) === params.length ? " :" : " ") + text;
}

/** The tag section without its "@" and space, values escaped; "" if there are no tags. Keys are not checked. */
export function formatTags(tags: Iterable<readonly [string, string]>): string {
  let text = "";
  for (const [key, value] of tags) {
    if (text !== "") text += ";";
    text += value === "" ? key : key + "=" + escapeTagValue(value);
  }
  return text;
}

/** Message-tags spec, "Escaping values". */
export function escapeTagValue(value: string): string {
  let text = "";
  let done = 0;
  for (let i = 0; i < value.length; i++) {
    const escape = tagEscape(value.charCodeAt(i));
    if (escape === "") continue;
    text += value.slice(done, i) + escape;
    done = i + 1;
  }
  return done === 0 ? value : text + value.slice(done);
}

/** A backslash before any other character, or at the end, is removed. */
export function unescapeTagValue(value: string): string {
  let at = value.indexOf("\\");
  if (at < 0) return value;
  let text = "";
  let done = 0;
  while (at >= 0) {
    text += value.slice(done, at) + unescaped(value.charAt(at + 1));
    done = at + 2;
    at = value.indexOf("\\", done);
  }
  return text + value.slice(done);
}

function parseTags(text: string): ReadonlyMap<string, string> {
  const tags = new Map<string, string>();
  // Searched again only when it lies before the tag: otherwise tags without a value would cost the square of their number.
  let equals = -1;
  for (let at = 0; at < text.length;) {
    const found = text.indexOf(";", at);
    const end = found < 0 ? text.length : found;
    if (equals < at) {
      const next = text.indexOf("=", at);
      equals = next < 0 ? text.length : next;
    }
    const hasValue = equals < end;
    const key = text.slice(at, hasValue ? equals : end);
    if (key !== "") tags.set(key, hasValue ? unescapeTagValue(text.slice(equals + 1, end)) : "");
    at = end + 1;
  }
  return tags.size === 0 ? noTags : tags;
}

function parseParams(line: string, from: number): string[] {
  const params: string[] = [];
  let at = skipSpaces(line, from);
  while (at < line.length) {
    if (line.charCodeAt(at) === colon) {
      params.push(line.slice(at + 1));
      break;
    }
    if (params.length === maxParams - 1) {
      params.push(line.slice(at));
      break;
    }
    const end = wordEnd(line, at);
    params.push(line.slice(at, end));
    at = skipSpaces(line, end);
  }
  return params;
}

/** Where the next word begins, from `from` on. */
export function skipSpaces(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === space) at++;
  return at;
}

/** Where the word ends in which `from` is. */
export function wordEnd(line: string, from: number): number {
  const end = line.indexOf(" ", from);
  return end < 0 ? line.length : end;
}

/** A command with letters beyond ASCII is not changed: "ſ" in upper case is "S". */
function upperCase(command: string): string {
  let lower = false;
  for (let i = 0; i < command.length; i++) {
    const code = command.charCodeAt(i);
    if (code > 0x7f) return command;
    if (code >= 0x61 && code <= 0x7a) lower = true;
  }
  return lower ? command.toUpperCase() : command;
}

function needsColon(param: string): boolean {
  return param === "" || param.charCodeAt(0) === colon || param.includes(" ");
}

function checkedTags(command: string, tags: Iterable<readonly [string, string]>): string {
  const list = [...tags];
  for (const [key] of list) {
    if (key === "" || /[ ;=]/.test(key)) {
      throw new RangeError(`Cannot format ${command}: "${key}" is not a tag`);
    }
  }
  return list.length === 0 ? "" : `@${formatTags(list)} `;
}

function tagEscape(code: number): string {
  if (code > 0x5c || (code > space && code !== 0x3b && code !== 0x5c)) return "";
  switch (code) {
    case 0x3b:
      return "\\:";
    case space:
      return "\\s";
    case 0x5c:
      return "\\\\";
    case 0x0d:
      return "\\r";
    case 0x0a:
      return "\\n";
    default:
      return "";
  }
}

function unescaped(character: string): string {
  switch (character) {
    case ":":
      return ";";
    case "s":
      return " ";
    case "r":
      return "\r";
    case "n":
      return "\n";
    default:
      return character;
  }
}
