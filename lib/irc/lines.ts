/**
 * Bytes → lines. Each connection has one buffer; reads fill it and lines are decoded from it in place.
 * Decoding is the expensive step, so all complete lines of a read are decoded at once and then cut. The decoder
 * replaces invalid UTF-8 with U+FFFD, and a line that contains U+FFFD is compared with its bytes. A fatal decoder is
 * three times slower, and each throw costs about 10 µs, which a hostile peer could cause with two bytes. A line over
 * its limit is skipped to its end and not stored, so no peer can make the buffer grow past the limits. The resulting
 * lines depend on the bytes only, not on how reads split them.
 */

/** The reason why a line cannot be used. */
export interface BadLine {
  readonly fault: "too long" | "not UTF-8";
  /** The line with U+FFFD for what is not UTF-8; a line that is too long is not stored. */
  readonly text?: string;
}

/** A line without its CR LF, never empty. The text can share memory with the other lines of its read. */
export type Line = string | BadLine;

/**
 * Limits in bytes: `tagBytes` includes "@" and the space after the tags, `bodyBytes` includes CR LF (also if only LF
 * came).
 */
export interface LineLimits {
  readonly tagBytes: number;
  readonly bodyBytes: number;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
const atSign = 0x40;
const space = 0x20;
const busyBytes = 64 * 1024;
const tooLong: BadLine = { fault: "too long" };
const replacement = "\ufffd";
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Call space(), read into it, then call take() with the number of bytes read; repeat. */
export class LineSplitter {
  /** The number of blank lines; the reader of the count sets it back. */
  blank = 0;
  readonly #limits: LineLimits;
  readonly #firstBytes: number;
  readonly #mostBytes: number;
  #buffer: Uint8Array<ArrayBuffer>;
  /** Number of bytes of the incomplete line at the start of the buffer. */
  #pending = 0;
  /** The incomplete line is over its limit, so none of it is stored. */
  #skipping = false;

  constructor(limits: LineLimits, firstBytes = 1024) {
    if (!(firstBytes >= 1)) {
      throw new RangeError(`Cannot split lines as firstBytes must be > 0: it is ${firstBytes}`);
    }
    this.#limits = limits;
    this.#firstBytes = firstBytes;
    this.#mostBytes = Math.max(busyBytes, firstBytes, limits.tagBytes + limits.bodyBytes);
    this.#buffer = new Uint8Array(firstBytes);
  }

  /** The memory for the next read; never empty, and valid until the next take() or idle(). */
  space(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#pending);
  }

