/** Entries of a timeline after a person has taken another nick. Pure. */
import { fold } from "../../irc/names.ts";
import type { ReactingPeople } from "./reacting_people.ts";
import type { SaidEntry, TimelineEntry } from "./timeline_entry.ts";

/** The entry as part of the conversation under the new nick. */
export function inBuffer(entry: TimelineEntry, buffer: string): TimelineEntry {
  return entry.kind === "said" ? { ...entry, said: { ...entry.said, buffer } } : entry;
}

/** The entry with the reactions of the person under the new nick; the same entry when there are none. */
export function withRenamedReactions(entry: TimelineEntry, from: string, to: string): TimelineEntry {
  if (entry.kind !== "said" || entry.reactions.size === 0) return entry;
  const old = fold(from);
  const hasReacted = (people: ReactingPeople) => [...people.keys()].some((nick) => fold(nick) === old);
  if (![...entry.reactions.values()].some(hasReacted)) return entry;
  const reactions: SaidEntry["reactions"] = new Map(
    [...entry.reactions].map(([emoji, people]) =>
      [
        emoji,
        new Map([...people].map(([nick, account]) => [fold(nick) === old ? to : nick, account] as const)),
      ] as const
    ),
  );
  return { ...entry, reactions };
}
