/**
 * The user interface of the page while a person is in the chat: connects the client, the timelines and the elements.
 * Input goes to the client, events go to event_handler.ts, and page_drawing.ts shows the changes.
 */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import type { ChatEvent } from "../state/event.ts";
import { expectsPassword, runInput } from "../slash/slash.ts";
import { ActiveBuffer } from "./active_buffer.ts";
import { type EventHandlerParts, handleEvent } from "./event_handler.ts";
import { HistoryScroll } from "./history_scroll.ts";
import { JoinErrors } from "./join_errors.ts";
import type { Credentials } from "./join_form.ts";
import { MessageSending } from "../timeline/message_sending.ts";
import { drawNotJoined } from "./not_joined.ts";
import { copyMessageLink } from "./message_link.ts";
import { createClient, endingText } from "./page_client.ts";
import { PageDrawing } from "./page_drawing.ts";
import { PageCommandUi } from "./page_command_ui.ts";
import { storePresenceFilter } from "./preferences.ts";
import { restoreConversations, storeChat } from "./visit_storage.ts";
import { Timelines } from "../timeline/timeline.ts";
import type { SaidEntry } from "../timeline/timeline_entry.ts";
import { reportFault, toast, toastError } from "../elements/toast.ts";

/** The time between a private message and storing it. */
const storeMs = 500;

/** The values that a chat starts with, and the functions of the page that it calls. */
export interface PageUiParts {
  readonly credentials: Credentials;
  readonly channels: readonly string[];
  /** The server let us in, for the first time or again. */
  readonly onWelcome: () => void;
  /** The chat ended; `reason` is "" when the person left. */
  readonly onEnd: (reason: string) => void;
  /** The server needs its own password; onEnd() follows. */
  readonly onServerPasswordNeeded: () => void;
  /** Puts words that were not sent into the message box; false when there are other words in it. */
  readonly takeBack: (buffer: string, written: string) => boolean;
  /** Whether the message box has words that are not sent. */
  readonly hasWords: () => boolean;
  /** Another buffer became active; "" for none. */
  readonly onBufferChange: (name: string) => void;
  /** A person has another nick, and so has the conversation with that person. */
  readonly onRenamed: (from: string, to: string) => void;
  /** The message with this id was deleted. */
  readonly onDeleted: (id: string) => void;
  readonly reply: (entry: SaidEntry) => void;
  /** Opens the emoji picker beside an element. */
  readonly pickReaction: (entry: SaidEntry, beside: HTMLElement) => void;
}

/** One person's chat on this page. */
export class PageUi implements EventHandlerParts {
  readonly client: Client;
  readonly timelines = new Timelines();
  readonly active: ActiveBuffer;
  readonly history: HistoryScroll;
  readonly sending: MessageSending;
  readonly commandUi: PageCommandUi;
  readonly #parts: PageUiParts;
  readonly #drawing: PageDrawing;
  readonly #errors: JoinErrors;
  #isWelcomed = false;
  #storing: ReturnType<typeof setTimeout> | undefined;
  /** The conversation that becomes active at the start; "" for none. */
  #firstConversation = "";

