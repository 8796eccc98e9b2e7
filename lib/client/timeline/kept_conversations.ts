/**
 * The private conversations of a guest as text for the storage of the tab. A server knows a guest only while it is
 * connected, so after a reload it would show none of them. Left out are conversations with services, which can contain
 * passwords, and deleted messages. Pure.
 */
import { fold } from "../../irc/names.ts";
import type { SaidEvent } from "../state/event.ts";

/** Limits of what a tab keeps; the newest messages stay. */
const maxMessages = 100;
const maxConversations = 50;
const maxLength = 500_000;

/** One conversation, its oldest message first. */
export interface KeptConversation {
  readonly name: string;
  readonly messages: readonly SaidEvent[];
}

/** The conversations of the guest with this nick as text; "" for none. */
export function writeConversations(nick: string, conversations: readonly KeptConversation[]): string {
  const kept = conversations.filter(({ name }) => !/serv$/i.test(name)).slice(0, maxConversations)
    .map(({ name, messages }) => ({ name, messages: messages.slice(-maxMessages) }));
  for (; kept.length > 0; kept.pop()) {
    const written = JSON.stringify({ nick, conversations: kept });
    if (written.length <= maxLength) return written;
  }
  return "";
}

/** The conversations that writeConversations() wrote for this nick; none for other text. */
export function readConversations(written: string, nick: string): readonly KeptConversation[] {
  try {
    const found: unknown = JSON.parse(written);
    if (!isRecord(found) || typeof found.nick !== "string" || fold(found.nick) !== fold(nick)) return [];
    return Array.isArray(found.conversations) ? found.conversations.filter(isConversation) : [];
  } catch {
    return [];
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isConversation(value: unknown): value is KeptConversation {
  return isRecord(value) && typeof value.name === "string" && Array.isArray(value.messages) &&
    value.messages.every(isSaid);
}

function isSaid(value: unknown): value is SaidEvent {
  return isRecord(value) && value.kind === "said" && typeof value.text === "string" &&
    typeof value.at === "number" && typeof value.buffer === "string" && isRecord(value.from) &&
    typeof value.from.nick === "string";
}
