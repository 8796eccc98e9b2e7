/**
 * Handles each event of the client: most become entries of a timeline, others a toast, a notification or the
 * status line.
 */
/// <reference lib="dom" />
import { fold } from "../../irc/names.ts";
import type { Client } from "../core/client.ts";
import type { ChatEvent, SaidEvent } from "../state/event.ts";
import { shouldAlert } from "../state/mentions.ts";
import { withoutFormatting } from "../text/formatting.ts";
import { plain, plainName } from "../text/plain.ts";
import type { PresenceFilter } from "../text/presence_filter.ts";
import { describe, type presenceWords, privateNoticeWords } from "../text/sentences.ts";
import { findBuffer } from "../state/state.ts";
import type { ActiveBuffer } from "./active_buffer.ts";
import { byId } from "../elements/element.ts";
import { addToTimeline } from "../timeline/history_loader.ts";
import {
  closeNotification,
  renameNotifications,
  showNotification,
  withdrawNotification,
} from "./notifications.ts";
import { storeCallAt, storedCallAt } from "./preferences.ts";
import { clearResult } from "./search_dialog.ts";
import type { MessageSending } from "../timeline/message_sending.ts";
import type { Timelines } from "../timeline/timeline.ts";
import { toast } from "../elements/toast.ts";

/** The parts of the page that events change. */
export interface EventHandlerParts {
  readonly client: Client;
  readonly timelines: Timelines;
  readonly active: ActiveBuffer;
  readonly presenceFilter: PresenceFilter;
  readonly sending: MessageSending;
  /** The server let us in, for the first time or again. */
  onWelcome(): void;
  /** Something failed; `code` is that of the event, "" for none. */
  onError(sentence: string, code: string): void;
  /** A person has another nick, and so has the conversation with that person. */
  onRenamed(from: string, to: string): void;
  /** The message with this id was deleted. */
  onDeleted(id: string): void;
  /** Whether the person has written words in this buffer that are not sent. */
  isWriting(buffer: string): boolean;
  /** The chat ended. */
  onEnd(reason: string): void;
}

/** Handles one event. */
export function handleEvent(page: EventHandlerParts, event: ChatEvent): void {
  const { client, timelines, active } = page;
  if (event.kind === "renamed") followPerson(page, event);
  if (page.presenceFilter.hides(event)) return;
  switch (event.kind) {
    case "said":
      return handleMessage(page, event);
    case "redacted":
      withdrawNotification(event.buffer, event.id);
      clearResult(event.id);
      addToTimeline(timelines, event);
      return page.onDeleted(event.id);
    case "reacted":
      return addToTimeline(timelines, event);
    case "read":
      closeNotification(event.buffer, event.upTo);
      return timelines.markRead(event.buffer, event.upTo);
    case "alert":
      return callForMissed(page, event);
    case "history":
      if (event.why === "missed") timelines.beginMissedPage(event.buffer, event.more);
      else if (!event.more) timelines.setComplete(event.buffer, true);
      return;
    case "joined":
    case "parted":
    case "kicked":
    case "quit":
    case "renamed":
      return handlePresence(page, event);
    case "refused":
      active.joinRefused(event.target);
      // An event with a label answers a request, and the request itself reports the error.
      if (event.label === undefined) page.onError(withoutFormatting(event.text), event.code);
      return;
    case "status":
      return handleStatus(page, event);
    case "server notice":
      // Also for a person who looks at something else: somebody else can be in the account.
      if (event.code === "NEW_LOGIN" || event.code === "PASSWORD_KNOWN") {
        toast(withoutFormatting(event.text), "error");
      }
      break;
    case "outgoing":
      if (!event.isGone) page.sending.onOutgoing(event.message, active.name);
      return;
    case "typing":
    case "members":
      return;
    case "topic":
      // The header shows the topic.
      if (event.by === "") return;
  }
  const buffer = "buffer" in event ? event.buffer : active.name;
  timelines.addLine(buffer, "note", describe(client.state, event), event.at);
}