  constructor(parts: PageUiParts) {
    this.#parts = parts;
    const { credentials, channels, takeBack } = parts;
    const { timelines } = this;
    const draw = () => this.draw();
    this.#errors = new JoinErrors(credentials.serverPassword !== "", globalThis.isSecureContext);
    this.client = createClient(credentials, channels, {
      onEvent: (event) => this.#onEvent(event),
      onFault: reportFault,
    });
    const { client } = this;
    const active = new ActiveBuffer({
      client,
      timelines,
      onLeave: (name) => this.history.trim(name),
      onChange: (name) => {
        parts.onBufferChange(name);
        drawNotJoined(client, name);
      },
      onEmptyConversation: (name) => this.history.loadOlder(name),
      isAtEnd: () => this.#drawing.messages.isAtEnd,
      draw,
    });
    this.active = active;
    this.sending = new MessageSending(client, takeBack);
    this.#drawing = this.#createDrawing();
    this.history = new HistoryScroll({ client, timelines, active, drawing: this.#drawing });
    this.commandUi = new PageCommandUi({
      client,
      timelines,
      active,
      history: this.history,
      sending: this.sending,
      draw,
    });
  }

  #createDrawing(): PageDrawing {
    const { client, timelines, active, sending } = this;
    const { reply, pickReaction } = this.#parts;
    return new PageDrawing({
      client,
      timelines,
      active,
      message: {
        reply,
        pickReaction,
        react: (entry, emoji) => sending.react(entry, emoji),
        deleteMessage: (entry) => sending.deleteMessage(entry),
        deleteFile: (id) => sending.deleteFile(id),
        copyLink: ({ said, key }) => copyMessageLink(said.buffer, key),
        loadOlder: () => this.history.loadOlder(active.name),
        loadNewer: () => this.history.loadNewer(active.name),
        outgoing: sending.outgoing,
        jump: (id) => void this.history.jump(active.name, id),
        showLatest: () => this.history.showLatest(),
        showFirstUnread: () => void this.history.showFirstUnread(),
        unreadCount: () => client.readMarkers.unread.of(active.name),
        find: (key) => timelines.find(active.name, key),
        now: () => client.now,
        draw: () => this.draw(),
      },
      isWelcomed: () => this.#isWelcomed,
    });
  }

  /** The name that the person joined with. */
  get nick(): string {
    return this.#parts.credentials.nick;
  }

  /** The buffer that becomes active first: a channel once the client has joined it, a conversation at once. */
  showFirst(name: string): void {
    if (name.startsWith("#")) this.active.showOnJoin(name);
    else this.#firstConversation = name;
  }

  /** Stores what this tab needs to come back after a reload or a crash. */
  storeVisit(): void {
    clearTimeout(this.#storing);
    this.#storing = undefined;
    storeChat(this, this.#parts.credentials.serverPassword !== "");
  }

  /** Resolves when the chat ends. */
  async run(): Promise<void> {
    const ending = await this.client.run();
    clearTimeout(this.#storing);
    this.#drawing.end();
    if (ending.kind === "refused" && ending.isLoggedOut) {
      this.#drawing.forget();
      this.#parts.onBufferChange("");
    }
    this.onEnd(endingText(ending));
  }

  /** Sends the text or runs its slash command; false for an empty text. `replyingTo`: the message it answers. */
  submit(text: string, replyingTo?: SaidEntry): boolean {
    if (text.trim() === "") return false;
    const buffer = this.active.name;
    const [, channel] = /^\s*\/j(?:oin)?\s+([^\s,]+)/i.exec(text) ?? [];
    if (channel !== undefined) this.active.showOnJoin(channel);
    this.#drawing.messages.showLatest();
    // runInput() sends the message before it first waits.
    this.sending.replyingTo(replyingTo, () => {
      runInput(this.commandUi, text).then(() => storePresenceFilter(this.presenceFilter), (error) => {
        toastError(error);
        // The person can correct a text that was not sent; a password must not become visible.
        if (!expectsPassword(text)) this.#parts.takeBack(buffer, text);
      });
    });
    return true;
  }

  isWriting(buffer: string): boolean {
    return this.active.is(buffer) && this.#parts.hasWords();
  }

  /** Draws with the next frame. */
  draw(): void {
    this.#drawing.soon();
  }

  get presenceFilter(): PageCommandUi["presenceFilter"] {
    return this.commandUi.presenceFilter;
  }

  #onEvent(event: ChatEvent): void {
    try {
      handleEvent(this, event);
      const buffers = "buffers" in event ? event.buffers : "buffer" in event ? [event.buffer] : [];
      for (const buffer of buffers) this.history.trim(buffer);
      // A crash comes without an event.
      const isPrivate = event.kind === "redacted" || (event.kind === "said" && event.direct);
      if (this.#isWelcomed && isPrivate) {
        this.#storing ??= setTimeout(() => this.storeVisit(), storeMs);
      }
    } finally {
      this.draw();
    }
  }

  onWelcome(): void {
    if (!this.#isWelcomed) restoreConversations(this);
    if (this.#firstConversation !== "") this.active.show(this.#firstConversation);
    this.#firstConversation = "";
    this.#isWelcomed = true;
    for (const sentence of this.#errors.takeAll()) toast(sentence, "error");
    this.#parts.onWelcome();
  }

  onRenamed(from: string, to: string): void {
    this.#parts.onRenamed(from, to);
  }

  onDeleted(id: string): void {
    this.#parts.onDeleted(id);
  }

  onError(sentence: string, code: string): void {
    if (this.#isWelcomed) return toast(sentence, "error");
    this.#errors.add(sentence, code);
    if (this.#errors.needsServerPassword) this.#parts.onServerPasswordNeeded();
  }

  /** The errors before the end are its cause, so they are shown in place of the reason. */
  onEnd(reason: string): void {
    const errors = this.#errors.takeAll().join("; ");
    this.#parts.onEnd(reason === "" ? "" : errors || reason);
  }
}
