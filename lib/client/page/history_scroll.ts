/** Going back in the messages: loads older ones and scrolls to a message, however old it is. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import type { ActiveBuffer } from "./active_buffer.ts";
import { HistoryLoader } from "../timeline/history_loader.ts";
import type { PageDrawing } from "./page_drawing.ts";
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

  /** Loads older messages and shows them above the others. */
  loadOlder(buffer: string): void {
    void this.#loader.loadOlder(buffer).then((found) => found && this.#parts.drawing.soon());
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

  /** Shows the message with this id. */
  async jump(buffer: string, id: string): Promise<void> {
    const { active, drawing } = this.#parts;
    if (!active.is(buffer)) active.show(buffer);
    const found = await this.#loader.find(buffer, id);
    drawing.now();
    if (!found || !drawing.messages.jump(id)) toast("Cannot find that message in the history", "error");
  }

  /** Opens the recent conversations. */
  openConversations(): void {
    void this.#loader.openConversations().then(() => this.#parts.drawing.soon());
  }
}
