/** A server end that stores messages and read markers, and answers CHATHISTORY, SEARCH and MARKREAD as it is told. */

import { parse } from "../../../lib/irc/message.ts";
import type { ClientOptions } from "../../../lib/client/core/client_options.ts";
import { ServerEnd, turn, WiredClient } from "./wired_client.ts";

/** A stored message. */
export interface StoredMessage {
  /** The channel or person; the author of a private message is that person or bob. */
  readonly target: string;
  readonly at: number;
  readonly id: string;
  readonly from?: string;
  readonly text?: string;
}

/** How a server answers. */
export interface HistoryServerOptions {
  /** The test can add messages and markers later, and several servers can share them. */
  readonly messages?: StoredMessage[];
  /** Milliseconds since 1970, by target. */
  readonly markers?: Map<string, number>;
  /** The most entries in one answer. @default {10} */
  readonly page?: number;
  /** TARGETS: which end comes first, and what times in reverse order mean. @default {"first time"} */
  readonly targetsFrom?: "first time" | "oldest" | "oldest, forwards only";
  /** Messages are named by their time only. @default {false} */
  readonly withoutIds?: boolean;
  /** AFTER always gives the first page. @default {false} */
  readonly repeats?: boolean;
  /** Words of a request that the server refuses. */
  refuses?: string;
  /** @default {historyServerCaps} */
  readonly caps?: string;
}

/** The capabilities of this server. */
export const historyServerCaps =
  "echo-message labeled-response batch message-tags server-time draft/chathistory draft/read-marker soju.im/search";

/** The server end of one connection. */
export class HistoryServer extends ServerEnd {
  readonly messages: StoredMessage[];
  readonly markers: Map<string, number>;
  /** The requests so far, without labels. */
  readonly asked: string[] = [];
  now = 0;
  /** A request that contains this gets no answer. */
  silentOn = "nothing";
  readonly #options: HistoryServerOptions;
  #batches = 0;

  constructor(options: HistoryServerOptions) {
    super();
    this.#options = options;
    this.messages = options.messages ?? [];
    this.markers = options.markers ?? new Map();
  }

  override send(line: string): void {
    const message = parse(line);
    if (message?.command === "JOIN") void this.#join();
    const [, command = ""] = /^(?:@\S+ )?(.*)$/.exec(line) ?? [];
    if (message === undefined || !["CHATHISTORY", "MARKREAD", "SEARCH"].includes(message.command)) {
      return super.send(line);
    }
    this.asked.push(command);
    if (command.includes(this.silentOn)) return;
    const label = message.tags.get("label") ?? "";
    const [target = "", time] = message.params;
    if (this.#options.refuses !== undefined && command.includes(this.#options.refuses)) {
      void this.say(`@label=${label} :srv FAIL ${message.command} MESSAGE_ERROR ${target} :Not now`);
      return;
    }
    if (message.command === "MARKREAD") {
      if (time !== undefined) this.markers.set(target, Date.parse(time.replace("timestamp=", "")));
      void this.say(`@label=${label} ${this.markerLine(target)}`);
      return;
    }
    const lines = message.command === "SEARCH"
      ? this.#search(message.params.join(" "))
      : this.#history(message.params);
    const batch = `h${++this.#batches}`;
    void this.say(
      `@label=${label} :srv BATCH +${batch} ${
        message.command === "SEARCH" ? "soju.im/search" : `chathistory ${target}`
      }`,
      ...lines.map((one) =>
        one.startsWith("@") ? `@batch=${batch};${one.slice(1)}` : `@batch=${batch} ${one}`
      ),
      `:srv BATCH -${batch}`,
    );
  }

  /** Lets the client in. */
  async welcome(): Promise<void> {
    const { caps = historyServerCaps } = this.#options;
    await this.say(`:srv CAP * LS :${caps}`);
    await this.say(
      `:srv CAP * ACK :${caps}`,
      ":srv 001 bob :Welcome",
      ":srv 005 bob NETWORK=Test CHATHISTORY=1000 :are supported",
      ":srv 376 bob :End",
    );
  }

