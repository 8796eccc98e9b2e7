/** The page's face: brings together a client, the timelines and the elements. What is typed goes to the client, what happens to event_handler.ts, and what changed is drawn once per frame. */
/// <reference lib="dom" />
import { Client } from "../core/client.ts";
import type { Ending } from "../core/client_options.ts";
import type { ChatEvent, Manner } from "../core/event.ts";
import type { Face, FileChoice } from "../slash/face.ts";
import { ActionError } from "../core/action_error.ts";
import type { Span } from "../text/formatting.ts";
import { plain } from "../text/plain.ts";
import { PresenceFilter, presenceFilterModes } from "../text/presence_filter.ts";
import { enter } from "../slash/slash.ts";
import { findBuffer } from "../core/state.ts";
import { fold } from "../../irc/names.ts";
import { connectWebSocket } from "../../net/browser_web_socket.ts";
import { askSecret, openFound } from "./dialogs.ts";
import { byId } from "./element.ts";
import { DrawSchedule } from "./draw_schedule.ts";
import { ActiveBuffer } from "./active_buffer.ts";
import { handleEvent, type PageState } from "./event_handler.ts";
import { drawLists } from "./sidebars.ts";
import type { MessageActs, SaidEntry } from "./message_tools.ts";
import { Messages } from "./messages.ts";
import { drawOutside } from "./not_joined.ts";
import { PageHistory } from "./history.ts";
import { take } from "./file_sending.ts";
import { Timelines } from "./timeline.ts";
import { drawTitle, drawTyping } from "./window_title.ts";
import { complain, toast } from "./toast.ts";

/** Who enters, and where. */
export interface ChatParts {
  readonly nick: string;
  /** Of the account called like the nick; "" without one. */
  readonly password: string;
  /** Of the server itself; "" without one. */
  readonly serverPassword: string;
  readonly channels: readonly string[];
  /** "ws://…" */
  readonly url: string;
  /** We are in. */
  readonly entered: (nick: string) => void;
  /** It is over; says why in words, "" when it was left. */
  readonly refused: (reason: string) => void;
  /** The server does not let in who does not know its own password; refused() follows. */
  readonly barred: () => void;
  /** What was said to a room or person was refused. */
  readonly unsent: (target: string, text: string) => void;
  /** Another buffer came to the front; "" for none. */
  readonly turned: (name: string) => void;
  readonly acts: Omit<MessageActs, "redact" | "react">;
}

const wrongServerPassword = "ERR_PASSWDMISMATCH";
const typingMs = 1_000;
/** Messages that are asked for on entering a room. */
const backlog = 50;

/** One person on this page. */
export class Chat implements Face, PageState {
  readonly client: Client;
  readonly timelines = new Timelines();
  readonly files: FileChoice = { choose: () => byId("file").click(), take };
  readonly secret = askSecret;
  readonly presenceFilter = new PresenceFilter(
    presenceFilterModes.find((word) => word === localStorage.getItem("quiet")),
  );
  readonly hints = [
    "Tab completes names · Shift-Enter begins a new line · drop or paste files to share them, or choose them by /send",
    "↑ and ↓ in the messages go from one to the next, Tab reaches what can be done with it",
    "Alt-↑ and Alt-↓ turn to the next room",
  ];
  readonly #parts: ChatParts;
  readonly #messages: Messages;
  readonly #past: PageHistory;
  readonly #over = new AbortController();
  readonly #front: ActiveBuffer;
  /** The message that what is being sent answers. */
  #answering: SaidEntry | undefined;
  readonly #frames = new DrawSchedule(() => this.#draw());
  #entered = false;
  /** What went wrong on the way in: told once, when it is known whether we are let in. */
  #faults: string[] = [];

