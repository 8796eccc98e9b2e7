/**
 * A client on a real connection: it sends lines and expects lines. `lines()` needs no waiting: it sends a PING and
 * returns the lines before the PONG, so "nothing came" is certain. It does not interpret the lines, but it fails the
 * test that gives it a line which a program without its capabilities could not read.
 */

import { closeQuietly } from "../../lib/net/close_quietly.ts";
import { Inbox, type Wanted } from "./inbox.ts";

/** The connection of a peer; `overTcp` makes one for TCP and TLS. */
export interface Wire {
  /** Lines without CR LF; ends, never throws, when the connection is over. */
  readonly lines: AsyncIterable<string>;
  /** Text goes out as one line with CR LF; bytes go out as they are. */
  send(line: string | Uint8Array): void;
  close(): void;
}

export interface PeerOptions {
  /** Requested, and waited for, before registration ends. @default {standard-replies, so that refusals have codes} */
  readonly caps?: readonly string[];
  /** False sends nothing at all: the test says NICK and USER itself. @default {true} */
  readonly register?: boolean;
  /** @default {"127.0.0.1"} */
  readonly hostname?: string;
  /** Sent first, before CAP, NICK and USER. */
  readonly password?: string;
}

/** The limit of every wait. It is long, because a busy machine is not an error. */
const longestWaitMs = 10_000;

export class Peer implements AsyncDisposable {
  readonly nick: string;
  readonly #wire: Wire;
  readonly #inbox = new Inbox();
  readonly #reading: Promise<void>;
  #pings = 0;
  #readsLongLines = false;

  private constructor(wire: Wire, nick: string) {
    this.nick = nick;
    this.#wire = wire;
    this.#reading = this.#read();
  }

  /** Over TCP. Registered, with the welcome already read, unless the options say otherwise. */
  static async connect(port: number, nick: string, options: PeerOptions = {}): Promise<Peer> {
    const { hostname = "127.0.0.1" } = options;
    return await Peer.over(overTcp(await Deno.connect({ hostname, port })), nick, options);
  }

  /** The same over any wire, for instance `overTcp(await Deno.connectTls(…))`. */
  static async over(wire: Wire, nick: string, options: PeerOptions = {}): Promise<Peer> {
    const peer = new Peer(wire, nick);
    if (options.register === false) return peer;
    try {
      await peer.#register(options);
    } catch (error) {
      await peer[Symbol.asyncDispose]();
      throw error;
    }
    return peer;
  }

  send(...lines: (string | Uint8Array)[]): void {
    for (const line of lines) this.#wire.send(line);
  }

  /** Everything not yet taken that the server sent before it answered a PING sent now. */
  async lines(): Promise<string[]> {
    const token = `sync-${++this.#pings}`;
    this.send(`PING ${token}`);
    const lines = await this.until(new RegExp(` PONG .*\\b${token}$`));
    return lines.slice(0, -1);
  }

  /** The first wanted line; those before it are taken too. */
  async next(wanted: Wanted): Promise<string> {
    return (await this.until(wanted)).at(-1) ?? "";
  }

  /** All lines up to and with the first wanted one. */
  until(wanted: Wanted): Promise<string[]> {
    return this.#inbox.until(wanted, longestWaitMs);
  }

  /** Joins, and returns the answer. */
  join(channel: string): Promise<string[]> {
    this.send(`JOIN ${channel}`);
    return this.lines();
  }

  /** Waits until the server has closed the connection; returns what came before that. */
  closed(): Promise<string[]> {
    return this.#inbox.rest(longestWaitMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wire.close();
    await this.#reading;
    this.#inbox.throwFault();
  }

  async #read(): Promise<void> {
    for await (const line of this.#wire.lines) {
      this.#check(line);
      this.#inbox.push(line);
    }
    // A server that stops waits until its peers close their ends too.
    this.#wire.close();
    this.#inbox.end();
  }

  #check(line: string): void {
    if (/ CAP \S+ ACK .*(draft\/multiline|parley\/long-lines)/.test(line)) this.#readsLongLines = true;
    const fault = lineFault(line, this.#readsLongLines);
    if (fault !== undefined) this.#inbox.fail(new Error(`${this.nick} got a line with ${fault}: ${line}`));
  }

  async #register({ caps, password }: PeerOptions): Promise<void> {
    if (password !== undefined) this.send(`PASS :${password}`);
    if (caps === undefined) this.send("CAP REQ :standard-replies");
    else if (caps.length > 0) this.send("CAP LS 302", `CAP REQ :${caps.join(" ")}`);
    this.send(`NICK ${this.nick}`, `USER ${this.nick} 0 * :${this.nick}`);
    if (caps === undefined) this.send("CAP END");
    else if (caps.length > 0) {
      const answer = await this.next(/ CAP \S+ (ACK|NAK) /);
      if (answer.includes(" NAK ")) throw new Error(`The server refused "${caps.join(" ")}": ${answer}`);
      this.send("CAP END");
    }
    await this.until(/^(?:@\S+ )?\S+ (376|422) /);
    await this.lines();
  }
}

const encoder = new TextEncoder();

/** The fault of a line that is too long; tags are counted apart (IRCv3 message-tags). */
function lineFault(line: string, readsLongLines: boolean): string | undefined {
  const tags = line.startsWith("@") ? line.slice(0, line.indexOf(" ") + 1) : "";
  const tagBytes = encoder.encode(tags).length;
  if (tagBytes > 8191) return `${tagBytes} bytes of tags`;
  const bytes = encoder.encode(line).length - tagBytes + 2;
  return bytes > 512 && !readsLongLines ? `${bytes} bytes` : undefined;
}

/** Lines over a TCP or TLS connection, which the wire then owns. */
export function overTcp(connection: Deno.Conn & { setNoDelay?(): void }): Wire {
  // Without it the second of two lines can wait 40 ms until the first is acknowledged.
  connection.setNoDelay?.();
  let writing = Promise.resolve();
  return {
    lines: readLines(connection),
    send(line) {
      const bytes = typeof line === "string" ? encoder.encode(`${line}\r\n`) : line;
      // closed() notices a closed connection; a line that cannot be sent is not an error.
      writing = writing.then(() => writeAll(connection, bytes)).catch(() => {});
    },
    close() {
      closeQuietly(connection);
    },
  };
}

async function* readLines(connection: Deno.Conn): AsyncGenerator<string> {
  const buffer = new Uint8Array(65_536);
  const decoder = new TextDecoder();
  let rest = "";
  for (;;) {
    const count = await connection.read(buffer).catch(() => null);
    if (count === null) return;
    const parts = (rest + decoder.decode(buffer.subarray(0, count), { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) yield part.endsWith("\r") ? part.slice(0, -1) : part;
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  for (let sent = 0; sent < bytes.length;) sent += await connection.write(bytes.subarray(sent));
}
