/**
 * The user interface in a terminal: connects a client, a display and the keyboard. It prints events, knows the active
 * buffer and runs commands. It does not use the tty: the caller passes keys to key(), and `output` receives the text.
 */

import { Client } from "../core/client.ts";
import type { ChatEvent, Manner, Said } from "../state/event.ts";
import { shouldAlert } from "../state/mentions.ts";
import { completionSources } from "../slash/completion.ts";
import type { CommandUi } from "../slash/command_ui.ts";
import { expectsPassword, runInput } from "../slash/slash.ts";
import type { Span } from "../text/formatting.ts";
import { plain, plainName } from "../text/plain.ts";
import { ActiveBuffer } from "./active_buffer.ts";
import { Display } from "./display.ts";
import type { InputAction } from "./input.ts";
import { Keyboard } from "./keyboard.ts";
import type { Key } from "./key_reader.ts";
import { LocalFiles } from "./local_files.ts";
import { OutgoingView } from "./outgoing_view.ts";
import type { PromptState } from "./prompt.ts";
import { promptFor, waitWords } from "./prompt.ts";
import { ReadAndTyping } from "./read_and_typing.ts";
import type { TerminalEnding, TerminalUiParts } from "./terminal_ui_options.ts";
import { Transcript } from "./transcript.ts";

/** One person at one terminal. */
export class TerminalUi implements CommandUi {
  readonly client: Client;
  readonly hints = [
    "Tab completes names, channels, commands and :emoji",
    "↑ and ↓ show earlier lines, Ctrl-R searches them",
    "Alt-Enter adds a line to the message",
    "Ctrl-X shows the next channel, Ctrl-C twice quits",
  ];
  readonly maxListed = 200;
  sharesTyping: boolean;
  readonly presenceFilter: TerminalUiParts["presenceFilter"];
  readonly restricted: boolean;
  readonly files?: LocalFiles;
  readonly #parts: TerminalUiParts;
  readonly #active: ActiveBuffer;
  readonly #readAndTyping: ReadAndTyping;
  readonly #outgoing: OutgoingView;
  readonly #display: Display;
  readonly #transcript: Transcript;
  readonly #keyboard: Keyboard;
  /** The first hint for a person who gave no name, and so can be new here. */
  #welcome = "";
  readonly #ended = Promise.withResolvers<TerminalEnding>();

