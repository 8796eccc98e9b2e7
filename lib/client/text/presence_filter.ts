/**
 * Which joins, leaves and changes of name are not shown: none of them, all, or those of people who have not spoken for
 * a while, who make up most of the coming and going of a large room. Hears all events, so that it knows who spoke.
 */

import { fold } from "../../irc/names.ts";
import type { ChatEvent, Presence } from "../core/event.ts";
import { isGroupable } from "./presence_groups.ts";

/** How /quiet says it. */
export const presenceFilterModes = ["off", "smart", "on"] as const;

const smartMs = 300_000;
const maxVoices = 5_000;

/** One person's wish for quiet. */
export class PresenceFilter {
  mode: typeof presenceFilterModes[number];
  /** When somebody last spoke in a buffer, the longest ago first. */
  readonly #spokeAt = new Map<string, number>();

  constructor(how: typeof presenceFilterModes[number] = "off") {
    this.mode = how;
  }

  /** Whether an event is not to be shown. What we do ourselves, and who is removed, always is. */
  hides(event: ChatEvent): boolean {
    if (event.kind === "said") this.#note(event.buffer, event.from.nick, event.at);
    if (!isGroupable(event)) return false;
    const presence = event as ChatEvent & Presence;
    const hidden = this.mode === "on" || (this.mode === "smart" && !this.#isKnown(presence));
    if (presence.kind === "renamed") this.#rename(presence);
    return hidden;
  }

  #isKnown(event: ChatEvent & Presence): boolean {
    const { nick } = event.who;
    return buffersOf(event).some((buffer) =>
      // A conversation with that person.
      fold(buffer) === fold(nick) ||
      event.at - (this.#spokeAt.get(voice(buffer, nick)) ?? -Infinity) < smartMs
    );
  }

  #note(buffer: string, nick: string, at: number): void {
    const key = voice(buffer, nick);
    this.#spokeAt.delete(key);
    this.#spokeAt.set(key, at);
    for (const oldest of this.#spokeAt.keys()) {
      if (this.#spokeAt.size <= maxVoices) break;
      this.#spokeAt.delete(oldest);
    }
  }

  #rename(event: Extract<Presence, { readonly kind: "renamed" }>): void {
    for (const buffer of event.buffers) {
      const at = this.#spokeAt.get(voice(buffer, event.who.nick));
      if (at !== undefined) this.#note(buffer, event.to, at);
    }
  }
}

function buffersOf(event: Presence): readonly string[] {
  return "buffer" in event ? [event.buffer] : event.buffers;
}

function voice(buffer: string, nick: string): string {
  return `${fold(buffer)} ${fold(nick)}`;
}
