/** A client whose connections end in the test: the test is the server. */

import type { ClientOptions } from "../../../lib/client/core/client_options.ts";
import { Client } from "../../../lib/client/core/client.ts";
import type { MessageToSend } from "../../../lib/client/core/compose.ts";
import type { ChatEvent } from "../../../lib/client/state/event.ts";
import type { Line } from "../../../lib/irc/lines.ts";
import type { Connection } from "../../../lib/net/connection.ts";

/** The server's end of one connection. */
export class ServerEnd implements Connection {
  readonly remote = "127.0.0.1:6667";
  readonly address = "127.0.0.1";
  readonly secure: boolean = false;
  firstContact: Connection["firstContact"];
  ended: string | undefined;
  /** The lines that the client sent since sent(). */
  #sent: string[] = [];
  #arrived: Line[] = [];
  #wake: () => void = () => {};

  async *lines(): AsyncGenerator<Line[]> {
    while (this.ended === undefined || this.#arrived.length > 0) {
      if (this.#arrived.length > 0) yield this.#arrived.splice(0);
      else await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  send(line: string): void {
    this.#sent.push(line);
  }

  close(): void {
    this.abort();
  }

  abort(reason = "Connection closed"): void {
    this.ended ??= reason;
    this.#wake();
  }

  /** Sends lines to the client; resolves when the client has read them. */
  async say(...lines: string[]): Promise<void> {
    this.#arrived.push(...lines);
    this.#wake();
    await turn();
  }

  /** The lines that the client has sent since the last call. */
  async sent(): Promise<string[]> {
    await turn();
    return this.#sent.splice(0);
  }
}

/** The end of a server over TLS that the client meets for the first time. */
export class NewServerEnd extends ServerEnd {
  override readonly secure = true;
  override firstContact: Connection["firstContact"] = {
    fingerprint: "AB:CD",
    confirm: () => this.firstContact = undefined,
  };
}

/** A message, with #tea as its target. */
export function say(text: string, target = "#tea"): MessageToSend {
  return { target, manner: "message", text };
}

/** Lets all waiting tasks run. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** A client with connections that the test controls. */
export class WiredClient implements AsyncDisposable {
  readonly client: Client;
  readonly events: ChatEvent[] = [];
  readonly servers: ServerEnd[] = [];
  /** Decides about the next tries to connect, in place of the test. */
  hold: ClientOptions["connect"] | undefined;
  readonly running: ReturnType<Client["run"]>;

  constructor(options: Partial<ClientOptions> = {}) {
    this.client = new Client({
      nick: "bob",
      channels: ["#tea"],
      connect: (signal) => this.hold?.(signal) ?? Promise.resolve(this.#dial()),
      onEvent: (event) => void this.events.push(event),
      delay: () => 0,
      now: () => 1_000_000,
      ...options,
    });
    this.running = this.client.run();
  }

  /** The current connection. */
  get server(): ServerEnd {
    const server = this.servers.at(-1);
    if (server === undefined) throw new Error("The client has not connected");
    return server;
  }

  /** "sending: hello" for each outgoing message, with the reason when there is one. */
  outgoing(): string[] {
    return this.client.state.outgoing.map(({ status, text, reason }) =>
      `${status}: ${text}${reason === "" ? "" : ` (${reason})`}`
    );
  }

  /** Summaries of the events since the last call, without those of outgoing messages. */
  summaries(): string[] {
    return this.events.splice(0).filter(({ kind }) => kind !== "outgoing").map(summary);
  }

  /** Registers the client with these capabilities, joins #tea, and drops all lines and events so far. */
  async enter(caps = "echo-message labeled-response batch message-tags", isupport = ""): Promise<ServerEnd> {
    await turn();
    const { server } = this;
    await server.say(`:srv CAP * LS :${caps}`);
    if (caps !== "") await server.say(`:srv CAP * ACK :${caps.replaceAll(/=\S+/g, "")}`);
    await server.say(
      ":srv 001 bob :Welcome",
      `:srv 005 bob NETWORK=Test ${isupport} :are supported`,
      ":srv 376 bob :End",
    );
    await server.say(":bob!b@host JOIN #tea", ":srv 353 bob = #tea :@ann bob", ":srv 366 bob #tea :End");
    await server.sent();
    this.events.length = 0;
    return server;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.quit();
    await turn();
    for (const server of this.servers) server.abort();
    await this.running;
  }

  #dial(): ServerEnd {
    const server = new ServerEnd();
    this.servers.push(server);
    return server;
  }
}

/** A short summary of an event. */
export function summary(event: ChatEvent): string {
  switch (event.kind) {
    case "said":
      return `${event.buffer} ${event.from.nick}${event.own ? " (own)" : ""}${
        event.mention ? " (mention)" : ""
      } ` +
        `${event.manner}: ${event.text}`;
    case "status":
      return event.status === "waiting" || event.status === "lost"
        ? `${event.status}: ${event.reason}`
        : event.status;
    case "outgoing":
      return `${event.isGone ? "gone" : event.message.status}: ${event.message.text}`;
    case "refused":
      return `refused ${event.code}: ${event.text}`;
    case "server notice":
      return `notice: ${event.text}`;
    case "joined":
    case "parted":
    case "kicked":
      return `${event.kind} ${event.buffer} ${event.who.nick}`;
    case "quit":
      return `quit ${event.who.nick} from ${event.buffers.join(" ")}`;
    case "renamed":
      return `renamed ${event.who.nick} to ${event.to} in ${event.buffers.join(" ")}`;
    case "topic":
      return `topic ${event.buffer}: ${event.topic}`;
    case "mode":
      return `mode ${event.buffer} ${
        event.changes.map(({ added, letter, argument }) =>
          `${added ? "+" : "-"}${letter}${argument === undefined ? "" : ` ${argument}`}`
        ).join(" ")
      }`;
    default:
      return event.kind;
  }
}
