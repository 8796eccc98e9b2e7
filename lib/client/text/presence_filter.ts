/**
 * Decides which joins, leaves and changes of name are hidden: none, all, or those of people who have not written in the
 * last five minutes. Most people in a large channel have not. The filter needs all events, to know who wrote.
 */

import { dropOldest } from "../state/drop_oldest.ts";
import { fold } from "../../irc/names.ts";
import type { ChatEvent, Presence } from "../state/event.ts";
import { isGroupable } from "./presence_groups.ts";

/** The modes, as /quiet names them. */
export const presenceFilterModes = ["off", "smart", "on"] as const;

const smartMs = 300_000;
const maxWriters = 5_000;

/** The filter of one UI. */
export class PresenceFilter {
  mode: typeof presenceFilterModes[number];
  /** The time of the last message of each person in each buffer, oldest first. */
  readonly #wroteAt = new Map<string, number>();

  constructor(mode: typeof presenceFilterModes[number] = "off") {
    this.mode = mode;
  }

  /** Whether to hide an event. Our own events and kicks are never hidden. */
  hides(event: ChatEvent): boolean {
    if (event.kind === "said") this.#remember(event.buffer, event.from.nick, event.at);
    if (!isGroupable(event)) return false;
    const presence = event as ChatEvent & Presence;
    const hidden = this.mode === "on" || (this.mode === "smart" && !this.#isActive(presence));
    if (presence.kind === "renamed") this.#rename(presence);
    return hidden;
  }

  #isActive(event: ChatEvent & Presence): boolean {
    const { nick } = event.who;
    return buffersOf(event).some((buffer) =>
      // This is our conversation with that person.
      fold(buffer) === fold(nick) ||
      event.at - (this.#wroteAt.get(writerKey(buffer, nick)) ?? -Infinity) < smartMs
    );
  }

  #remember(buffer: string, nick: string, at: number): void {
    const key = writerKey(buffer, nick);
    this.#wroteAt.delete(key);
    this.#wroteAt.set(key, at);
    dropOldest(this.#wroteAt, maxWriters);
  }

  #rename(event: Extract<Presence, { readonly kind: "renamed" }>): void {
    for (const buffer of event.buffers) {
      const at = this.#wroteAt.get(writerKey(buffer, event.who.nick));
      if (at !== undefined) this.#remember(buffer, event.to, at);
    }
  }
}

function buffersOf(event: Presence): readonly string[] {
  return "buffer" in event ? [event.buffer] : event.buffers;
}

function writerKey(buffer: string, nick: string): string {
  return `${fold(buffer)} ${fold(nick)}`;
}
