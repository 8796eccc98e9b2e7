/**
 * An accepted TCP socket whose writes are first tried with send(2) by FFI. `TcpConn.write` makes two promises and a
 * record of an operation for each write: it costs a fifth more than the system call alone, and 50,000 writes a second
 * leave garbage. What the system does not take at once goes through `TcpConn.write`, which also reports every error.
 * Deno accepts, reads and closes all sockets.
 *
 * It needs Linux, libc and the permission for FFI; without one of them each write goes through `TcpConn.write`.
 *
 * Deno does not tell the number of a descriptor. A new socket has a low free number, and is recognised by the addresses
 * of both its ends, which only one socket has. Deno closes the descriptor after our close() and never before, so the
 * number belongs to this socket until then and is not used afterwards.
 */
import { parseAddress } from "../irc/address.ts";
import { type Libc, libc, sendFlags } from "./libc.ts";
import { longestInBatch, type SendBatch } from "./send_batch.ts";
import type { StreamSocket } from "./stream.ts";

/** AF_INET and AF_INET6 of Linux. */
const families: Record<number, number> = { 4: 2, 16: 10 };
/** The position of the address in the structure of the system, by family. */
const addressAt: Record<number, number> = { 2: 4, 10: 8 };
const longestAddress = 28;
/** The first three descriptors are standard input, output and error output. */
const firstDescriptor = 3;
/** How many unknown numbers a search asks the system about, and how far above the highest known one. */
const nearSearch = { asked: 48, above: 48 };
const wideSearch = { asked: 1024, above: 1024 };
/** The pause after a wide search, as a multiple of its time: a peer that left is never found, and many can leave. */
const wideSearchRest = 9;

type TcpAddress = Pick<Deno.NetAddr, "hostname" | "port">;

/** Finds the descriptors of sockets. */
class DescriptorSearch {
  /** For each number: 0 unknown, 1 of a socket that was found, 2 of something else when it was asked about. */
  #states = new Uint8Array(1024);
  /** All numbers below are known. */
  #lowest = firstDescriptor;
  #highest = firstDescriptor;
  #wideFromMs = -Infinity;
  readonly #bytes = new Uint8Array(longestAddress);
  readonly #length = new Uint32Array(1);

  /** The descriptor of the socket with these ends; -1 if it is not found. */
  find(libc: Libc, local: TcpAddress, peer: TcpAddress): number {
    const localAddress = parseAddress(local.hostname);
    const peerAddress = parseAddress(peer.hostname);
    if (localAddress === undefined || peerAddress === undefined) return -1;
    const isIt = (descriptor: number) =>
      this.#isEnd(libc.getpeername, descriptor, peerAddress, peer.port) &&
      this.#isEnd(libc.getsockname, descriptor, localAddress, local.port);
    const found = this.#search(isIt, nearSearch);
    if (found >= 0) return found;
    const startedMs = performance.now();
    if (startedMs < this.#wideFromMs) return -1;
    // Numbers that belonged to something else can be free again.
    for (let at = firstDescriptor; at <= this.#highest; at++) {
      if (this.#states[at] === 2) this.#states[at] = 0;
    }
    this.#lowest = firstDescriptor;
    const foundWide = this.#search(isIt, wideSearch);
    const endedMs = performance.now();
    this.#wideFromMs = endedMs + (endedMs - startedMs) * wideSearchRest;
    return foundWide;
  }

  /** The socket is about to be closed. */
  release(descriptor: number): void {
    this.#states[descriptor] = 0;
    this.#lowest = Math.min(this.#lowest, descriptor);
  }

  #search(isIt: (descriptor: number) => boolean, most: { asked: number; above: number }): number {
    const end = this.#highest + most.above;
    if (end > this.#states.length) this.#grow(end * 2);
    let asked = 0;
    let isComplete = true;
    for (let at = this.#lowest; at < end && asked < most.asked; at++) {
      if (this.#states[at] !== 0) {
        if (isComplete) this.#lowest = at + 1;
        continue;
      }
      asked++;
      if (isIt(at)) return this.#mark(at, 1);
      if (at < this.#highest) this.#mark(at, 2);
      else isComplete = false;
    }
    return -1;
  }

  #mark(descriptor: number, state: 1 | 2): number {
    this.#states[descriptor] = state;
    this.#highest = Math.max(this.#highest, descriptor);
    return descriptor;
  }

  #grow(length: number): void {
    const states = new Uint8Array(length);
    states.set(this.#states);
    this.#states = states;
  }

  #isEnd(
    ask: Libc["getpeername"],
    descriptor: number,
    address: Uint8Array,
    port: number,
  ): boolean {
    const bytes = this.#bytes;
    this.#length[0] = longestAddress;
    if (ask(descriptor, bytes, this.#length) !== 0) return false;
    const [low = 0, high = 0, portHigh = 0, portLow = 0] = bytes;
    const family = low | (high << 8);
    if (portHigh * 256 + portLow !== port || family !== families[address.length]) return false;
    const start = addressAt[family] ?? 0;
    return address.every((byte, at) => byte === bytes[start + at]);
  }
}

const search = new DescriptorSearch();

/** Takes over an accepted socket. */
export class DirectSocket implements StreamSocket {
  readonly remoteAddr: Deno.NetAddr;
  readonly localAddr: Deno.NetAddr;
  readonly #socket: Deno.TcpConn;
  /** -1 while writes go through Deno, and after close(). */
  #descriptor = -1;
  /** Writes through Deno that have not ended: nothing overtakes them. */
  #writing = 0;

  constructor(socket: Deno.TcpConn) {
    this.#socket = socket;
    this.remoteAddr = socket.remoteAddr;
    this.localAddr = socket.localAddr;
    if (libc !== undefined) this.#descriptor = search.find(libc, this.localAddr, this.remoteAddr);
  }

  /** Whether writes are tried without Deno. */
  get isDirect(): boolean {
    return this.#descriptor >= 0;
  }

  /** Sends what the system takes at once, and returns how many bytes; 0 after an error, which write() reports. */
  attempt(bytes: Uint8Array): number {
    if (this.#descriptor < 0 || this.#writing > 0 || libc === undefined || bytes.length === 0) return 0;
    const count = libc.send(this.#descriptor, bytes as Uint8Array<ArrayBuffer>, bytes.length, sendFlags);
    return count > 0 ? count : 0;
  }

  stage(bytes: Uint8Array, batch: SendBatch): boolean {
    if (this.#descriptor < 0 || this.#writing > 0 || bytes.length > longestInBatch) return false;
    batch.add(this.#descriptor, bytes);
    return true;
  }

  write(bytes: Uint8Array): Promise<number> {
    const count = this.attempt(bytes);
    if (count > 0) return Promise.resolve(count);
    const writing = this.#socket.write(bytes);
    if (this.#descriptor >= 0) {
      this.#writing++;
      const end = () => void this.#writing--;
      writing.then(end, end);
    }
    return writing;
  }

  read(bytes: Uint8Array): Promise<number | null> {
    return this.#socket.read(bytes);
  }

  closeWrite(): Promise<void> {
    return this.#socket.closeWrite();
  }

  close(): void {
    if (this.#descriptor >= 0) search.release(this.#descriptor);
    this.#descriptor = -1;
    this.#socket.close();
  }
}
