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

/** The conversations of the guest with this nick as text; "" for none. It takes time for the kept messages only. */
export function writeConversations(nick: string, conversations: readonly KeptConversation[]): string {
  const kept: string[] = [];
  let space = maxLength - JSON.stringify({ nick, conversations: [] }).length;
  for (const { name, messages } of conversations.filter(({ name }) => !/serv$/i.test(name))) {
    const frame = JSON.stringify({ name, messages: [] });
    const newest = newestThatFit(messages, space - frame.length - 1);
    const written = `${frame.slice(0, -2)}${newest.join()}]}`;
    if (kept.length === maxConversations || written.length + 1 > space) break;
    space -= written.length + 1;
    kept.push(written);
  }
  return kept.length === 0 ? "" : `{"nick":${JSON.stringify(nick)},"conversations":[${kept.join()}]}`;
}

/** The newest messages as texts with commas between them that have this length together, oldest first. */
function newestThatFit(messages: readonly SaidEvent[], space: number): string[] {
  const found: string[] = [];
  let left = space;
  for (const message of messages.slice(-maxMessages).reverse()) {
    const written = JSON.stringify(message);
    left -= written.length + 1;
    if (left < 0) break;
    found.push(written);
  }
  return found.reverse();
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
