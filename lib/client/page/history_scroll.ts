/** Going back in the messages: loads older ones and scrolls to a message, however old it is. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import type { ActiveBuffer } from "./active_buffer.ts";
import { HistoryLoader } from "../timeline/history_loader.ts";
import type { PageDrawing } from "./page_drawing.ts";
import { currentBuffer } from "../state/renames.ts";
import { findBuffer } from "../state/state.ts";
import type { SaidEvent } from "../state/event.ts";
import type { Timelines } from "../timeline/timeline.ts";
import { toast } from "../elements/toast.ts";

/** The parts of the page that scrolling back uses. */
export interface HistoryScrollParts {
  readonly client: Client;
  readonly timelines: Timelines;
  readonly active: ActiveBuffer;
  readonly drawing: PageDrawing;
}

/** Goes back in the messages. */
export class HistoryScroll {
  readonly #parts: HistoryScrollParts;
  readonly #loader: HistoryLoader;

  constructor(parts: HistoryScrollParts) {
    this.#parts = parts;
    this.#loader = new HistoryLoader(parts.client, parts.timelines);
  }

  /** Loads older messages and shows them above the others. In a channel that is being opened, it waits for the newest ones. */
  loadOlder(buffer: string): void {
    const opening = this.#parts.client.fetching(buffer)?.then(() => true);
    void (opening ?? this.#loader.loadOlder(buffer)).then((found) => found && this.#onLoaded(buffer));
  }

  #onLoaded(buffer: string): void {
    this.trim(buffer);
    this.#parts.drawing.soon();
  }

  /**
   * Shortens a timeline in memory, without the part that the person reads. When the server has no history, that stays as
   * it is. Of a channel that is not shown only a few entries stay, as long as the server gives us its history.
   */
  trim(buffer: string): void {
    const { client: { state }, timelines, active, drawing } = this.#parts;
    const isShown = active.is(buffer);
    const isReading = isShown && !drawing.messages.isAtEnd;
    const hasHistory = state.caps.has("draft/chathistory");
    if (isReading && !hasHistory) return;
    const { kind, joined } = findBuffer(state, buffer) ?? {};
    const isShort = !isShown && hasHistory && kind === "channel" && joined === true;
    timelines.trim(buffer, () => isReading ? drawing.messages.reading : undefined, isShort);
  }

  /** Loads `count` older messages of the active buffer and scrolls to them; false when there are none. */
  async showOlder(count: number): Promise<boolean> {
    const { timelines, active, drawing } = this.#parts;
    const oldest = timelines.of(active.name).entries.find(({ kind }) => kind === "said");
    timelines.setComplete(active.name, false);
    const found = await this.#loader.loadOlder(active.name, count);
    drawing.now();
    if (found && oldest !== undefined) drawing.messages.showBefore(oldest.key);
    return found;
  }

  /** Loads newer messages after those of an older part. */
  loadNewer(buffer: string): void {
    void this.#loader.loadNewer(buffer).then((found) => found && this.#onLoaded(buffer));
  }

  /** Shows the newest messages of the active buffer in place of an older part. */
  showLatest(): void {
    this.#parts.timelines.showLatest(this.#parts.active.name);
  }

  /** Shows a message that was found, in the conversation as it is called now. */
  jumpTo(said: SaidEvent): void {
    const { state } = this.#parts.client;
    if (said.id !== undefined) void this.jump(currentBuffer(state, said), said.id);
  }

  /** Shows the message with this id. */
  async jump(buffer: string, id: string): Promise<void> {
    const { active, drawing } = this.#parts;
    if (!active.is(buffer)) active.show(buffer);
    const found = await this.#loader.showMessage(buffer, id);
    if (!active.is(buffer)) return;
    drawing.now();
    if (found && drawing.messages.jump(id)) return;
    const why = this.#parts.client.isOnline
      ? "it was deleted, or the history no longer has it"
      : "you are offline";
    toast(`Cannot find that message: ${why}`, "error");
  }

  /** Shows the first message of the active buffer that the person has not read. */
  async showFirstUnread(): Promise<void> {
    const { active: { name }, active, drawing, timelines } = this.#parts;
    const { separatorAt } = timelines.of(name);
    if (separatorAt === undefined) return;
    const first = await this.#loader.showFirstAfter(name, separatorAt);
    if (!active.is(name)) return;
    drawing.now();
    if (first !== undefined) drawing.messages.showFrom(first);
  }
}
