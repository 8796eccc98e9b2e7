/** One connection of a person: its registration, and commands with labels, each with its answer. */
import { encode64, utf8 } from "../../lib/irc/digest.ts";
import type { Message } from "../../lib/irc/message.ts";
import { connectWebSocket } from "../../lib/net/browser_web_socket.ts";
import type { Connection } from "../../lib/net/connection.ts";
import { dial } from "../../lib/net/dial.ts";
import { dialTls } from "../../lib/net/dial_tls.ts";
import { withDeadline } from "../support/deadline.ts";
import { AnswerReader, type Whole } from "./answers.ts";
import type { Machine } from "./faulty_cluster.ts";

/** The password of every account. */
export const password = "correct-horse-battery";
/** The capabilities of every person here. */
const caps = [
  ...["batch", "draft/chathistory", "draft/message-redaction", "draft/multiline", "echo-message"],
  ...["labeled-response", "message-tags", "sasl", "server-time", "soju.im/search", "standard-replies"],
];
const dialMs = 5_000;

/** How a person connects. */
export type Transport = "tcp" | "tls" | "websocket";

/** Opens a connection to a machine. */
export async function connectTo(
  { ports }: Pick<Machine, "ports">,
  transport: Transport,
): Promise<Connection> {
  const options = { timeoutMs: dialMs };
  if (transport === "tcp") return await dial(`irc://127.0.0.1:${ports.irc}`, options);
  if (transport === "tls") return (await dialTls(`ircs://127.0.0.1:${ports.tls}`, options)).connection;
  return await withDeadline(
    connectWebSocket(`ws://127.0.0.1:${ports.web}/`),
    dialMs,
    () => "No WebSocket in time",
  );
}

/** One connection, from its registration on. */
export class Session {
  /** The words of the last ERROR, or how the connection ended. */
  lastWords = "";
  /** Whether an ERROR came. */
  isTold = false;
  readonly #connection: Connection;
  readonly #reader = new AnswerReader();
  readonly #onMessage: (whole: Whole) => void;
  readonly #closed = Promise.withResolvers<undefined>();
  #awaited: { wanted: (message: Message) => boolean; take: (message: Message) => void } | undefined;
  #labels = 0;
  #isClosed = false;

  constructor(connection: Connection, onMessage: (whole: Whole) => void) {
    this.#connection = connection;
    this.#onMessage = onMessage;
  }

  abort(): void {
    this.#connection.abort();
  }

  /** Reads until the connection is over. */
  async read(): Promise<void> {
    for await (const lines of this.#connection.lines()) {
      for (const line of lines) {
        if (typeof line !== "string") throw new Error(`A line is ${line.fault}`);
        this.#line(line);
      }
    }
    this.lastWords ||= this.#connection.ended ?? "";
    this.#isClosed = true;
    this.#connection.abort();
    this.#closed.resolve(undefined);
  }

  /** Registers, and logs in if there is an account; returns the nick that the server gave. Throws when it cannot. */
  async register(nick: string, account?: string, more: readonly string[] = []): Promise<string> {
    const send = (line: string) => this.#connection.send(line);
    send(`CAP REQ :${[...caps, ...more].join(" ")}`);
    await this.#until(({ command, params }) => command === "CAP" && params[1] === "ACK");
    if (account !== undefined) {
      send("AUTHENTICATE PLAIN");
      await this.#until(({ command }) => command === "AUTHENTICATE");
      send(`AUTHENTICATE ${encode64(utf8(`\0${account}\0${password}`))}`);
      const { command, params } = await this.#until(({ command }) => /^90[3-7]$/.test(command));
      if (command !== "903") throw new Error(`No login: ${params.at(-1)}`);
    }
    for (let tries = 0;; tries++) {
      send(`NICK ${nick}${"_".repeat(tries)}`);
      if (tries === 0) {
        send(`USER ${nick} 0 * :${nick}`);
        send("CAP END");
      }
      const { command, params } = await this.#until(({ command }) => /^(001|43\d)$/.test(command));
      if (command === "001") return params[0] ?? nick;
    }
  }

  /** The lines are one command: those of a batch, or one line. */
  async ask(...lines: string[]): Promise<Message[] | undefined> {
    if (this.#isClosed) return undefined;
    const label = `l${++this.#labels}`;
    const answer = this.#reader.expect(label);
    for (const [at, line] of lines.entries()) {
      const tags = line.startsWith("@") ? `;${line.slice(1)}` : ` ${line}`;
      this.#connection.send(at > 0 ? line : `@label=${label}${tags}`);
    }
    return await Promise.race([answer, this.#closed.promise]);
  }

  #line(line: string): void {
    const whole = this.#reader.read(line);
    if (whole === undefined) return;
    const { message } = whole;
    if (message.command === "PING") return this.#connection.send(`PONG :${message.params.at(-1) ?? ""}`);
    if (message.command === "ERROR") {
      this.lastWords = message.params.at(-1) ?? "";
      this.isTold = true;
    }
    if (this.#awaited?.wanted(message)) this.#awaited.take(message);
    this.#onMessage(whole);
  }

  async #until(wanted: (message: Message) => boolean): Promise<Message> {
    const found = new Promise<Message>((take) => this.#awaited = { wanted, take });
    const message = await Promise.race([found, this.#closed.promise]);
    this.#awaited = undefined;
    if (message === undefined) throw new Error(`The connection was closed: ${this.lastWords}`);
    return message;
  }
}
