/**
 * Keeps the conversation with a person together when the person took another nick while we did not see it: the account
 * of a private message tells who wrote it. Where two people had one nick one after the other, it says so.
 */

import { fold, type Folded } from "../../irc/names.ts";
import type { ChatEvent } from "../state/event.ts";
import { isMessageEvent } from "../state/event.ts";
import { withPersonOf } from "../state/renames.ts";
import { findBuffer, isChannel } from "../state/state.ts";
import type { ServerLink } from "./server_link.ts";

/** Follows the people that one client talks with. */
export class PersonFollower {
  readonly #link: ServerLink;
  /** The nicks that people had before. */
  readonly #moved = new Map<Folded, string>();

  constructor(link: ServerLink) {
    this.#link = link;
  }

  /** The events to report for this one: itself, in the conversation where it belongs, and what it says about a person. */
  follow(event: ChatEvent): ChatEvent[] {
    if (event.kind === "renamed") this.#moved.set(fold(event.who.nick), event.to);
    if (event.kind !== "said" || event.own || !event.direct) return [this.#inItsPlace(event)];
    const { from, at } = event;
    const { state, renamedFrom, isOther } = withPersonOf(this.#link.state, from);
    this.#link.state = state;
    const events: ChatEvent[] = [];
    if (renamedFrom !== undefined) {
      this.#moved.set(fold(renamedFrom), from.nick);
      const who = { ...from, nick: renamedFrom };
      events.push({ kind: "renamed", buffers: [renamedFrom], who, own: false, to: from.nick, at });
    }
    if (isOther) {
      const text = `${from.nick} can be another person than before: the account is not the same`;
      events.push({ kind: "server notice", from: "", text, at });
    }
    return [...events, this.#inItsPlace(event)];
  }

  /** A page of the history can be older than the change of nick. */
  #inItsPlace(event: ChatEvent): ChatEvent {
    const { state } = this.#link;
    if (event.history !== true || !isMessageEvent(event) || isChannel(state, event.buffer)) return event;
    const to = this.#moved.get(fold(event.buffer));
    return to === undefined || findBuffer(state, event.buffer) !== undefined
      ? event
      : { ...event, buffer: to };
  }
}
