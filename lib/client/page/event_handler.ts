/** What the page makes of what happens: most goes into the timelines, the rest is a toast, a notification or the line of status. */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import type { ChatEvent } from "../core/event.ts";
import { callsUs } from "../core/mentions.ts";
import { plain, plainName } from "../text/plain.ts";
import type { PresenceFilter } from "../text/presence_filter.ts";
import { describe, type presenceWords } from "../text/sentences.ts";
import { byId } from "./element.ts";
import { notify } from "./notify.ts";
import { takeSpeech } from "./history.ts";
import type { Timelines } from "./timeline.ts";
import { toast } from "./toast.ts";

/** Who hears, and what can come of it. */
export interface PageState {
  readonly client: Client;
  readonly timelines: Timelines;
  readonly presenceFilter: PresenceFilter;
  readonly activeBuffer: string;
  /** Whether the person looks at this buffer. */
  isSeen(buffer: string): boolean;
  show(name: string): void;
  closed(name: string): void;
  /** We were removed from a room, whose past stays. */
  removed(name: string): void;
  /** We are in a room. */
  arrived(room: string): void;
  /** We are let in by the server, for the first time or again. */
  entered(nick: string): void;
  /** Something was refused; `code` as the event has it, "" for none. */
  faulted(sentence: string, code: string): void;
  /** It is over. */
  refused(reason: string): void;
}

/** Takes one event. */
export function handleEvent(hearer: PageState, event: ChatEvent): void {
  const { client, timelines, activeBuffer: current } = hearer;
  if (hearer.presenceFilter.hides(event)) return;
  switch (event.kind) {
    case "said":
      return hearSaid(hearer, event);
    case "reacted":
    case "redacted":
      return takeSpeech(timelines, event);
    case "read":
      return timelines.read(event.buffer, event.upTo);
    case "history":
      if (event.why === "opening" && !event.more) timelines.complete(event.buffer);
      return;
    case "joined":
      if (event.own) hearer.arrived(event.buffer);
      return addPresence(hearer, [event.buffer], event);
    case "parted":
      addPresence(hearer, [event.buffer], event);
      if (event.own) hearer.closed(event.buffer);
      return;
    case "kicked":
      addPresence(hearer, [event.buffer], event);
      if (event.own) hearRemoved(hearer, event);
      return;
    case "quit":
    case "renamed":
      return addPresence(hearer, event.buffers, event);
    case "refused":
      // What has a label was said by us, and whoever said it tells.
      if (event.label === undefined) hearer.faulted(plain(event.text), event.code);
      return;
    case "status":
      return hearStatus(hearer, event);
    case "typing":
    case "members":
      return;
    case "topic":
      if (event.by === "") return;
  }
  const buffer = "buffer" in event ? event.buffer : current;
  timelines.addLine(buffer, "note", describe(client.state, event), event.at);
}

function hearSaid(hearer: PageState, event: Extract<ChatEvent, { kind: "said" }>): void {
  const isSeen = hearer.isSeen(event.buffer);
  takeSpeech(hearer.timelines, event, isSeen);
  if (callsUs(event)) notify(isSeen, event, () => hearer.show(event.buffer));
}

function hearRemoved(hearer: PageState, event: Extract<ChatEvent, { kind: "kicked" }>): void {
  const why = event.reason === "" ? "" : `: ${plain(event.reason)}`;
  toast(`You were kicked from ${plainName(event.buffer)} by ${plainName(event.by)}${why}`, "error");
  hearer.removed(event.buffer);
}

function addPresence(
  { client, timelines }: PageState,
  buffers: readonly string[],
  event: Parameters<typeof presenceWords>[0] & { readonly at: number },
): void {
  const spans = describe(client.state, event);
  for (const buffer of buffers) timelines.addLine(buffer, "presence", spans, event.at);
}

function hearStatus(hearer: PageState, event: Extract<ChatEvent, { kind: "status" }>): void {
  const sentence = describe(hearer.client.state, event).map(({ text }) => text).join("");
  switch (event.status) {
    case "logged in":
    case "logged out":
    case "queued":
      return toast(sentence);
    case "login refused":
      return hearer.faulted(sentence, "");
    case "nick refused":
      hearer.refused(plain(event.reason));
      hearer.client.quit();
      return;
  }
  const line = byId("status");
  line.hidden = event.status === "ready";
  line.textContent = sentence;
  if (event.status !== "ready") return;
  byId("network").textContent = plain(event.network || "Parley");
  hearer.entered(event.nick);
}