function handleMessage(page: EventHandlerParts, event: SaidEvent): void {
  const { client, timelines, active } = page;
  if (event.direct && findBuffer(client.state, event.buffer) === undefined) {
    return showPrivateNotice(page, event);
  }
  const isSeen = active.isSeen(event.buffer);
  // Missed messages are new also for a person who looks at the buffer.
  const isNew = client.readMarkers.unread.has(event) && (event.history === true || !isSeen);
  timelines.markRead(event.buffer, client.readMarkers.unread.readUpTo(event.buffer));
  addToTimeline(timelines, event, isNew);
  if (shouldAlert(event) && !active.isShown(event.buffer)) call(event);
}

/** A private notice opens no conversation: it is shown in the channel that it belongs to, or where the person looks. */
function showPrivateNotice(page: EventHandlerParts, event: SaidEvent): void {
  const { client, timelines, active } = page;
  const place = event.context ?? active.name;
  const words = privateNoticeWords(client.state, event);
  timelines.addLine(place, "note", words, event.at, event.id);
  // No buffer would show the number.
  client.readMarkers.unread.forget(event.buffer);
  if (shouldAlert(event) && !active.isShown(place)) call(event);
}

/** At the start, a person at the page sees the badges, and the page before it was loaded again can have called. */
function callForMissed(page: EventHandlerParts, event: Extract<ChatEvent, { kind: "alert" }>): void {
  const newest = event.messages.findLast(({ buffer }) => !page.active.isShown(buffer));
  if (newest === undefined) return;
  if (event.again || (!document.hasFocus() && newest.at > storedCallAt())) call(newest);
}

function call(said: SaidEvent): void {
  storeCallAt(said.at);
  showNotification(said);
}

/** A person has another nick: the conversation and everything in it follow. */
function followPerson(page: EventHandlerParts, event: Extract<ChatEvent, { kind: "renamed" }>): void {
  const { who: { nick }, to, buffers, own } = event;
  page.timelines.rename(nick, to, own ? "everywhere" : buffers);
  page.active.onRenamed(nick, to);
  renameNotifications(nick, to);
  page.onRenamed(nick, to);
}

function handlePresence(
  page: EventHandlerParts,
  event: ChatEvent & Parameters<typeof presenceWords>[0],
): void {
  if (event.kind === "joined" && event.own) page.active.joined(event.buffer);
  const spans = describe(page.client.state, event);
  for (const buffer of "buffers" in event ? event.buffers : [event.buffer]) {
    const isMoved = event.kind === "renamed" && fold(buffer) === fold(event.who.nick);
    page.timelines.addLine(isMoved ? event.to : buffer, "presence", spans, event.at);
  }
  // The next words must not go to another channel, so the buffer stays when the person is writing in it.
  const isWriting = "buffer" in event && page.isWriting(event.buffer);
  if (event.kind === "parted" && event.own && !isWriting) page.active.close(event.buffer);
  if (event.kind !== "kicked" || !event.own) return;
  const why = event.reason === "" ? "" : `: ${withoutFormatting(event.reason)}`;
  toast(`You were kicked from ${plainName(event.buffer)} by ${plainName(event.by)}${why}`, "error");
  if (!isWriting) page.active.removed(event.buffer);
}

function handleStatus(page: EventHandlerParts, event: Extract<ChatEvent, { kind: "status" }>): void {
  const sentence = describe(page.client.state, event).map(({ text }) => text).join("");
  switch (event.status) {
    case "logged in":
    case "logged out":
    case "nick replaced":
      return toast(sentence);
    case "login refused":
      return page.onError(sentence, "");
    case "nick refused":
      page.onEnd(plain(event.reason));
      page.client.quit();
      return;
  }
  const line = byId("status");
  line.hidden = event.status === "ready";
  line.textContent = sentence;
  if (event.status !== "ready") return;
  page.timelines.moveBack(page.client.now);
  byId("network").textContent = plain(event.network || "Parley");
  page.onWelcome();
}