  /** The lines that the next `count` bytes in space() complete, in order. */
  take(count: number): Line[] {
    const lines: Line[] = [];
    const end = this.#pending + count;
    // TypedArray.lastIndexOf would also search the pending bytes, which contain no newline.
    const last = this.#buffer.subarray(this.#pending, end).lastIndexOf(newline);
    if (last < 0) {
      this.#pending = end;
    } else {
      const cut = this.#pending + last + 1;
      this.#finish(cut, lines);
      if (cut < end) this.#buffer.copyWithin(0, cut, end);
      this.#pending = end - cut;
    }
    if (this.#skipping || isTooLong(this.#buffer, this.#pending, this.#limits)) {
      this.#skipping = true;
      this.#pending = 0;
    }
    if (end === this.#buffer.length) this.#resize(Math.min(end * 4, this.#mostBytes));
    return lines;
  }

  /** Shrinks a buffer that grew during a busy time. Do not call it while a read into space() is running. */
  idle(): void {
    let bytes = this.#firstBytes;
    while (bytes <= this.#pending) bytes *= 4;
    if (bytes < this.#buffer.length) this.#resize(bytes);
  }

  #resize(bytes: number): void {
    if (bytes === this.#buffer.length) return;
    const buffer = new Uint8Array(bytes);
    buffer.set(this.#buffer.subarray(0, this.#pending));
    this.#buffer = buffer;
  }

  /** Takes the complete lines from the first `end` bytes, which end with a newline. */
  #finish(end: number, lines: Line[]): void {
    let start = 0;
    if (this.#skipping) {
      this.#skipping = false;
      lines.push(tooLong);
      start = this.#buffer.indexOf(newline) + 1;
      if (start === end) return;
    }
    const bytes = this.#buffer.subarray(start, end);
    const text = decoder.decode(bytes);
    this.blank += text.includes(replacement)
      ? cutChecked(text, bytes, this.#limits, lines)
      : cut(text, bytes.length, this.#limits, lines);
  }
}

/** Cuts `text`, which is complete lines of `bytes` bytes. Returns the number of blank lines. */
function cut(text: string, bytes: number, limits: LineLimits, lines: Line[]): number {
  let blank = 0;
  const short = bytes < limits.bodyBytes && bytes <= limits.tagBytes;
  const ascii = text.length === bytes;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const end = text.charCodeAt(found - 1) === carriageReturn && found > start ? found - 1 : found;
    if (end > start) {
      const line = text.slice(start, end);
      lines.push(short || fits(line, ascii, limits) ? line : tooLong);
    } else blank++;
    start = found + 1;
  }
  return blank;
}

/**
 * Like cut(), but some lines can be invalid UTF-8. A newline is one unit in bytes and in text, so both advance
 * together.
 */
function cutChecked(text: string, bytes: Uint8Array, limits: LineLimits, lines: Line[]): number {
  let blank = 0;
  let startByte = 0;
  for (let start = 0; start < text.length;) {
    const found = text.indexOf("\n", start);
    const foundByte = bytes.indexOf(newline, startByte);
    const cr = foundByte > startByte && bytes[foundByte - 1] === carriageReturn ? 1 : 0;
    if (foundByte - cr > startByte) {
      lines.push(checked(text.slice(start, found - cr), bytes.subarray(startByte, foundByte - cr), limits));
    } else blank++;
    start = found + 1;
    startByte = foundByte + 1;
  }
  return blank;
}

function checked(line: string, bytes: Uint8Array, limits: LineLimits): Line {
  const tags = bytes[0] === atSign ? tagBytes(bytes) : 0;
  if (tags > limits.tagBytes || bytes.length - tags > limits.bodyBytes - 2) return tooLong;
  return replacementsIn(line) === sentReplacements(bytes) ? line : { fault: "not UTF-8", text: line };
}

function replacementsIn(line: string): number {
  let count = 0;
  for (let at = line.indexOf(replacement); at >= 0; at = line.indexOf(replacement, at + 1)) count++;
  return count;
}

/** The number of U+FFFD that the peer itself sent. */
function sentReplacements(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0xef); at >= 0; at = bytes.indexOf(0xef, at + 1)) {
    if (bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd) count++;
  }
  return count;
}

/** Whether the line that starts with these `length` bytes is over its limit, whatever follows. */
function isTooLong(buffer: Uint8Array, length: number, limits: LineLimits): boolean {
  // The last byte can be a CR, so one more byte than the line limit is allowed.
  if (length < limits.bodyBytes && length <= limits.tagBytes) return false;
  const tags = buffer[0] === atSign ? tagBytes(buffer.subarray(0, length)) : 0;
  if (tags === length) return tags > limits.tagBytes + 1;
  return tags > limits.tagBytes || length - tags > limits.bodyBytes - 1;
}

/** The number of bytes of the tag section with its space; all bytes if no space ends it. */
function tagBytes(bytes: Uint8Array): number {
  const end = bytes.indexOf(space);
  return end < 0 ? bytes.length : end + 1;
}

function fits(line: string, ascii: boolean, limits: LineLimits): boolean {
  let tags = 0;
  if (line.charCodeAt(0) === atSign) tags = line.indexOf(" ") + 1 || line.length;
  const most = ascii ? 1 : 3;
  if (tags * most <= limits.tagBytes && (line.length - tags) * most <= limits.bodyBytes - 2) return true;
  if (ascii) return false;
  return utf8Bytes(line, 0, tags) <= limits.tagBytes &&
    utf8Bytes(line, tags, line.length) <= limits.bodyBytes - 2;
}

/** The number of UTF-8 bytes of `text` between `start` and `end`. */
export function utf8Bytes(text: string, start = 0, end = text.length): number {
  let bytes = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else if ((text.codePointAt(i) ?? 0) < 0x10000) bytes += 3; // also half of a surrogate pair, which is sent as U+FFFD
    else {
      bytes += 4;
      i++;
    }
  }
  return bytes;
}