  constructor(parts: ChatParts) {
    this.#parts = parts;
    const { nick, password, serverPassword } = parts;
    this.client = new Client({
      nick,
      channels: parts.channels,
      backlog,
      ...(serverPassword !== "" && { password: serverPassword }),
      ...(password !== "" && { account: { name: nick, password } }),
      connect: (signal) => connectWebSocket(parts.url, signal),
      onEvent: (event) => {
        handleEvent(this, event);
        const isReadBack = "buffer" in event && this.#front.is(event.buffer) && !this.#messages.isAtEnd;
        if ("buffer" in event && !isReadBack) this.timelines.trim(event.buffer);
        this.draw();
      },
    });
    this.#past = new PageHistory(this.client, this.timelines);
    this.#front = new ActiveBuffer({
      client: this.client,
      timelines: this.timelines,
      turned: (name) => {
        parts.turned(name);
        drawOutside(this);
      },
      unknown: (name) => this.#goBack(name),
    });
    this.#messages = new Messages({
      ...parts.acts,
      react: (entry, emoji) => this.react(entry, emoji),
      redact: ({ said, key }) => this.#attempt(() => this.client.messages.delete(said.buffer, key)),
      older: () => this.#goBack(this.activeBuffer),
      jump: (id) => void this.jump(this.activeBuffer, id),
    }, this.#over.signal);
  }

  /** Resolves when the chat is left. */
  async run(): Promise<void> {
    const ticking = setInterval(() => drawTyping(this.client.state, this.activeBuffer), typingMs);
    const ending = await this.client.run();
    clearInterval(ticking);
    // Nobody is listed any more.
    this.#frames.now();
    this.#over.abort();
    this.refused(words(ending));
  }

  target(): string {
    if (this.activeBuffer === "") throw new ActionError("You are in no room: write /join #ROOM");
    return this.activeBuffer;
  }

  /** Sends what was written, or does what it says; a refusal is a toast, nothing is not sent. `answering`: the message it answers. */
  submit(text: string, answering?: SaidEntry): boolean {
    if (text.trim() === "") return false;
    const [, room] = /^\s*\/j(?:oin)?\s+([^\s,]+)/i.exec(text) ?? [];
    if (room !== undefined) this.#front.want(room);
    // enter() calls say() before it first waits.
    this.#answering = answering;
    enter(this, text).then(
      () => localStorage.setItem("quiet", this.presenceFilter.mode),
      complain,
    );
    this.#answering = undefined;
    return true;
  }

  say(target: string, manner: Manner, text: string, answered?: string): void {
    const replyTo = answered ?? (this.#answering?.said.buffer === target ? this.#answering.key : undefined);
    this.client.say({ target, manner, text, ...(replyTo && { replyTo }) }).then((delivery) => {
      if (delivery.kind === "refused") {
        toast(`Not sent: ${plain(delivery.reason)}`, "error");
        if (manner === "message") this.#parts.unsent(target, text);
      }
      if (delivery.kind === "unsure") toast(`This may not have arrived: ${plain(text)}`, "error");
    });
  }

  /** Adds our reaction to a message, or takes it back. */
  react({ said, key, reactions }: SaidEntry, emoji: string): void {
    const own = fold(this.client.state.nick);
    const has = [...reactions.get(emoji) ?? []].some((nick) => fold(nick) === own);
    this.#attempt(() => this.client.messages.react(said.buffer, key, emoji, !has));
  }

  get sharesTyping(): boolean {
    return localStorage.getItem("typing") !== "off";
  }

  set sharesTyping(shares: boolean) {
    localStorage.setItem("typing", shares ? "on" : "off");
  }

  showHistory(title: string, events: readonly ChatEvent[]): void {
    const found = events.flatMap((event) => event.kind === "said" ? [event] : []);
    openFound(title, found, ({ buffer, id }) => {
      if (id !== undefined) void this.jump(buffer, id);
    });
  }

  async showOlder(count: number): Promise<boolean> {
    const oldest = this.timelines.of(this.activeBuffer).entries.find(({ kind }) => kind === "said");
    this.timelines.reopen(this.activeBuffer);
    const found = await this.#past.older(this.activeBuffer, count);
    this.#frames.now();
    if (found && oldest !== undefined) this.#messages.reveal(oldest.key);
    return found;
  }

  #goBack(buffer: string): void {
    void this.#past.older(buffer).then((found) => found && this.draw());
  }

  /** Shows a message, however old it is. */
  async jump(buffer: string, id: string): Promise<void> {
    if (fold(buffer) !== fold(this.activeBuffer)) this.show(buffer);
    const found = await this.#past.find(buffer, id);
    this.#frames.now();
    if (!found || !this.#messages.jump(id)) toast("That message is not to be found any more", "error");
  }

  get activeBuffer(): string {
    return this.#front.name;
  }

  show(name: string): void {
    this.#front.show(name);
    this.draw();
  }

  closed(name: string): void {
    this.client.forget(name);
    this.timelines.forget(name);
    this.#front.closed(name);
    this.draw();
  }

  removed(name: string): void {
    this.#front.removed(name);
    this.draw();
  }

  /** Turns to the room above or below in the lists. */
  step(by: number): void {
    this.#front.step(by);
    this.draw();
  }

  note(said: string | readonly Span[], kind?: "title" | "warning"): void {
    // What is in columns keeps them.
    const style = (text: string) => ({ text, bold: kind === "title", mono: /\S {2,}\S/.test(text) });
    const spans = typeof said === "string" ? [style(said)] : said;
    this.timelines.addLine(this.activeBuffer, kind === "warning" ? "warning" : "note", spans, Date.now());
    this.draw();
  }

  clear(): void {
    this.timelines.forget(this.activeBuffer);
    this.timelines.complete(this.activeBuffer);
    this.draw();
  }

  leave(reason: string): void {
    this.client.quit(reason);
  }

  /** Draws everything anew in the next frame. */
  draw(): void {
    this.#frames.soon();
  }

  #draw(): void {
    this.#front.markRead();
    const { state } = this.client;
    drawLists({
      state,
      current: this.activeBuffer,
      timelines: this.timelines,
      show: (name) => this.show(name),
    });
    this.#messages.show(state, this.activeBuffer, this.timelines.of(this.activeBuffer));
    drawTyping(state, this.activeBuffer);
    if (this.#entered) drawOutside(this);
    drawTitle(state, this.timelines, this.#entered ? this.activeBuffer : "");
  }

  isSeen(buffer: string): boolean {
    return this.#front.isSeen(buffer);
  }

  /** Enters a room and brings it to the front. */
  join(room: string): void {
    if (findBuffer(this.client.state, room)?.joined) return this.show(room);
    this.#front.want(room);
    this.client.join(room);
  }

  arrived(room: string): void {
    this.#front.arrived(room);
  }

  entered(nick: string): void {
    if (!this.#entered) void this.#past.conversations().then(() => this.draw());
    this.#entered = true;
    for (const fault of this.#faults.splice(0)) toast(fault, "error");
    this.#parts.entered(nick);
  }

  faulted(sentence: string, code: string): void {
    if (this.#entered) return toast(sentence, "error");
    if (code !== wrongServerPassword) return void this.#faults.push(sentence);
    this.#faults.push(
      this.#parts.serverPassword === ""
        ? "This server has a password of its own: write it above"
        : "The password of this server is wrong",
    );
    this.#parts.barred();
  }

  /** The first fault is the cause; what the server says in the end is what came of it. */
  refused(reason: string): void {
    const faults = this.#faults.splice(0).join("; ");
    this.#parts.refused(reason === "" ? "" : faults || reason);
  }

  #attempt(act: () => void): void {
    try {
      act();
    } catch (error) {
      complain(error);
    }
  }
}

function words(ending: Ending): string {
  if (ending.kind === "left") return "";
  if (ending.kind === "refused") return plain(ending.reason);
  return ending.error instanceof Error ? plain(ending.error.message) : "Cannot reach the server";
}
