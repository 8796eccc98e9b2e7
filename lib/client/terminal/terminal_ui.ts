/**
 * The terminal face: brings together a client, a display and the keyboard. Prints what happens, keeps track of the
 * room in front, does what is typed. Touches no tty: keys come in, text goes out.
 */

import type { ClientOptions, Ending } from "../core/client_options.ts";
import { Client } from "../core/client.ts";
import type { ChatEvent, Manner } from "../core/event.ts";
import type { Face } from "../slash/face.ts";
import { ActionError } from "../core/action_error.ts";
import type { Span } from "../text/formatting.ts";
import { plain, plainName } from "../text/plain.ts";
import { enter, expectsPassword } from "../slash/slash.ts";
import type { PresenceFilter } from "../text/presence_filter.ts";
import { callsUs } from "../core/mentions.ts";
import type { Attention } from "./attention.ts";
import { completionSources } from "../slash/completion.ts";
import type { Outlet } from "./display.ts";
import { Display } from "./display.ts";
import { PasswordGuard } from "./password_guard.ts";
import { LocalFiles } from "./local_files.ts";
import { ActiveBuffer } from "./active_buffer.ts";
import type { Act, Input } from "./input.ts";
import { emptyInput, press } from "./input.ts";
import type { Key } from "./keys.ts";
import { maxPaste } from "./keys.ts";
import type { Bottom } from "./prompt.ts";
import { promptFor, waitWords } from "./prompt.ts";
import { Questions } from "./questions.ts";
import { StatusSigns } from "./status_signs.ts";
import { Transcript } from "./transcript.ts";
import type { Timestamps } from "./event_rows.ts";

/** What a desk is made of. */
export interface TerminalUiParts {
  /** The client's options; an empty nick is asked for first. */
  readonly client: Omit<ClientOptions, "onEvent">;
  readonly outlet: Outlet;
  readonly timestamps: Timestamps;
  /** Is called when our name is said, and for private messages. */
  readonly attention: Attention;
  /** Others are told that one types. */
  readonly typing: boolean;
  /** The person wrote the password of the account, and may write it anew when it was wrong. */
  readonly asksPassword: boolean;
  /** The home folder, for "~" in a path. */
  readonly home: string;
  readonly quiet: PresenceFilter;
  /** For people whom the owner of this computer trusts with nothing but talking: no files, no lines of IRC. */
  readonly restricted: boolean;
  /** A pause after which nobody types without looking, in milliseconds. @default {1_500} */
  readonly pauseMs?: number;
  /** C-z; undefined where nobody may leave to a shell. */
  readonly suspend: (() => void) | undefined;
}

/** Why a desk was left: by the person, by C-c, or because there is no server to talk to. */
export type Leaving = Ending | { readonly kind: "interrupted" };

const goodbyeMs = 500;
const pauseMs = 1_500;