  constructor(parts: TerminalUiParts) {
    this.#parts = parts;
    this.sharesTyping = parts.typing;
    this.presenceFilter = parts.presenceFilter;
    this.restricted = parts.restricted;
    const onChange = (): void => this.#display.refresh();
    if (!parts.restricted) this.files = new LocalFiles(parts.home, onChange);
    const askPassword = (name: string) => this.askPassword(`Password of ${plainName(name)}`);
    this.client = new Client({
      ...parts.client,
      conversations: true,
      onFault: (sentence) => this.note(plain(sentence), "warning"),
      ...(parts.asksPassword && { askPassword }),
      onEvent: (event) => this.#onEvent(event),
    });
    this.#keyboard = new Keyboard({
      sources: () => completionSources(this),
      onAction: (action) => this.#do(action),
      onKey: (isAction) => this.#onKey(isAction),
      onChange,
      pauseMs: parts.pauseMs,
    });
    this.#active = new ActiveBuffer({
      client: this.client,
      channels: parts.client.channels ?? [],
      printTitle: (words) => this.#transcript.printTitle(words),
      onChange,
      hasWords: () => this.#keyboard.hasWords,
    });
    this.#readAndTyping = new ReadAndTyping(this.client, onChange);
    this.#outgoing = new OutgoingView({
      client: this.client,
      activeBuffer: () => this.activeBuffer,
      takeBack: (text) => this.#keyboard.takeBack(text),
      warn: (words) => this.note(words, "warning"),
      onChange,
    });
    this.#display = new Display(parts.output, () => promptFor(this.#promptState()));
    this.#transcript = new Transcript(this.#display, parts, () => ({
      state: this.client.state,
      activeBuffer: this.activeBuffer,
      now: this.client.now,
      findMessage: (id) => this.client.messages.recent.find(id),
    }));
  }

  get activeBuffer(): string {
    return this.#active.name;
  }

  /** Resolves when the person has left. The terminal then shows no prompt. */
  async run(): Promise<TerminalEnding> {
    this.#display.refresh();
    const ending = await Promise.race([this.#chat(), this.#ended.promise]);
    const { secret } = this.#keyboard.questions;
    this.#outgoing.end(secret ? "" : this.#keyboard.state.editor.text);
    this.close();
    if (ending.kind === "interrupted") await this.client.leave();
    return ending;
  }

  /** Ends as C-c does, for example on a signal. */
  interrupt(): void {
    this.#ended.resolve({ kind: "interrupted" });
  }

  async #chat(): Promise<TerminalEnding> {
    if (this.#parts.client.nick === "") {
      this.client.rename(await this.#keyboard.questions.askNick("Your name"));
      this.#welcome = "Enter sends your text to the channel · /help lists commands";
    }
    return await this.client.run();
  }

  /** Removes the prompt. Nothing is drawn after this. */
  close(): void {
    this.#transcript.flush();
    this.#readAndTyping.close();
    this.#keyboard.close();
    this.#display.close();
  }

  /** The person pressed a key. */
  press(key: Key): void {
    this.client.guard.run(() => {
      // A person who uses the terminal does not want to wait for the next try.
      if (!this.client.isOnline) this.client.wake();
      if (!this.#parts.notifier.isFocusReport(key)) this.#keyboard.press(key);
    });
  }

  /** The program continues after it was stopped. */
  resume(): void {
    this.client.wake();
    this.redraw();
  }

  /** The terminal has a new size. */
  redraw(): void {
    this.#display.refresh();
  }

  target(): string {
    return this.#active.target();
  }

  send(target: string, manner: Manner, text: string, replyTo?: string): void {
    const message = { target, manner, text, ...(replyTo !== undefined && { replyTo }) };
    void this.client.sendMessage(message);
  }

  show(name: string): void {
    this.#active.show(name);
  }

  onBufferClosed(name: string): void {
    this.client.removeBuffer(name);
    this.#active.onClosed(name);
  }

  note(words: string | readonly Span[], kind?: "title" | "warning"): void {
    const spans = typeof words === "string" ? [{ text: words, bold: kind === "title" }] : words;
    if (kind === "warning") this.#transcript.printWarning(spans);
    else this.#transcript.printNote(spans);
  }

  showHistory(...shown: Parameters<NonNullable<CommandUi["showHistory"]>>): void {
    this.#transcript.printHistory(...shown);
  }

  askPassword(question: string, fault: (written: string) => string = () => ""): Promise<string> {
    return this.#keyboard.questions.ask(question, (written) => written === "" ? "" : fault(written), {
      secret: true,
    });
  }

  ask(question: string, fault: (written: string) => string): Promise<string> {
    return this.#keyboard.questions.ask(question, (written) => written === "" ? "" : fault(written), {
      holdsKeys: true,
    });
  }

  clear(): void {
    this.#display.clear();
  }

  quit(reason: string): void {
    this.client.quit(reason);
  }

  #do(action: InputAction): void {
    switch (action.kind) {
      case "submit":
        return this.#submit(action.text);
      case "interrupt":
        return this.interrupt();
      case "end":
        if (this.#keyboard.isAsking) this.#ended.resolve({ kind: "left" });
        return this.quit("");
      case "redraw":
        return this.clear();
      case "suspend":
        if (this.#parts.suspend === undefined) return;
        this.#display.hide();
        return this.#parts.suspend();
      case "next":
        return this.#warnOnFailure(runInput(this, "/go"));
      default:
        return action satisfies never;
    }
  }

  #submit(text: string): void {
    if (text.trim() === "") {
      this.#keyboard.hint = "Cannot send an empty message: type something first";
      return;
    }
    this.#warnOnFailure(runInput(this, text), /^\s*\/(?!\/)/.test(text) ? "" : text);
    if (expectsPassword(text)) this.#keyboard.guard.start();
  }

  /** `words` were not sent when it fails, and return to the line. */
  #warnOnFailure(work: Promise<void>, words = ""): void {
    work.catch((error) => {
      this.note(plain(error instanceof Error ? error.message : String(error)), "warning");
      if (words !== "") this.#keyboard.takeBack(words);
    });
  }

  #onEvent(event: ChatEvent): void {
    if (event.kind === "joined" && event.own) this.#active.onJoined(event.buffer);
    if (event.kind === "status" && (event.status === "connecting" || event.status === "waiting")) {
      this.#keyboard.hint = event.status === "connecting" ? "Connecting…" : waitWords(event);
    } else this.#transcript.add(event);
    this.#update(event);
    this.#display.scheduleFrame();
  }

  /** Updates the UI after an event. The transcript prints the line. */
  #update(event: ChatEvent): void {
    switch (event.kind) {
      case "said":
        if (shouldAlert(event)) this.#notify(event);
        return;
      case "alert":
        return this.#notify(event.messages.at(-1), event.messages.length - 1);
      case "parted":
      case "kicked":
        return event.own ? this.onBufferClosed(event.buffer) : undefined;
      case "refused":
        return this.#active.onRefused();
      case "outgoing":
        return this.#outgoing.onEvent(event);
      case "renamed":
        return this.#active.onRenamed(event.who.nick, event.to);
      case "typing":
        return this.#readAndTyping.watchTyping(() => this.activeBuffer);
      case "status":
        if (event.status === "ready") this.#keyboard.hint = event.again ? "" : this.#welcome;
        if (event.status !== "nick refused") return;
        this.#keyboard.questions.askNick("Another name").then((name) => this.client.rename(name));
    }
  }

  #notify(said: Said | undefined, others = 0): void {
    const text = said === undefined ? "" : this.#parts.notifier.notification(said, others);
    if (text !== "") this.#parts.output.write(text);
  }

  /** The person is at the keyboard, so the active buffer is read, and others can see that the person types. */
  #onKey(isAction: boolean): void {
    this.#readAndTyping.markRead(this.activeBuffer);
    // A message that is sent already says that the person stopped typing.
    if (isAction || !this.sharesTyping || this.#keyboard.isAsking || this.activeBuffer === "") return;
    this.client.typing.update(this.activeBuffer, this.#keyboard.state.editor.text);
  }

  #promptState(): PromptState {
    const { state: input, hint, questions, isAsking } = this.#keyboard;
    return {
      input,
      activeBuffer: this.activeBuffer,
      question: questions.current,
      secret: questions.secret,
      progress: this.files?.progressText ?? "",
      online: this.client.isOnline || isAsking,
      outgoing: this.#outgoing.rows(),
      unsent: this.#outgoing.unsentNote(),
      unread: this.#readAndTyping.unreadElsewhere(this.activeBuffer),
      typing: this.#readAndTyping.nicksTyping(this.activeBuffer),
      hint,
      appearance: this.#parts.output.appearance,
    };
  }
}
