/**
 * Keeps the conversation with a person together when the person took another nick while we did not see it: the account
 * of a private message tells who wrote it. Where two people had one nick one after the other, it says so.
 */

import type { ChatEvent } from "../state/event.ts";
import { isMessageEvent } from "../state/event.ts";
import { currentBuffer, withPersonOf } from "../state/renames.ts";
import type { ServerLink } from "./server_link.ts";

/** Follows the people that one client talks with. */
export class PersonFollower {
  readonly #link: ServerLink;

  constructor(link: ServerLink) {
    this.#link = link;
  }

  /**
   * The events to report for this one: itself, in the conversation where it belongs, and what it says about a person.
   */
  follow(event: ChatEvent): ChatEvent[] {
    if (event.kind !== "said" || event.own || !event.direct) return [this.#inItsPlace(event)];
    const { from, at } = event;
    const { state, renamedFrom, isOther } = withPersonOf(this.#link.state, from);
    this.#link.state = state;
    const events: ChatEvent[] = [];
    if (renamedFrom !== undefined) {
      const who = { ...from, nick: renamedFrom };
      events.push({ kind: "renamed", buffers: [renamedFrom], who, own: false, to: from.nick, at });
    }
    if (isOther) {
      const text = `${from.nick} can be another person than before: the account is not the same`;
      events.push({ kind: "server notice", from: "", text, at });
    }
    return [...events, this.#inItsPlace(event)];
  }

  /** An event that had to wait, and a page of the history, can be older than the change of nick. */
  #inItsPlace(event: ChatEvent): ChatEvent {
    if (!isMessageEvent(event)) return event;
    // A notice opens no conversation, so it can be of somebody new.
    const isNew = event.history !== true && event.kind === "said" && event.manner === "notice";
    return isNew ? event : { ...event, buffer: currentBuffer(this.#link.state, event) };
  }
}
