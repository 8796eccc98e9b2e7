/**
 * Clients of the load in one loop over the system's calls, which never waits for anything else: for times that a load
 * with promises would blur. It runs in a worker, because the loop keeps its thread.
 */
import { Poller } from "./libc.ts";
import { type LineListener, LineScanner } from "./line_scanner.ts";
import { type Wire, wireMaker } from "./wire.ts";
import type { Kind } from "./servers.ts";

const lineBytes = 16 * 1024;
const longestWaitMs = 100;
const encoder = new TextEncoder();

/** One client. */
export class PolledClient implements LineListener {
  /** Called once, when lines can be sent. */
  onOpen: (() => void) | undefined;
  /** Called with each line that is no delivery. */
  onLine: ((line: string) => void) | undefined;
  /** Called with each delivery; `end` is the index after the mark. */
  onDelivery: ((buffer: Uint8Array, end: number) => void) | undefined;
  readonly #wire: Wire;
  readonly #lines = new LineScanner(lineBytes);
  #isOpen = false;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  say(lines: string): void {
    this.send(encoder.encode(`${lines}\r\n`));
  }

  send(bytes: Uint8Array<ArrayBuffer>): void {
    this.#wire.write(bytes);
  }

  get wantsOthers(): boolean {
    return this.onLine !== undefined;
  }

  delivery(buffer: Uint8Array, end: number): void {
    this.onDelivery?.(buffer, end);
  }

  other(line: string): void {
    if (line.startsWith("PING ")) this.say(`PONG ${line.slice(5).trimEnd()}`);
    this.onLine?.(line);
  }

  /** Continues the handshake, or reads all bytes that have arrived; false when the connection has ended. */
  changed(isBroken: boolean): boolean {
    if (!this.#isOpen) {
      if (isBroken) return false;
      if (!this.#wire.open()) return true;
      this.#isOpen = true;
      this.onOpen?.();
    }
    for (;;) {
      const buffer = this.#lines.readBuffer;
      const count = this.#wire.read(buffer);
      if (count <= 0) return count < 0 && !isBroken;
      this.#lines.take(count, this);
      if (count < buffer.length && !this.#wire.holdsBytes && !isBroken) return true;
    }
  }

  close(): void {
    this.#wire.close();
  }
}

/** The clients of one loop. */
export class PolledClients implements Disposable {
  readonly all: PolledClient[] = [];
  /** Connections that the server closed or refused. */
  ended = 0;
  /** The error that ended the first of them, after a colon; empty where there was none. */
  reason = "";
  readonly #poller = new Poller();
  readonly #open: (port: number) => Wire;

  private constructor(open: (port: number) => Wire) {
    this.#open = open;
  }

  static async of(kind: Kind): Promise<PolledClients> {
    return new PolledClients(await wireMaker(kind));
  }

  /** Begins one more connection. */
  connect(port: number): PolledClient {
    const wire = this.#open(port);
    const client = new PolledClient(wire);
    this.#poller.add(wire.socket, this.all.length);
    this.all.push(client);
    return client;
  }

  /** Waits up to `ms` for bytes, and reads them. */
  turn(ms: number): void {
    this.#poller.wait(Math.min(ms, longestWaitMs), this.#report);
  }

  /** Reads until `isTrue` says so; throws after `limitMs`. */
  until(isTrue: () => boolean, limitMs: number): void {
    const giveUpAt = performance.now() + limitMs;
    while (!isTrue()) {
      if (performance.now() > giveUpAt) throw new Error(`Cannot go on: no answer for ${limitMs / 1000} s`);
      this.turn(longestWaitMs);
    }
  }

  /** Reads for a time. */
  rest(ms: number): void {
    for (const endAt = performance.now() + ms; performance.now() < endAt;) {
      this.turn(endAt - performance.now());
    }
  }

  [Symbol.dispose](): void {
    for (const client of this.all) client.close();
    this.#poller[Symbol.dispose]();
  }

  readonly #report = (index: number, isBroken: boolean): void => {
    try {
      if (this.all[index]?.changed(isBroken) !== false) return;
    } catch (error) {
      this.reason ||= error instanceof Error ? `: ${error.message}` : "";
    }
    this.ended++;
  };
}
