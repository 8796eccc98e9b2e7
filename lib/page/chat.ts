/** The page's face: brings together a client, the timelines and the elements. What is typed goes to the client, what happens goes to the timelines, and what changed is drawn once per frame. */
/// <reference lib="dom" />
import { Client, type Ending } from "../client/client.ts";
import type { ChatEvent, Manner } from "../client/event.ts";
import { type Face, Refusal } from "../client/face.ts";
import type { Span } from "../client/formatting.ts";
import { plain, plainName } from "../client/plain.ts";
import { enter } from "../client/slash.ts";
import { findBuffer, isRoom, typingAt } from "../client/state.ts";
import { describe, presenceWords } from "../client/words.ts";
import { fold } from "../irc/names.ts";
import { connectWebSocket } from "../net/browser.ts";
import { byId } from "./element.ts";
import { drawLists } from "./lists.ts";
import { type MessageActs, Messages } from "./messages.ts";
import { notify } from "./notify.ts";
import { Timelines } from "./timeline.ts";
import { toast } from "./toast.ts";

/** Who enters, and where. */
export interface ChatParts {
  readonly nick: string;
  /** Of the account called like the nick; "" without one. */
  readonly password: string;
  readonly channels: readonly string[];
  /** "ws://…" */
  readonly url: string;
  /** We are in, or it came to nothing; says why in words. */
  readonly entered: (nick: string) => void;
  readonly refused: (reason: string) => void;
  /** Another buffer came to the front. */
  readonly turned: (name: string) => void;
  readonly acts: Omit<MessageActs, "older">;
}

const typingMs = 1_000;

/** One person on this page. */
export class Chat implements Face {
  readonly client: Client;
  readonly timelines = new Timelines();
  readonly hints = [
    "Tab completes names · Shift-Enter begins a new line · drop or paste files to share them",
  ];
  current = "";
  readonly #parts: ChatParts;
  readonly #messages: Messages;
  #drawing = false;
  #entered = false;

