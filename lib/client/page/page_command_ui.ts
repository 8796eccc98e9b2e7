/** The page as slash commands see it: what they show, ask and change here. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import type { MessageSearch } from "../core/message_search.ts";
import type { ChatEvent, Manner } from "../state/event.ts";
import type { CommandUi } from "../slash/command_ui.ts";
import type { Span } from "../text/formatting.ts";
import type { ActiveBuffer } from "./active_buffer.ts";
import { fileChoice } from "./file_choice.ts";
import type { HistoryScroll } from "./history_scroll.ts";
import type { MessageSending } from "../timeline/message_sending.ts";
import { askPassword } from "./password_dialog.ts";
import { sharesTyping, storedPresenceFilter, storeSharesTyping } from "./preferences.ts";
import { openResults } from "./search_dialog.ts";
import type { Timelines } from "../timeline/timeline.ts";

/** The parts of the page that commands use. */
export interface PageCommandUiParts {
  readonly client: Client;
  readonly timelines: Timelines;
  readonly active: ActiveBuffer;
  readonly history: HistoryScroll;
  readonly sending: MessageSending;
  readonly draw: () => void;
}

/** The page, for slash commands. */
export class PageCommandUi implements CommandUi {
  readonly client: Client;
  readonly files = fileChoice;
  readonly askPassword = askPassword;
  readonly maxListed = 200;
  readonly presenceFilter = storedPresenceFilter();
  readonly hints = [
    "Tab completes names. Shift-Enter starts a new line. To share files, drop or paste them, or use /send",
    "In the messages, ↑ and ↓ move from one to the next, and Tab moves to the buttons of a message",
    "Alt-↑ and Alt-↓ switch to another channel",
  ];
  readonly #parts: PageCommandUiParts;

  constructor(parts: PageCommandUiParts) {
    this.client = parts.client;
    this.#parts = parts;
  }

  get activeBuffer(): string {
    return this.#parts.active.name;
  }

  target(): string {
    return this.#parts.active.target();
  }

  send(target: string, manner: Manner, text: string, answered?: string): void {
    this.#parts.sending.say(target, manner, text, answered);
  }

  show(name: string): void {
    this.#parts.active.show(name);
  }

  onBufferClosed(name: string): void {
    this.#parts.active.close(name);
  }

  note(said: string | readonly Span[], kind?: "title" | "warning"): void {
    // Text with columns needs letters of one width.
    const style = (text: string) => ({ text, bold: kind === "title", mono: /\S {2,}\S/.test(text) });
    const spans = typeof said === "string" ? [style(said)] : said;
    const { timelines, draw } = this.#parts;
    timelines.addLine(this.activeBuffer, kind === "warning" ? "warning" : "note", spans, this.client.now);
    draw();
  }

  clear(): void {
    const { timelines, draw } = this.#parts;
    timelines.remove(this.activeBuffer);
    timelines.setComplete(this.activeBuffer, true);
    draw();
  }

  quit(reason: string): void {
    this.client.quit(reason);
  }

  showHistory(title: string, events: readonly ChatEvent[], search?: MessageSearch): void {
    const found = events.flatMap((event) => event.kind === "said" ? [event] : []);
    openResults(title, found, { goTo: (said) => this.#parts.history.jumpTo(said), search });
  }

  showOlder(count: number): Promise<boolean> {
    return this.#parts.history.showOlder(count);
  }

  get sharesTyping(): boolean {
    return sharesTyping();
  }

  set sharesTyping(shares: boolean) {
    storeSharesTyping(shares);
  }
}
