/**
 * One job for a script: sends a message, follows channels, or reads history. Messages go to `out`, everything else to
 * `err`. The outcome decides the exit code.
 */

import type { ClientOptions } from "../core/client_options.ts";
import { Client } from "../core/client.ts";
import type { ChatEvent, Said } from "../state/event.ts";
import { plain } from "../text/plain.ts";
import { statusWords, unconfirmedTitle } from "../text/sentences.ts";
import { jsonLine } from "./json.ts";
import type { Appearance } from "../terminal/appearance.ts";
import { paint } from "../terminal/paint.ts";
import type { StreamOutcome } from "./pipe.ts";
import type { Job } from "./arguments.ts";
import { timeOf, withKey } from "./arguments.ts";
import type { Timestamps } from "../terminal/event_rows.ts";
import { eventLine, lineRows, saidLine } from "../terminal/event_rows.ts";

/** Everything a job needs. */
export interface ScriptParts {
  readonly client: Omit<ClientOptions, "onEvent">;
  readonly job: Job;
  /** The text of "send" when the job has none. */
  readonly input: () => Promise<string>;
  /** The start of "history", for timeOf(). "2h" counts back from the time of the server. */
  readonly since: string | undefined;
  /** The number of messages of "history" without a start. */
  readonly limit: number;
  readonly json: boolean;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly appearance: Appearance;
  readonly timestamps: Timestamps;
}

const pageSize = 1000;

/** One job. */
export class Script {
  readonly #parts: ScriptParts;
  readonly #client: Client;
  readonly #ended = Promise.withResolvers<StreamOutcome>();
  #started = false;
  /** The text of "send". */
  #text = "";

