/**
 * Somebody from an address of the test's choice, over a connection in memory: for what depends on where people come
 * from. Everything else is better tested over real sockets.
 */
import type { Hub } from "../../lib/hub/hub.ts";
import type { Line } from "../../lib/irc/lines.ts";
import type { ServerConnection } from "../../lib/net/connection.ts";
import { Peer, type PeerOptions, type Wire } from "./peer.ts";

/** How the connection is, beside where it comes from. */
export interface VisitorOptions extends PeerOptions {
  /** @default {false} */
  readonly secure?: boolean;
}

/** A peer of the hub that comes from `address`; registered unless the options say otherwise. */
export function visit(hub: Hub, address: string, nick: string, options: VisitorOptions = {}): Promise<Peer> {
  const { connection, wire } = pair(address, options.secure ?? false);
  void hub.attach(connection);
  return Peer.over(wire, nick, options);
}

/** A pipe of one direction: what is pushed comes out in order, all that waits at once. */
class Pipe<T> {
  #waiting: T[] = [];
  #ended = false;
  #wake = Promise.withResolvers<void>();

  push(one: T): void {
    if (!this.#ended) this.#waiting.push(one);
    this.#wake.resolve();
  }

  end(): void {
    this.#ended = true;
    this.#wake.resolve();
  }

  async *batches(): AsyncGenerator<T[]> {
    for (;;) {
      while (this.#waiting.length > 0) yield this.#waiting.splice(0);
      if (this.#ended) return;
      await this.#wake.promise;
      this.#wake = Promise.withResolvers();
    }
  }
}

/** Both ends of a connection that knows no network. */
export function pair(address: string, secure = false): { connection: ServerConnection; wire: Wire } {
  const toServer = new Pipe<Line>();
  const toPeer = new Pipe<string>();
  const decoder = new TextDecoder();
  let ended: string | undefined;
  const end = () => {
    ended ??= "Connection closed";
    toServer.end();
    toPeer.end();
  };
  const connection: ServerConnection = {
    remote: address.includes(":") ? `[${address}]:1` : `${address}:1`,
    address,
    secure,
    framing: "line",
    queuedBytes: 0,
    progress: () => Promise.resolve(),
    lines: () => toServer.batches(),
    send: (line) => toPeer.push(line),
    write: (chunk) => decoder.decode(chunk).split("\r\n").slice(0, -1).forEach((line) => toPeer.push(line)),
    close: end,
    abort: end,
    get ended() {
      return ended;
    },
  };
  const wire: Wire = {
    lines: flat(toPeer.batches()),
    send: (line) => toServer.push(typeof line === "string" ? line : decoder.decode(line)),
    close: end,
  };
  return { connection, wire };
}

async function* flat(batches: AsyncIterable<string[]>): AsyncGenerator<string> {
  for await (const batch of batches) yield* batch;
}
