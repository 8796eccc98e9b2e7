/** A WebSocket with the interface of a line socket, for the load: it decodes received frames, and sends each line as a frame. It supports neither fragments nor control frames. */
import type { LineSocket } from "./load_client.ts";

const readBytes = 64 * 1024;
const newline = 10;
const mask = [0x12, 0x34, 0x56, 0x78];
const request = [
  "GET / HTTP/1.1",
  "Host: 127.0.0.1",
  "Connection: Upgrade",
  "Upgrade: websocket",
  "Sec-WebSocket-Version: 13",
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
  "\r\n",
].join("\r\n");

/** Opens one; throws when the server does not switch protocols. */
export async function openFrames(port: number): Promise<LineSocket> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  socket.setNoDelay(true);
  await socket.write(new TextEncoder().encode(request));
  const buffer = new Uint8Array(readBytes);
  let filled = 0;
  for (;;) {
    const count = await socket.read(buffer.subarray(filled));
    if (count === null) throw new Error(`Cannot open a WebSocket on port ${port}`);
    filled += count;
    const head = new TextDecoder("latin1").decode(buffer.subarray(0, filled));
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) continue;
    if (!head.startsWith("HTTP/1.1 101")) throw new Error(`Cannot open a WebSocket: ${head}`);
    return new FrameSocket(socket, buffer, end + 4, filled);
  }
}

class FrameSocket implements LineSocket {
  readonly #socket: Deno.TcpConn;
  readonly #raw: Uint8Array;
  #start: number;
  #end: number;
  /** Bytes of the payload that are not received yet; -1 between frames. */
  #left = -1;

  constructor(socket: Deno.TcpConn, raw: Uint8Array, start: number, end: number) {
    this.#socket = socket;
    this.#raw = raw;
    this.#start = start;
    this.#end = end;
  }

  async read(into: Uint8Array): Promise<number | null> {
    for (;;) {
      const made = this.#unpack(into);
      if (made > 0) return made;
      this.#raw.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
      const count = await this.#socket.read(this.#raw.subarray(this.#end));
      if (count === null) return null;
      this.#end += count;
    }
  }

  async write(lines: Uint8Array): Promise<number> {
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
    const bytes = Uint8Array.from(framed);
    for (let sent = 0; sent < bytes.length;) sent += await this.#socket.write(bytes.subarray(sent));
    return lines.length;
  }

  close(): void {
    this.#socket.close();
  }

  /** As many payloads as fit, each with CR LF behind it. */
  #unpack(into: Uint8Array): number {
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
    const short = this.#raw[this.#start + 1] ?? 0;
    const size = short < 126 ? 2 : 4;
    if (have < 2 || have < size) return false;
    this.#left = short < 126
      ? short
      : ((this.#raw[this.#start + 2] ?? 0) << 8) | (this.#raw[this.#start + 3] ?? 0);
    this.#start += size;
    return true;
  }
}
