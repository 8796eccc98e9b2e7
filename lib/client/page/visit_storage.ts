/**
 * Keeps in the storage of this tab what brings a chat back after a reload or a crash: its name and active buffer, and the
 * private conversations of a guest, which the server does not know afterwards.
 */
/// <reference lib="dom" />
import type { Client } from "../core/client.ts";
import { addToTimeline } from "../timeline/history_loader.ts";
import {
  type KeptConversation,
  readConversations,
  writeConversations,
} from "../timeline/kept_conversations.ts";
import { storeVisit } from "./tab_visit.ts";
import type { Timelines } from "../timeline/timeline.ts";
import { storedValue, storeValue } from "../elements/browser_storage.ts";

/** The parts of a chat that are kept. */
export interface VisitParts {
  readonly client: Client;
  readonly timelines: Timelines;
  readonly active: { readonly name: string };
  /** The name that the person joined with. */
  readonly nick: string;
}

/** Stores them. `hasServerPassword`: the person needed a password to be let in. */
export function storeChat({ client, timelines, active, nick }: VisitParts, hasServerPassword: boolean): void {
  const isGuest = client.account.credentials === undefined && client.state.account === "";
  const password = hasServerPassword ? "server" : isGuest ? "none" : "account";
  storeVisit({ nick, password, activeBuffer: active.name });
  const conversations = [...client.state.buffers.values()].filter(({ kind }) => isGuest && kind === "person")
    .map(({ name }): KeptConversation => ({
      name,
      messages: timelines.of(name).entries.flatMap((entry) =>
        entry.kind === "said" && !entry.isDeleted ? [entry.said] : []
      ),
    }));
  storeValue("conversations", writeConversations(nick, conversations), "tab");
}

/** Shows those of an earlier visit in this tab; they are read. */
export function restoreConversations({ client, timelines, nick }: VisitParts): void {
  if (client.account.credentials !== undefined) return;
  for (const { name, messages } of readConversations(storedValue("conversations", "tab"), nick)) {
    client.openConversation(name);
    for (const said of messages) addToTimeline(timelines, { ...said, buffer: name, history: true });
  }
}
