/** A connection without a socket, for tests that feed a hub more lines than sockets carry: lines go in by hand, bytes come out by a callback. */
import type { Line } from "../../lib/irc/lines.ts";
import { encodeLine } from "../../lib/net/encode.ts";
import type { Framing, ServerConnection } from "../../lib/net/connection.ts";

/** Feed it; what the hub sends goes to `sent`. */
export class MemoryConnection implements ServerConnection {
  readonly framing: Framing = "line";
  readonly remote = "127.0.0.1:1";
  readonly address: string;
  readonly secure = false;
  readonly queuedBytes = 0;
  ended: string | undefined;
  readonly #sent: (chunk: Uint8Array) => void;
  #give: ((lines: Line[] | undefined) => void) | undefined;
  #asked = Promise.withResolvers<void>();

  constructor(sent: (chunk: Uint8Array) => void, address = "127.0.0.1") {
    this.#sent = sent;
    this.address = address;
  }

  /** Resolves when the hub has acted on all of them, or has closed the connection. */
  async feed(lines: Line[]): Promise<void> {
    await this.#asked.promise;
    if (this.ended !== undefined) return;
    this.#asked = Promise.withResolvers();
    this.#give?.(lines);
    await this.#asked.promise;
  }

  async *lines(): AsyncGenerator<Line[]> {
    while (this.ended === undefined) {
      const waiting = new Promise<Line[] | undefined>((resolve) => this.#give = resolve);
      this.#asked.resolve();
      const lines = await waiting;
      if (lines !== undefined) yield lines;
    }
  }

  send(line: string): void {
    this.write(encodeLine(line, "line"));
  }

  write(chunk: Uint8Array): void {
    if (this.ended === undefined) this.#sent(chunk);
  }

  progress(): Promise<void> {
    return Promise.resolve();
  }

  close(): void {
    this.ended ??= "Connection closed";
    this.#give?.(undefined);
    this.#asked.resolve();
  }

  abort(): void {
    this.close();
  }
}