  async #join(): Promise<void> {
    const hasMarkers = this.#options.caps?.includes("read-marker") ?? true;
    await this.say(
      `@time=${iso(this.now)} :bob!b@host JOIN #tea`,
      ...(hasMarkers ? [this.markerLine("#tea")] : []),
      ":srv 353 bob = #tea :@ann bob",
      ":srv 366 bob #tea :End",
    );
  }

  /** The server's line for the marker of a target. */
  markerLine(target: string): string {
    const at = this.markers.get(target);
    return `:srv MARKREAD ${target} ${at === undefined ? "*" : `timestamp=${iso(at)}`}`;
  }

  #history([kind = "", target = "", ...rest]: readonly string[]): string[] {
    const page = Math.min(this.#options.page ?? 10, Number(rest.at(-1)));
    if (kind === "TARGETS") return this.#targets(dateOf(target), dateOf(rest[0] ?? ""), page);
    const all = this.messages.filter((one) => one.target === target);
    const [reference = "*"] = rest;
    const known = all.findIndex(({ id }) => `msgid=${id}` === reference);
    const isNamed = reference.startsWith("msgid=");
    const isBefore = (one: StoredMessage, at: number) => isNamed ? at < known : one.at < dateOf(reference);
    const isAfter = (one: StoredMessage, at: number) => isNamed ? at > known : one.at > dateOf(reference);
    const found = kind === "AFTER"
      ? all.filter((one, at) => this.#options.repeats || isAfter(one, at)).slice(0, page)
      : (kind === "BEFORE" ? all.filter(isBefore) : all).slice(-page);
    return found.map((one) => this.lineOf(one));
  }

  /** A message as the server sends it. */
  lineOf(
    { target, at, id, from = target.startsWith("#") ? "ann" : target, text = id }: StoredMessage,
  ): string {
    const to = target.startsWith("#") || from === "bob" ? target : "bob";
    const name = this.#options.withoutIds ? "" : `msgid=${id};`;
    return `@${name}time=${iso(at)} :${from}!u@h PRIVMSG ${to} :${text}`;
  }

  #targets(one: number, other: number, page: number): string[] {
    const { targetsFrom = "first time" } = this.#options;
    if (targetsFrom === "oldest, forwards only" && one > other) return [];
    const last = new Map<string, number>();
    for (const { target, at } of this.messages) last.set(target, Math.max(at, last.get(target) ?? 0));
    const [from, to] = [Math.min(one, other), Math.max(one, other)];
    const found = [...last].filter(([, at]) => at > from && at < to).sort(([, a], [, b]) => a - b);
    const chosen = one > other && targetsFrom === "first time" ? found.slice(-page) : found.slice(0, page);
    return chosen.map(([name, at]) => `:srv CHATHISTORY TARGETS ${name} ${iso(at)}`);
  }

  #search(words: string): string[] {
    const before = /before=([^;]+)/.exec(words)?.[1];
    return this.messages.filter(({ at }) => before === undefined || at < Date.parse(before))
      .slice(-(this.#options.page ?? 10)).map((one) => this.lineOf(one));
  }
}

/** A client of such a server, in #tea. */
export class HistoryClient extends WiredClient {
  readonly #options: HistoryServerOptions;
  readonly #waiting: { resolve?: (server: HistoryServer) => void };

  private constructor(options: HistoryServerOptions, client: Partial<ClientOptions>) {
    const waiting: { resolve?: (server: HistoryServer) => void } = {};
    super({
      backlog: 5,
      conversations: true,
      connect: () => new Promise((resolve) => waiting.resolve = resolve),
      ...client,
    });
    this.#options = options;
    this.#waiting = waiting;
  }

  static async enter(
    options: HistoryServerOptions = {},
    client: Partial<ClientOptions> = {},
    silentOn?: string,
  ): Promise<HistoryClient> {
    const made = new HistoryClient(options, client);
    await made.connect(1_000_000, silentOn);
    return made;
  }

  override get server(): HistoryServer {
    return super.server as HistoryServer;
  }

  /** Connects the client, and lets it into #tea at this time of the server. */
  async connect(joinedAt: number, silentOn = "nothing"): Promise<void> {
    await turn();
    const server = new HistoryServer(this.#options);
    server.now = joinedAt;
    server.silentOn = silentOn;
    this.servers.push(server);
    this.#waiting.resolve?.(server);
    await server.welcome();
    await this.settle();
  }

  /** Cuts the connection; the client connects again with connect(). */
  async cut(): Promise<void> {
    this.server.abort();
    await turn();
  }

  /** Waits until the client asks nothing any more. */
  async settle(): Promise<void> {
    for (let asked = -1; asked !== this.server.asked.length;) {
      asked = this.server.asked.length;
      for (let turns = 0; turns < 4; turns++) await turn();
    }
  }

  /** Unread messages and mentions of a buffer. */
  unread(buffer: string): readonly [messages: number, mentions: number] {
    const { messages, mentions } = this.client.readMarkers.unread.of(buffer);
    return [messages, mentions];
  }

  /** The texts of each call for missed messages. */
  calls(): readonly (readonly string[])[] {
    return this.events.flatMap((event) =>
      event.kind === "alert" ? [event.messages.map(({ text }) => text)] : []
    );
  }
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function dateOf(reference: string): number {
  return Date.parse(reference.replace("timestamp=", ""));
}