  constructor(parts: ScriptParts) {
    this.#parts = parts;
    this.#client = new Client({
      ...parts.client,
      channels: channelsOf(parts.job).map((name) => withKey(name, parts.client.channels ?? [])),
      onEvent: (event) => this.#onEvent(event),
      onFault: (sentence) => this.#fail(sentence),
    });
  }

  /** Resolves when the job is done, or cannot be done. */
  async run(): Promise<StreamOutcome> {
    const running = this.#client.run().then((ending): StreamOutcome => {
      if (ending.kind === "unreachable") return ending;
      return ending.kind === "refused" ? { kind: "not admitted", reason: ending.reason } : { kind: "done" };
    });
    const outcome = await Promise.race([running, this.#ended.promise]);
    // In this turn of the event loop each part of a message still gets its result.
    if (outcome.kind === "refused") await new Promise((resolve) => setTimeout(resolve));
    for (const message of this.#client.state.outgoing) {
      const { text } = message;
      // The refusal of a whole message is printed already.
      if (outcome.kind !== "refused" || text !== this.#text) {
        this.#parts.err(`${unconfirmedTitle(message)}: ${text.split("\n").map(plain).join("\n  ")}`);
      }
    }
    this.#client.quit();
    await running;
    return outcome;
  }

  #onEvent(event: ChatEvent): void {
    if (event.kind === "status" && event.status === "nick replaced") this.#parts.err(statusWords(event));
    if (event.kind === "status" && event.status === "nick refused") {
      this.#parts.err(plain(event.reason));
      return this.#ended.resolve({ kind: "nick refused" });
    }
    if (event.kind === "status" && event.status === "login refused") {
      return this.#ended.resolve({ kind: "login refused", name: event.name, reason: event.reason });
    }
    if (event.kind === "refused") return this.#fail(this.#refusalWords(event));
    if (event.kind === "said" && this.#parts.job.kind === "tail") {
      // Other devices of the account can be in other channels.
      return event.direct || this.#client.hasAskedFor(event.buffer) ? this.#print(event) : undefined;
    }
    if (event.kind === "status" && event.status === "ready" && channelsOf(this.#parts.job).length === 0) {
      this.#start();
    }
    if (event.kind === "joined" && event.own && this.#client.hasAskedFor(event.buffer)) this.#start();
    if (event.kind === "status" && event.status === "lost" && this.#parts.job.kind !== "tail") {
      return this.#ended.resolve({ kind: "lost", reason: event.reason });
    }
    if ((event.kind === "kicked" || event.kind === "parted") && event.own) this.#onLeft();
    const line = event.kind === "said" || !this.#isShown(event)
      ? undefined
      : eventLine(this.#client.state, event, this.#activeBuffer);
    if (line !== undefined) this.#write({ ...line, symbol: "" }, this.#parts.err);
  }

  /** A person who follows a channel must know of gaps. Other jobs print only errors. */
  #isShown(event: ChatEvent): boolean {
    if (this.#parts.job.kind !== "tail") return false;
    if (event.kind === "history failed") return true;
    if (event.kind === "kicked" || event.kind === "parted") {
      return event.own && channelsOf(this.#parts.job).some((name) => isSameName(name, event.buffer));
    }
    if (event.kind !== "status") return false;
    return event.status === "lost" || event.status === "waiting" || (event.status === "ready" && event.again);
  }

  /** Without any channel, tail would wait for ever. */
  #onLeft(): void {
    const { job } = this.#parts;
    const isIn = channelsOf(job).some((name) => this.#client.hasAskedFor(name));
    if (job.kind === "tail" && !isIn) this.#ended.resolve({ kind: "refused" });
  }

  /** A refusal, with what to do in a script. */
  #refusalWords({ code, target, text }: Extract<ChatEvent, { kind: "refused" }>): string {
    const { job } = this.#parts;
    if (code === "ERR_BADCHANNELKEY") {
      return `Cannot join ${target}: it needs a key; add --channel '${target} KEY'`;
    }
    // People forget the "#" easily.
    if (code !== "ERR_NOSUCHNICK" || job.kind === "tail" || isChannelName(job.target)) return text;
    return `${text}: for the channel, write '#${job.target}'`;
  }

  get #activeBuffer(): string {
    const channels = channelsOf(this.#parts.job);
    return channels.length === 1 ? channels[0] ?? "" : "";
  }

  #start(): void {
    const { job } = this.#parts;
    if (this.#started || job.kind === "tail") return;
    this.#started = true;
    const work = job.kind === "send" ? this.#send(job.target, job.text) : this.#printHistory(job.target);
    work.catch((error) => this.#fail(error instanceof Error ? error.message : String(error)));
  }

  async #send(target: string, given: string | undefined): Promise<void> {
    const text = this.#text = (given ?? await this.#parts.input()).replace(/[\r\n]+$/, "");
    if (text.trim() === "") throw new Error("Cannot send an empty message");
    const delivery = await this.#client.sendMessage({ target, manner: "message", text });
    if (delivery.kind === "delivered") this.#ended.resolve({ kind: "done" });
    else if (delivery.kind === "unsure" && delivery.isOnline) this.#fail(`${delivery.reason}: ${text}`);
    else if (delivery.kind === "unsure") this.#ended.resolve({ kind: "lost", reason: delivery.reason });
    else this.#ended.resolve({ kind: "refused" });
  }

  async #printHistory(target: string): Promise<void> {
    const { limit } = this.#parts;
    const since = timeOf(this.#parts.since ?? "", this.#client.now);
    if (since === undefined) {
      const { events } = await this.#client.history.latest(target, { limit });
      if (events.length === 0 && !isChannelName(target)) {
        this.#parts.err(
          `There are no messages between you and ${plain(target)}: for the channel, write '#${
            plain(target)
          }'`,
        );
      }
      for (const event of events) this.#print(event);
      return this.#ended.resolve({ kind: "done" });
    }
    const reference = `timestamp=${new Date(since - 1).toISOString()}`;
    for await (const page of this.#client.history.pages(target, { at: "after", reference }, pageSize)) {
      for (const event of page.events) this.#print(event);
    }
    this.#ended.resolve({ kind: "done" });
  }

  #fail(text: string): void {
    this.#parts.err(plain(text));
    this.#ended.resolve({ kind: "refused" });
  }

  #print(event: ChatEvent): void {
    if (event.kind !== "said") return;
    if (this.#parts.json) this.#parts.out(jsonLine(event));
    else {
      const line = saidLine(this.#client.state, event as ChatEvent & Said, this.#activeBuffer);
      this.#write({ ...line, symbol: "" }, this.#parts.out);
    }
  }

  #write(line: Parameters<typeof lineRows>[0], to: (line: string) => void): void {
    const { appearance, timestamps } = this.#parts;
    // The later lines of a message are indented, so that they never look like another message.
    for (const row of lineRows(line, timestamps, undefined)) {
      to(paint(row, appearance).replaceAll("\n", "\n  "));
    }
  }
}

/** The channels that a job must join. */
function channelsOf(job: Job): readonly string[] {
  if (job.kind === "tail") return job.channels;
  return isChannelName(job.target) ? [job.target] : [];
}

function isSameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function isChannelName(target: string): boolean {
  return /^[#&]/.test(target);
}
