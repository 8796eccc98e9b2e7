/** A server end that stores messages and read markers, and answers CHATHISTORY, SEARCH and MARKREAD as it is told. */

import { parse } from "../../../lib/irc/message.ts";
import { ServerEnd, WiredClient } from "./wired_client.ts";

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
  readonly messages?: readonly StoredMessage[];
  /** Milliseconds since 1970, by target. */
  readonly markers?: ReadonlyMap<string, number>;
  /** The most entries in one answer. @default {10} */
  readonly page?: number;
  /** TARGETS: which end comes first, and what times in reverse order mean. @default {"first time"} */
  readonly targetsFrom?: "first time" | "oldest" | "oldest, forwards only";
  /** Messages are named by their time only. @default {false} */
  readonly withoutIds?: boolean;
  /** AFTER always gives the first page. @default {false} */
  readonly repeats?: boolean;
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
  readonly #options: HistoryServerOptions;
  #batches = 0;

  constructor(options: HistoryServerOptions) {
    super();
    this.#options = options;
    this.messages = [...options.messages ?? []];
    this.markers = new Map(options.markers);
  }

  override send(line: string): void {
    const message = parse(line);
    const [, command = ""] = /^(?:@\S+ )?(.*)$/.exec(line) ?? [];
    if (message === undefined || !["CHATHISTORY", "MARKREAD", "SEARCH"].includes(message.command)) {
      return super.send(line);
    }
    this.asked.push(command);
    const label = message.tags.get("label") ?? "";
    const [target = "", time] = message.params;
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
    const isBefore = (one: StoredMessage) =>
      reference.startsWith("msgid=")
        ? all.indexOf(one) < this.#indexOf(all, reference)
        : one.at < dateOf(reference);
    const isAfter = (one: StoredMessage) =>
      reference.startsWith("msgid=")
        ? all.indexOf(one) > this.#indexOf(all, reference)
        : one.at > dateOf(reference);
    const found = kind === "AFTER"
      ? all.filter((one) => this.#options.repeats || isAfter(one)).slice(0, page)
      : (kind === "BEFORE" ? all.filter(isBefore) : all).slice(-page);
    return found.map((one) => this.lineOf(one));
  }

  #indexOf(all: readonly StoredMessage[], reference: string): number {
    return all.findIndex(({ id }) => `msgid=${id}` === reference);
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

/** Connects a client to such a server and joins #tea; `server` makes the end of each connection. */
export async function enterHistory(
  options: HistoryServerOptions,
  client: ConstructorParameters<typeof WiredClient>[0] = {},
): Promise<{ readonly wired: WiredClient; readonly server: HistoryServer }> {
  const server = new HistoryServer(options);
  const wired = new WiredClient({ backlog: 5, connect: () => Promise.resolve(server), ...client });
  wired.servers.push(server);
  await welcome(server);
  return { wired, server };
}

/** Lets the client in, and into #tea. */
export async function welcome(server: HistoryServer, joinedAt = 1_000_000): Promise<void> {
  await server.say(`:srv CAP * LS :${historyServerCaps}`);
  await server.say(
    `:srv CAP * ACK :${historyServerCaps}`,
    ":srv 001 bob :Welcome",
    ":srv 005 bob NETWORK=Test CHATHISTORY=1000 :are supported",
    ":srv 376 bob :End",
  );
  await server.say(
    `@time=${iso(joinedAt)} :bob!b@host JOIN #tea`,
    server.markerLine("#tea"),
    ":srv 353 bob = #tea :@ann bob",
    ":srv 366 bob #tea :End",
  );
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function dateOf(reference: string): number {
  return Date.parse(reference.replace("timestamp=", ""));
}
