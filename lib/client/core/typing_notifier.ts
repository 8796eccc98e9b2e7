/**
 * Shows others that we are typing: at most once in three seconds for each buffer, and once when we stop. Both UIs pass
 * the text of their message box. client/state/typing.ts decides whether that text counts as typing.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import { isTagAllowed, typingTags } from "../state/client_tags.ts";
import type { ServerLink } from "./server_link.ts";
import { canSendTags, isMiddleParam, tagLine } from "./server_link.ts";
import type { Activity } from "../state/typing.ts";
import { typingActivity } from "../state/typing.ts";

const intervalMs = 3_000;

/** One client's typing, as others see it. */
export class TypingNotifier {
  readonly #link: ServerLink;
  /** When "active" was last sent, by buffer. */
  readonly #activeAt = new Map<Folded, number>();

  constructor(link: ServerLink) {
    this.#link = link;
  }

  /** The message box of a buffer has this text. Can be called at each key. */
  update(buffer: string, text: string): void {
    this.send(buffer, typingActivity(text));
  }

  /** Sends an activity when others need to know it. */
  send(buffer: string, activity: Activity): void {
    const link = this.#link;
    if (!canSendTags(link) || !isTagAllowed(link.state, "typing") || !isMiddleParam(buffer)) return;
    if (!this.#mustSend(buffer, activity, link.elapsed)) return;
    link.sendSilently(tagLine(buffer, typingTags(activity)));
  }

  /** We sent a message, so others know that we stopped typing. */
  onMessageSent(buffer: string): void {
    this.#activeAt.delete(fold(buffer));
  }

  /** The person of a conversation has another nick. */
  onRenamed(from: string, to: string): void {
    const at = this.#activeAt.get(fold(from));
    if (at === undefined) return;
    this.#activeAt.delete(fold(from));
    this.#activeAt.set(fold(to), at);
  }

  /** Whether to send it; it then counts as sent. */
  #mustSend(buffer: string, activity: Activity, now: number): boolean {
    const key = fold(buffer);
    const last = this.#activeAt.get(key);
    if (activity === "done") return this.#activeAt.delete(key);
    if (last !== undefined && now - last < intervalMs) return false;
    this.#activeAt.set(key, now);
    return true;
  }
}
