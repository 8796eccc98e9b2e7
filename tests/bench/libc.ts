/**
 * Sockets by the system's own calls, without promises, for a load that must cost little and must have no pauses: a read
 * through Deno costs about 14 µs and garbage, a read here about 1.5 µs. The calls return at once, except for wait().
 * Linux only, from glibc 2.35 on.
 */

const { symbols: libc } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  send: { parameters: ["i32", "buffer", "u32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  epoll_pwait2: { parameters: ["i32", "buffer", "i32", "buffer", "pointer"], result: "i32" },
});

// Numbers of Linux, the same on all its machines.
const [internet, stream, nonBlocking] = [2, 1, 0o4000];
const [tcp, noDelay, noSignal] = [6, 1, 0x4000];
const [addToPoll, canRead, canWrite, onlyChanges] = [1, 1, 4, 2 ** 31];
const [hasError, hasHungUp, hasEnded] = [8, 16, 0x2000];
/** The words of 4 bytes of an event: its flags, and 8 bytes of the caller, which are aligned except on x86. */
const eventWords = Deno.build.arch === "x86_64" ? 3 : 4;
const eventsAtOnce = 256;

/** Begins a connection to a port of this machine; the poller reports when it is open. */
export function openSocket(port: number): number {
  const socket = libc.socket(internet, stream | nonBlocking, 0);
  if (socket < 0) throw new Error('Cannot open a socket: too many open files; run "ulimit -n"');
  libc.setsockopt(socket, tcp, noDelay, new Uint32Array([1]), 4);
  const address = new Uint8Array(16);
  new DataView(address.buffer).setUint16(0, internet, true);
  address.set([port >> 8, port & 255, 127, 0, 0, 1], 2);
  // The result says "in progress" or "done"; a refused connection is an event.
  libc.connect(socket, address, address.length);
  return socket;
}

/** Reads the bytes that have arrived: their number, 0 at the end of the connection, or below 0 when there are none. */
export function readSocket(socket: number, into: Uint8Array<ArrayBuffer>): number {
  return libc.recv(socket, into, into.length, 0);
}

/** Sends all bytes or throws: the lines of a load are short, and fit into the send buffer of the system. */
export function writeSocket(socket: number, bytes: Uint8Array<ArrayBuffer>): void {
  const sent = libc.send(socket, bytes, bytes.length, noSignal);
  if (sent !== bytes.length) {
    throw new Error("Cannot send: the server has closed the connection or does not read");
  }
}

export function closeSocket(socket: number): void {
  libc.close(socket);
}

/** Waits for many sockets at once. */
export class Poller implements Disposable {
  readonly #poll = libc.epoll_create1(0);
  readonly #events = new Uint32Array(eventWords * eventsAtOnce);
  /** Seconds and nanoseconds. */
  readonly #timeout = new BigInt64Array(2);

  /** From now on a change of the socket is reported with this number. */
  add(socket: number, index: number): void {
    const event = new Uint32Array(eventWords);
    event[0] = canRead | canWrite | hasEnded | onlyChanges;
    event[eventWords - 2] = index;
    libc.epoll_ctl(this.#poll, addToPoll, socket, event);
  }

  /**
   * Waits up to `ms` for changes and reports each: more can be read or written, or the connection has ended or failed.
   */
  wait(ms: number, report: (index: number, isBroken: boolean) => void): void {
    this.#timeout[1] = BigInt(Math.min(999_999_999, Math.max(0, Math.floor(ms * 1e6))));
    const count = libc.epoll_pwait2(this.#poll, this.#events, eventsAtOnce, this.#timeout, null);
    for (let at = 0; at < count; at++) {
      const flags = this.#events[at * eventWords] ?? 0;
      report(
        this.#events[at * eventWords + eventWords - 2] ?? 0,
        (flags & (hasError | hasHungUp | hasEnded)) !== 0,
      );
    }
  }

  [Symbol.dispose](): void {
    libc.close(this.#poll);
  }
}