  constructor(parts: ChatParts) {
    this.#parts = parts;
    this.#messages = new Messages({ ...parts.acts, older: () => this.older() });
    this.client = new Client({
      nick: parts.nick,
      channels: parts.channels,
      connect: (signal) => connectWebSocket(parts.url, signal),
      hear: (event) => this.#hear(event),
    });
    setInterval(() => this.#drawTyping(), typingMs);
  }

  /** Resolves when the chat is left. */
  async run(): Promise<void> {
    const ending = await this.client.run();
    this.#parts.refused(words(ending));
  }

  target(): string {
    if (this.current === "") throw new Refusal("You are in no room: write /join #ROOM");
    return this.current;
  }

  /** Sends what was written, or does what it says; a refusal is a toast. */
  submit(text: string): boolean {
    if (text.trim() === "") {
      toast("Cannot send an empty message");
      return false;
    }
    enter(this, text).catch((error) => this.#complain(error));
    return true;
  }

  say(target: string, manner: Manner, text: string): void {
    this.client.say({ target, manner, text }).then((delivery) => {
      if (delivery.kind === "refused") toast(`Not sent: ${plain(delivery.reason)}`, "error");
      if (delivery.kind === "unsure") toast(`This may not have arrived: ${plain(text)}`, "error");
    });
  }

  show(name: string): void {
    const known = findBuffer(this.client.state, name);
    if (known === undefined && !isRoom(this.client.state, name)) this.client.open(name);
    const shown = findBuffer(this.client.state, name)?.name ?? name;
    if (this.current !== "" && shown !== this.current) this.timelines.settle(this.current);
    this.current = shown;
    this.timelines.see(shown);
    this.#parts.turned(shown);
    this.draw();
  }

  closed(name: string): void {
    this.client.forget(name);
    this.timelines.forget(name);
    if (fold(name) !== fold(this.current)) return this.draw();
    this.current = "";
    const next = [...this.client.state.buffers.values()].find(({ joined }) => joined);
    if (next !== undefined) this.show(next.name);
    this.draw();
  }

  note(said: string | readonly Span[], kind?: "title" | "warning"): void {
    const spans = typeof said === "string" ? [{ text: said, bold: kind === "title" }] : said;
    this.timelines.addLine(this.current, kind === "warning" ? "warning" : "note", spans, Date.now());
    this.draw();
  }

  clear(): void {
    this.timelines.forget(this.current);
    this.draw();
  }

  leave(reason: string): void {
    this.client.quit(reason);
  }

  /** Asks for what was said before the oldest message in sight. */
  older(): void {
  }

  /** Draws everything anew in the next frame. */
  draw(): void {
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame(() => {
      this.#drawing = false;
      if (this.#isSeen(this.current)) this.timelines.see(this.current);
      const { state } = this.client;
      drawLists({ state, current: this.current, timelines: this.timelines, show: (name) => this.show(name) });
      this.#messages.show(state, this.current, this.timelines.of(this.current));
      this.#drawTyping();
      this.#drawTitle();
    });
  }

  /** Whether the person looks at this buffer. */
  #isSeen(buffer: string): boolean {
    return fold(buffer) === fold(this.current) && document.visibilityState === "visible" &&
      document.hasFocus();
  }

  #hear(event: ChatEvent): void {
    switch (event.kind) {
      case "said":
        this.timelines.addSaid(event, this.#isSeen(event.buffer));
        if (!event.own && !event.history && (event.mention || !event.buffer.startsWith("#"))) {
          notify(this.#isSeen(event.buffer), event, () => this.show(event.buffer));
        }
        break;
      case "joined":
        if (event.own && this.current === "") this.show(event.buffer);
        this.#presence([event.buffer], event);
        break;
      case "parted":
      case "kicked":
        this.#presence([event.buffer], event);
        if (event.own) this.closed(event.buffer);
        break;
      case "quit":
      case "renamed":
        this.#presence(event.buffers, event);
        break;
      case "refused":
        toast(plain(event.text), "error");
        break;
      case "status":
        this.#status(event);
        break;
      case "typing":
      case "roster":
        break;
      default: {
        const buffer = "buffer" in event ? event.buffer : this.current;
        if (event.kind === "topic" && event.by === "") break;
        this.timelines.addLine(buffer, "note", describe(this.client.state, event), event.at);
      }
    }
    this.draw();
  }

  #presence(
    buffers: readonly string[],
    event: Parameters<typeof presenceWords>[0] & { readonly at: number },
  ): void {
    const spans = describe(this.client.state, event);
    for (const buffer of buffers) this.timelines.addLine(buffer, "presence", spans, event.at);
  }

  #status(event: Extract<ChatEvent, { kind: "status" }>): void {
    const line = byId("status");
    line.hidden = event.status === "ready";
    line.textContent = describe(this.client.state, event).map(({ text }) => text).join("");
    if (event.status === "nick refused") {
      this.#parts.refused(plain(event.reason));
      this.client.quit();
    }
    if (event.status !== "ready") return;
    this.#entered = true;
    byId("network").textContent = plain(event.network || "Parley");
    this.#parts.entered(event.nick);
  }

  #drawTyping(): void {
    const room = findBuffer(this.client.state, this.current);
    const who = room === undefined ? [] : typingAt(room, Date.now()).map(plainName);
    const verb = who.length === 1 ? "is" : "are";
    byId("typing").textContent = who.length === 0
      ? ""
      : who.length > 3
      ? "Several people are typing…"
      : `${who.join(", ")} ${verb} typing…`;
  }

  #drawTitle(): void {
    let waiting = 0;
    for (const { name } of this.client.state.buffers.values()) waiting += this.timelines.of(name).mentions;
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${
      this.#entered ? `${plainName(this.current)} · ` : ""
    }Parley`;
  }

  #complain(error: unknown): void {
    toast(error instanceof Error ? error.message : String(error), "error");
  }
}

function words(ending: Ending): string {
  if (ending.kind === "left") return "";
  if (ending.kind === "refused") return plain(ending.reason);
  return ending.error instanceof Error ? plain(ending.error.message) : "Cannot reach the server";
}
