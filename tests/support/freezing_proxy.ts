/**
 * A TCP proxy that can stop forwarding without closing anything, as a network does when a cable is pulled out. It
 * forwards everything later, in order, when it is thawed. It can also be slow, or refuse connections. It does not look
 * into the bytes.
 */

/** "up" leads to the server, "down" to the client. */
export type Direction = "up" | "down";

const bothDirections: readonly Direction[] = ["up", "down"];

/** A listening proxy. */
export class FreezingProxy implements AsyncDisposable {
  readonly port: number;
  /** Milliseconds that each piece of at most 64 KiB takes. */
  delayMs = 0;
  readonly #target: number;
  readonly #listener: Deno.TcpListener;
  readonly #open = new Set<Deno.Conn>();
  readonly #passing = new Set<Promise<void>>();
  /** A direction that is frozen has a promise, which resolves when it is thawed. */
  readonly #frozen = new Map<Direction, PromiseWithResolvers<void>>();
  readonly #accepting: Promise<void>;
  #refuses = false;

  /** Forwards each connection to this port of this host. */
  constructor(target: number) {
    this.#target = target;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept();
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Forwards nothing from now on. */
  freeze(directions: readonly Direction[] = bothDirections): void {
    for (const direction of directions) {
      if (!this.#frozen.has(direction)) this.#frozen.set(direction, Promise.withResolvers());
    }
  }

  /** Closes every connection, and each new one, until it is thawed. */
  refuse(): void {
    this.#refuses = true;
    for (const side of this.#open) quietly(() => side.close());
  }

  /** Forwards everything that came meanwhile, and continues at full speed. */
  thaw(): void {
    this.#refuses = false;
    this.delayMs = 0;
    for (const { resolve } of this.#frozen.values()) resolve();
    this.#frozen.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.thaw();
    this.#listener.close();
    for (const side of this.#open) quietly(() => side.close());
    await this.#accepting;
    await Promise.allSettled(this.#passing);
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      if (this.#refuses) {
        client.close();
        continue;
      }
      const passing = this.#pass(client);
      this.#passing.add(passing);
      void passing.finally(() => this.#passing.delete(passing));
    }
  }

  async #pass(client: Deno.Conn): Promise<void> {
    this.#open.add(client);
    const sides = [client];
    try {
      const server = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
      this.#open.add(server);
      sides.push(server);
      await Promise.all([this.#pump(client, server, "up"), this.#pump(server, client, "down")]);
    } catch {
      // One side is gone.
    }
    for (const side of sides) {
      quietly(() => side.close());
      this.#open.delete(side);
    }
  }

  async #pump(from: Deno.Conn, to: Deno.Conn, direction: Direction): Promise<void> {
    const buffer = new Uint8Array(64 * 1024);
    for (;;) {
      const count = await from.read(buffer).catch(() => null);
      if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
      await this.#frozen.get(direction)?.promise;
      if (count === null) {
        for (const side of [from, to]) quietly(() => side.close());
        return;
      }
      for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
    }
  }
}

function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // It was closed already.
  }
}