/** One person at one terminal. */
export class TerminalUi implements Face {
  readonly client: Client;
  readonly hints = [
    "Tab completes names, rooms, commands and :emoji · ↑ and ↓ bring back lines · C-r searches them",
    "M-Enter begins a new line of the same message · C-x goes to the next room · C-c twice quits",
  ];
  sharesTyping: boolean;
  readonly presenceFilter: PresenceFilter;
  readonly restricted: boolean;
  readonly files?: LocalFiles;
  readonly #parts: TerminalUiParts;
  readonly #front: ActiveBuffer;
  readonly #signs: StatusSigns;
  readonly #display: Display;
  readonly #transcript: Transcript;
  #input: Input = emptyInput;
  #hint = "";
  /** For who gave no name on the command line, and so may be here for the first time. */
  #welcome = "";
  readonly #questions = new Questions({
    input: () => this.#input,
    retype: (input) => this.#input = input,
    hint: (words) => this.#hint = words,
    key: (key) => this.key(key),
    changed: () => this.#display.refresh(),
  });
  readonly #doubt: PasswordGuard;
  readonly #left = Promise.withResolvers<Leaving>();
  #interrupted = false;
  #running: Promise<Ending> | undefined;

  constructor(parts: TerminalUiParts) {
    this.#parts = parts;
    this.sharesTyping = parts.typing;
    this.presenceFilter = parts.quiet;
    this.restricted = parts.restricted;
    if (!parts.restricted) this.files = new LocalFiles(parts.home, () => this.#display.refresh());
    const anotherPassword = (name: string) => this.secret(`Password of ${plainName(name)}`);
    this.client = new Client({
      ...parts.client,
      ...(parts.asksPassword && { anotherPassword }),
      onEvent: (event) => this.#hear(event),
    });
    this.#doubt = new PasswordGuard({
      asked: () => this.#asked,
      ask: () => this.#askAfterDoubt(),
      key: (key) => this.key(key),
      pauseMs: parts.pauseMs ?? pauseMs,
    });
    this.#front = new ActiveBuffer({
      client: this.client,
      rooms: parts.client.channels ?? [],
      title: (words) => this.#transcript.title(words),
      changed: () => this.#display.refresh(),
    });
    this.#signs = new StatusSigns(this.client, () => this.#display.refresh());
    this.#display = new Display(parts.outlet, () => promptFor(this.#bottom()));
    this.#transcript = new Transcript(this.#display, parts, () => ({
      state: this.client.state,
      front: this.activeBuffer,
      now: this.client.now,
      recall: (id) => this.client.messages.recent.find(id),
    }));
  }

  get activeBuffer(): string {
    return this.#front.name;
  }

  /** Resolves when the desk is left; the terminal then shows no prompt any more. */
  async run(): Promise<Leaving> {
    this.#display.refresh();
    const leaving = await Promise.race([this.#chat(), this.#left.promise]);
    this.close();
    if (leaving.kind === "interrupted") await this.#goodbye();
    return leaving;
  }

  /** Leaves as C-c does, for instance on a signal. */
  interrupt(): void {
    this.#left.resolve({ kind: "interrupted" });
  }

  async #chat(): Promise<Leaving> {
    if (this.#parts.client.nick === "") {
      this.client.rename(await this.#questions.ask("Your name", nameFault));
      this.#welcome = "Enter says what you type to all in the room · /help lists what else you can do";
    }
    this.#running = this.client.run();
    return await this.#running;
  }

  /** Gives the server a moment to hear that we go. */
  async #goodbye(): Promise<void> {
    this.client.quit();
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, goodbyeMs);
    await Promise.race([this.#running, late]);
    clearTimeout(timer);
  }

  /** Takes the prompt away; nothing is drawn afterwards. */
  close(): void {
    this.#transcript.flush();
    this.#signs.close();
    this.#doubt.close();
    this.#display.close();
  }

  /** A key was pressed. */
  key(key: Key): void {
    if (this.#parts.attention.takes(key)) return;
    if (this.#questions.holds(key)) return;
    if (this.#doubt.holds(key)) {
      this.#hint = "What you type is held and not shown, as it may be a password: C-c throws it away";
      return this.#display.refresh();
    }
    const { input, act } = press(this.#input, key, () => completionSources(this));
    this.#input = input;
    const isCut = key.kind === "paste" && key.cut === true;
    this.#hint = isCut ? `Pasted only the first ${maxPaste} letters of it` : "";
    if (act === undefined) this.#interrupted = false;
    else this.#do(act);
    this.#present(act);
    this.#display.refresh();
  }

  /** The terminal has another size, or is ours again after C-z. */
  redraw(): void {
    this.#display.refresh();
  }

  target(): string {
    if (this.activeBuffer === "") throw new ActionError("You are in no room: write /join #ROOM");
    return this.activeBuffer;
  }

  say(target: string, manner: Manner, text: string, replyTo?: string): void {
    const speech = { target, manner, text, ...(replyTo !== undefined && { replyTo }) };
    this.client.say(speech).then((delivery) => {
      if (delivery.kind === "unsure") this.note(`This may not have arrived: ${plain(text)}`, "warning");
    });
  }

  show(name: string): void {
    this.#front.show(name);
  }

  closed(name: string): void {
    this.client.forget(name);
    this.#front.closed(name);
  }

  note(words: string | readonly Span[], kind?: "title" | "warning"): void {
    const spans = typeof words === "string" ? [{ text: words, bold: kind === "title" }] : words;
    if (kind === "warning") this.#transcript.warn(spans);
    else this.#transcript.note(spans);
  }

  showHistory(title: string, events: readonly ChatEvent[]): void {
    this.#transcript.past(title, events);
  }

  secret(question: string, fault: (written: string) => string = () => ""): Promise<string> {
    return this.#questions.ask(question, (written) => written === "" ? "" : fault(written), true);
  }

  clear(): void {
    this.#display.clear();
  }

  leave(reason: string): void {
    this.client.quit(reason);
  }

  #do(act: Act): void {
    switch (act.kind) {
      case "submit":
        return this.#submit(act.text);
      case "interrupt":
        if (this.#questions.leavable) return this.#questions.answer("");
        if (this.#interrupted) this.interrupt();
        this.#interrupted = true;
        this.#hint = "Press C-c again to quit";
        return;
      case "end":
        if (this.#asked) this.#left.resolve({ kind: "left" });
        return this.leave("");
      case "redraw":
        return this.clear();
      case "suspend":
        if (this.#parts.suspend === undefined) return;
        this.#display.hide();
        return this.#parts.suspend();
      case "next":
        return this.#submitted(enter(this, "/go"));
      default:
        return act satisfies never;
    }
  }

  #submit(text: string): void {
    if (this.#asked) return this.#questions.answer(text);
    if (text.trim() === "") this.#hint = "Cannot send an empty message: type something first";
    else {
      this.#submitted(enter(this, text));
      if (expectsPassword(text)) this.#doubt.begin();
    }
  }

  async #askAfterDoubt(): Promise<boolean> {
    const question = "Held, as it may be a password: was it meant to be said? (yes or no)";
    const isAnswer = (written: string): string =>
      /^(y|yes|n|no|)$/i.test(written) ? "" : "Write yes, or no to throw it away";
    return /^y/i.test(await this.#questions.ask(question, isAnswer));
  }

  #submitted(work: Promise<void>): void {
    work.catch((error) =>
      this.note(plain(error instanceof Error ? error.message : String(error)), "warning")
    );
  }

  /** A question stands where one else writes to a room. */
  get #asked(): boolean {
    return this.#questions.current !== "";
  }

  #hear(event: ChatEvent): void {
    if (event.kind === "joined" && event.own) this.#front.entered(event.buffer);
    if (event.kind === "status" && (event.status === "connecting" || event.status === "waiting")) {
      this.#hint = event.status === "connecting" ? "Connecting…" : waitWords(event);
    } else this.#transcript.tell(event);
    this.#follow(event);
    this.#display.change();
  }

  /** What an event changes besides a line. */
  #follow(event: ChatEvent): void {
    switch (event.kind) {
      case "said": {
        this.#signs.said(event.buffer, event.at);
        const call = callsUs(event) ? this.#parts.attention.call(event) : "";
        return call === "" ? undefined : this.#parts.outlet.write(call);
      }
      case "parted":
      case "kicked":
        return event.own ? this.closed(event.buffer) : undefined;
      case "renamed":
        return this.#front.renamed(event.who.nick, event.to);
      case "typing":
        return this.#signs.watch(() => this.activeBuffer);
      case "status":
        if (event.status === "ready") this.#hint = event.again ? "" : this.#welcome;
        if (event.status !== "nick refused") return;
        this.#questions.ask("Another name", nameFault).then((name) => this.client.rename(name));
    }
  }

  /** The person is at the keyboard: what is in front has been read, and others may see that one types. */
  #present(act: Act | undefined): void {
    this.#signs.read(this.activeBuffer);
    // What was said tells more than that one types no longer.
    if (act !== undefined || !this.sharesTyping || this.#asked || this.activeBuffer === "") return;
    this.client.typing.update(this.activeBuffer, this.#input.editor.text);
  }

  #bottom(): Bottom {
    return {
      input: this.#input,
      front: this.activeBuffer,
      question: this.#questions.current,
      secret: this.#questions.secret,
      progress: this.files?.underWay ?? "",
      online: this.client.online || this.#asked,
      typing: this.#signs.typists(this.activeBuffer),
      hint: this.#hint,
      look: this.#parts.outlet.look,
    };
  }
}

/** Why a name cannot be one; "" when it can. The server may still refuse it. */
export function nameFault(name: string): string {
  if (name === "") return "A name cannot be empty";
  return /\s/.test(name) ? "A name is one word, without spaces" : "";
}
