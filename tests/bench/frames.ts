/** WebSocket frames for the load: it sends each line as a frame, and reads frames as lines. No fragments, no control frames. */

const newline = 10;
const mask = [0x12, 0x34, 0x56, 0x78];
const encoder = new TextEncoder();

/** The request that turns an HTTP connection into a WebSocket. InspIRCd wants an origin. */
export const upgradeRequest = encoder.encode([
  "GET / HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Origin: http://127.0.0.1",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Protocol: text.ircv3.net",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n"));

/** The index after the answer to the request, or -1 while a part of it is missing. Throws when the server refuses. */
function endOfUpgrade(received: Uint8Array): number {
  const head = new TextDecoder("latin1").decode(received);
  const end = head.indexOf("\r\n\r\n");
  if (end < 0) return -1;
  if (!head.startsWith("HTTP/1.1 101")) throw new Error(`Cannot open a WebSocket: ${head.split("\r\n")[0]}`);
  return end + 4;
}

/** A frame for each line; the lines end in CR LF. */
export function framesOf(lines: Uint8Array): Uint8Array<ArrayBuffer> {
  const framed: number[] = [];
  for (let start = 0; start < lines.length;) {
    const end = lines.indexOf(newline, start);
    const payload = lines.subarray(start, end - 1);
    framed.push(0x81);
    if (payload.length < 126) framed.push(0x80 | payload.length);
    else framed.push(0x80 | 126, payload.length >> 8, payload.length & 255);
    framed.push(...mask);
    for (let at = 0; at < payload.length; at++) framed.push((payload[at] ?? 0) ^ (mask[at & 3] ?? 0));
    start = end + 1;
  }
  return Uint8Array.from(framed);
}

/** Received bytes, and the payloads in them as lines. */
export class FrameReader {
  readonly #raw: Uint8Array<ArrayBuffer>;
  #start = 0;
  #end = 0;
  /** Bytes of the payload that are not received yet; -1 between frames. */
  #left = -1;

  constructor(bytes: number) {
    this.#raw = new Uint8Array(bytes);
  }

  /** The free part of the buffer, for the next read; received() takes the number of bytes that were read. */
  get readBuffer(): Uint8Array<ArrayBuffer> {
    if (this.#start > 0) {
      this.#raw.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    return this.#end === 0 ? this.#raw : this.#raw.subarray(this.#end);
  }

  received(count: number): void {
    this.#end += count;
  }

  /** Whether the answer to the upgrade has arrived; the frames begin after it. */
  isUpgraded(): boolean {
    const end = endOfUpgrade(this.#raw.subarray(this.#start, this.#end));
    if (end >= 0) this.#start += end;
    return end >= 0;
  }

  /** Copies as many payloads as fit, each with CR LF after it; returns the number of bytes. */
  unpack(into: Uint8Array): number {
    const raw = this.#raw;
    let made = 0;
    for (;;) {
      if (this.#left < 0 && !this.#header()) return made;
      const part = Math.min(this.#left, this.#end - this.#start, into.length - made);
      into.set(raw.subarray(this.#start, this.#start + part), made);
      made += part;
      this.#start += part;
      this.#left -= part;
      if (this.#left > 0 || into.length - made < 2) return made;
      into[made++] = 13;
      into[made++] = newline;
      this.#left = -1;
    }
  }

  #header(): boolean {
    const have = this.#end - this.#start;
    const short = (this.#raw[this.#start + 1] ?? 0) & 0x7f;
    const size = short < 126 ? 2 : 4;
    if (have < 2 || have < size) return false;
    this.#left = short < 126
      ? short
      : ((this.#raw[this.#start + 2] ?? 0) << 8) | (this.#raw[this.#start + 3] ?? 0);
    this.#start += size;
    return true;
  }
}
