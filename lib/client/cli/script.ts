/**
 * One job for a program: say something, follow rooms, or read what was said. Words of people go to `out`, everything
 * else to `err`; the outcome is for the exit code.
 */

import type { ClientOptions } from "../core/client_options.ts";
import { Client } from "../core/client.ts";
import type { ChatEvent, Said } from "../core/event.ts";
import { plain } from "../text/plain.ts";
import { jsonLine } from "./json.ts";
import type { Look } from "../terminal/paint.ts";
import { paint } from "../terminal/paint.ts";
import type { Outcome } from "./pipe.ts";
import type { Job } from "./arguments.ts";
import type { Timestamps } from "../terminal/event_rows.ts";
import { eventLine, lineRows, saidLine } from "../terminal/event_rows.ts";

/** What a script is made of. */
export interface ScriptParts {
  readonly client: Omit<ClientOptions, "onEvent">;
  readonly job: Job;
  /** For "send" without a text. */
  readonly input: () => Promise<string>;
  /** Of "history": from this time on, in milliseconds since 1970. */
  readonly since: number | undefined;
  /** Of "history" without a time. */
  readonly limit: number;
  readonly json: boolean;
  readonly out: (line: string) => void;
  readonly err: (line: string) => void;
  readonly look: Look;
  readonly timestamps: Timestamps;
}

const pageSize = 1000;

/** One job. */
export class Script {
  readonly #parts: ScriptParts;
  readonly #client: Client;
  readonly #over = Promise.withResolvers<Outcome>();
  #begun = false;

  constructor(parts: ScriptParts) {
    this.#parts = parts;
    this.#client = new Client({
      ...parts.client,
      channels: roomsOf(parts.job),
      onEvent: (event) => this.#hear(event),
    });
  }

  /** Resolves when it is done, or cannot be. */
  async run(): Promise<Outcome> {
    const running = this.#client.run().then((ending): Outcome => {
      if (ending.kind === "unreachable") return ending;
      return ending.kind === "refused" ? { kind: "not let in", reason: ending.reason } : { kind: "done" };
    });
    const outcome = await Promise.race([running, this.#over.promise]);
    this.#client.quit();
    await running;
    return outcome;
  }

  #hear(event: ChatEvent): void {
    if (event.kind === "status" && event.status === "nick refused") {
      this.#parts.err(plain(event.reason));
      return this.#over.resolve({ kind: "bad name" });
    }
    if (event.kind === "status" && event.status === "login refused") {
      return this.#over.resolve({ kind: "login refused", name: event.name, reason: event.reason });
    }
    if (event.kind === "refused") return this.#refused(event.text + this.#roomMeant(event.code));
    if (event.kind === "said" && this.#parts.job.kind === "tail") return this.#print(event);
    if (event.kind === "status" && event.status === "ready" && roomsOf(this.#parts.job).length === 0) {
      this.#begin();
    }
    if (event.kind === "joined" && event.own) this.#begin();
    if (event.kind === "status" && event.status === "lost" && this.#parts.job.kind !== "tail") {
      return this.#over.resolve({ kind: "lost", reason: event.reason });
    }
    const line = event.kind === "said" || !this.#tells(event)
      ? undefined
      : eventLine(this.#client.state, event, this.#front);
    if (line !== undefined) this.#write({ ...line, mark: "" }, this.#parts.err);
  }

  /** Who follows a room wants to know of gaps; else only what went wrong is worth a word. */
  #tells(event: ChatEvent): boolean {
    if (this.#parts.job.kind !== "tail") return false;
    if (event.kind !== "status") return false;
    return event.status === "lost" || event.status === "waiting" || (event.status === "ready" && event.again);
  }

  /** "#" is left out easily. */
  #roomMeant(code: string): string {
    const { job } = this.#parts;
    if (code !== "ERR_NOSUCHNICK" || job.kind === "tail" || isRoomName(job.target)) return "";
    return `: a room is written '#${job.target}'`;
  }

  get #front(): string {
    const rooms = roomsOf(this.#parts.job);
    return rooms.length === 1 ? rooms[0] ?? "" : "";
  }

  #begin(): void {
    const { job } = this.#parts;
    if (this.#begun || job.kind === "tail") return;
    this.#begun = true;
    const work = job.kind === "send" ? this.#send(job.target, job.text) : this.#history(job.target);
    work.catch((error) => this.#refused(error instanceof Error ? error.message : String(error)));
  }

  async #send(target: string, given: string | undefined): Promise<void> {
    const text = (given ?? await this.#parts.input()).trimEnd();
    if (text.trim() === "") throw new Error("Cannot send an empty message");
    const delivery = await this.#client.say({ target, manner: "message", text });
    if (delivery.kind === "delivered") this.#over.resolve({ kind: "done" });
    else if (delivery.kind === "unsure") this.#over.resolve({ kind: "lost", reason: delivery.reason });
    else this.#over.resolve({ kind: "refused" });
  }

  async #history(target: string): Promise<void> {
    const { since, limit } = this.#parts;
    if (since === undefined) {
      const { events } = await this.#client.history.latest(target, { limit });
      if (events.length === 0 && !isRoomName(target)) {
        this.#parts.err(`You and ${plain(target)} said nothing: a room is written '#${plain(target)}'`);
      }
      for (const event of events) this.#print(event);
      return this.#over.resolve({ kind: "done" });
    }
    let reference: string | undefined = `timestamp=${new Date(since - 1).toISOString()}`;
    while (reference !== undefined) {
      const page = await this.#client.history.page(target, { at: "after", reference }, pageSize);
      for (const event of page.events) this.#print(event);
      reference = page.more && page.last !== reference ? page.last : undefined;
    }
    this.#over.resolve({ kind: "done" });
  }

  #refused(text: string): void {
    this.#parts.err(plain(text));
    this.#over.resolve({ kind: "refused" });
  }

  #print(event: ChatEvent): void {
    if (event.kind !== "said") return;
    if (this.#parts.json) this.#parts.out(jsonLine(event));
    else {this.#write(
        { ...saidLine(this.#client.state, event as ChatEvent & Said, this.#front), mark: "" },
        this.#parts.out,
      );}
  }

  #write(line: Parameters<typeof lineRows>[0], to: (line: string) => void): void {
    const { look, timestamps } = this.#parts;
    // A message of several lines goes on indented, so that it never looks like two.
    for (const row of lineRows(line, timestamps, undefined)) to(paint(row, look).replaceAll("\n", "\n  "));
  }
}

/** The rooms a job must be in. */
function roomsOf(job: Job): readonly string[] {
  if (job.kind === "tail") return job.rooms;
  return isRoomName(job.target) ? [job.target] : [];
}

function isRoomName(target: string): boolean {
  return /^[#&]/.test(target);
}
