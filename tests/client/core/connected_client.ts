/** A client on a real connection to a chat in this process. */

import type { ClientOptions } from "../../../lib/client/core/client_options.ts";
import { Client } from "../../../lib/client/core/client.ts";
import type { ChatEvent } from "../../../lib/client/state/event.ts";
import type { Connection } from "../../../lib/net/connection.ts";
import { dial } from "../../../lib/net/dial.ts";
import { withDeadline } from "../../support/deadline.ts";

const longestWaitMs = 10_000;

/** A person with a client. */
export class ConnectedClient implements AsyncDisposable {
  readonly client: Client;
  readonly events: ChatEvent[] = [];
  readonly #running: Promise<unknown>;
  #connection: Connection | undefined;
  #wake: () => void = () => {};

  constructor(port: number, options: Partial<ClientOptions> = {}) {
    this.client = new Client({
      nick: "bob",
      channels: ["#tea"],
      onEvent: (event) => {
        this.events.push(event);
        this.#wake();
      },
      delay: () => 0,
      ...options,
      connect: async (signal) => this.#connection = await dial(`irc://127.0.0.1:${port}`, { signal }),
    });
    this.#running = this.client.run();
  }

  /** Waits for an event; it and all events before it are then removed. */
  async until<Kind extends ChatEvent["kind"]>(
    kind: Kind,
    fits: (event: Extract<ChatEvent, { kind: Kind }>) => boolean = () => true,
  ): Promise<Extract<ChatEvent, { kind: Kind }>> {
    const found = async () => {
      for (;;) {
        const at = this.events.findIndex((event) =>
          event.kind === kind && fits(event as Extract<ChatEvent, { kind: Kind }>)
        );
        const event = this.events[at];
        if (event === undefined) await new Promise<void>((resolve) => this.#wake = resolve);
        else {
          this.events.splice(0, at + 1);
          return event as Extract<ChatEvent, { kind: Kind }>;
        }
      }
    };
    return await withDeadline(found(), longestWaitMs, () => `No ${kind} in ${JSON.stringify(this.events)}`);
  }

  /** Waits for the join of a channel, with its members. */
  async joined(channel = "#tea"): Promise<this> {
    await this.until("members", (event) => event.buffer === channel);
    return this;
  }

  /** Resolves with the reason when the client ends. */
  get ending(): Promise<unknown> {
    return this.#running;
  }

  /** Cuts the connection, as a network does. */
  cut(): void {
    this.#connection?.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.quit();
    this.#connection?.abort();
    await this.#running;
  }
}
