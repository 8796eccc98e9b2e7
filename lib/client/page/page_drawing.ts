/**
 * Draws the page once per frame: the messages, the lists at both sides, the header, the notices and the window title.
 * The typing indicator is drawn every second too, as typing ends by itself.
 */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import { FaultGuard } from "../core/fault_guard.ts";
import type { ActiveBuffer } from "./active_buffer.ts";
import { drawBufferHeader } from "./buffer_header.ts";
import { drawChannelList } from "./channel_list.ts";
import { updateRows } from "../elements/list_rows.ts";
import { DrawSchedule } from "../elements/draw_schedule.ts";
import { MemberList } from "./member_list.ts";
import { MessageArea, type MessageAreaParts } from "../timeline/message_area.ts";
import { drawNotJoined } from "./not_joined.ts";
import type { Timelines } from "../timeline/timeline.ts";
import { reportFault } from "../elements/toast.ts";
import { drawTypingIndicator } from "../timeline/typing_indicator.ts";
import { drawWindowTitle } from "./window_title.ts";

const typingMs = 1_000;

/** The parts that the page draws. */
export interface PageDrawingParts {
  readonly client: Client;
  readonly timelines: Timelines;
  readonly active: ActiveBuffer;
  readonly message: MessageAreaParts;
  /** Whether the server has let the client in. */
  readonly isWelcomed: () => boolean;
}

/** The drawing of one chat; it stops with `end`. */
export class PageDrawing {
  readonly messages: MessageArea;
  readonly #parts: PageDrawingParts;
  readonly #ended = new AbortController();
  readonly #guard = new FaultGuard(reportFault);
  readonly #schedule = new DrawSchedule(() => this.#draw());
  readonly #members: MemberList;
  #isForgotten = false;
  readonly #ticking: ReturnType<typeof setInterval>;

  constructor(parts: PageDrawingParts) {
    this.#parts = parts;
    this.messages = new MessageArea(parts.message, this.#ended.signal);
    const { client, active } = parts;
    this.#members = new MemberList((nick) => active.show(nick), () => this.soon(), this.#ended.signal);
    this.#ticking = setInterval(
      () => drawTypingIndicator(client.state, active.name, client.elapsed),
      typingMs,
    );
  }

  /** Draws with the next frame. */
  soon(): void {
    this.#schedule.soon();
  }

  now(): void {
    this.#schedule.now();
  }

  /** Draws a last time. */
  end(): void {
    clearInterval(this.#ticking);
    this.now();
    this.#ended.abort();
  }

  /** Shows nothing of the chat any more: another device logged this one out, which can be in other hands. */
  forget(): void {
    this.#isForgotten = true;
    const { client: { state }, timelines } = this.#parts;
    this.messages.show(state, "", timelines.of(""));
    for (const list of ["channel-list", "conversation-list", "member-list"]) updateRows(list, [], () => {});
    drawBufferHeader(state, "");
    drawTypingIndicator(state, "", 0);
  }

  #draw(): void {
    if (this.#isForgotten) return;
    const { client, timelines, active, isWelcomed } = this.#parts;
    const { state, readMarkers: { unread } } = client;
    const activeBuffer = active.name;
    const show = (name: string) => active.show(name);
    const steps = [
      () => this.messages.show(state, activeBuffer, timelines.of(activeBuffer)),
      // After the messages are drawn, it is known whether the newest one is in sight.
      () => active.markRead(),
      () => drawChannelList({ state, activeBuffer, unread, show }),
      () => this.#members.draw(state, activeBuffer),
      () => drawBufferHeader(state, activeBuffer),
      () => drawTypingIndicator(state, activeBuffer, client.elapsed),
      () => isWelcomed() && drawNotJoined(client, activeBuffer),
      () => drawWindowTitle(state, unread, isWelcomed() ? activeBuffer : ""),
    ];
    // A part that cannot be drawn must not hide the others.
    for (const step of steps) this.#guard.run(step);
  }
}
