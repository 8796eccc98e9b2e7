/** Deleted messages of a timeline: which they are, and what is left of one. Pure. */
import { fold } from "../../irc/names.ts";
import { dropOldest } from "../state/drop_oldest.ts";
import type { Reaction, SaidEntry } from "./timeline_entry.ts";

const maxIds = 5_000;

type ReactionTo = Pick<Reaction, "emoji" | "nick" | "account"> & { readonly id: string };

/** The ids of messages that were deleted, the newest deletions. */
export class DeletedIds {
  readonly #ids = new Set<string>();
  readonly #reactions = new Map<string, ReactionTo>();

  add(buffer: string, id: string): void {
    this.#ids.add(keyOf(buffer, id));
    dropOldest(this.#ids, maxIds);
  }

  /** A reaction is a message too: when it is deleted, it is removed. */
  addReaction(buffer: string, id: string, { added, reactionId, ...reaction }: Reaction): void {
    if (!added || reactionId === undefined) return;
    this.#reactions.set(keyOf(buffer, reactionId), { id, ...reaction });
    dropOldest(this.#reactions, maxIds);
  }

  /** The reaction with this id of its own, and the id of its message. */
  reactionOf(buffer: string, id: string): ReactionTo | undefined {
    return this.#reactions.get(keyOf(buffer, id));
  }

  /** The person of a conversation has another nick. */
  rename(from: string, to: string): void {
    const old = keyOf(from, "");
    for (const key of [...this.#ids]) {
      if (key.startsWith(old)) this.#ids.add(keyOf(to, key.slice(old.length)));
    }
    for (const [key, reaction] of [...this.#reactions]) {
      if (key.startsWith(old)) this.#reactions.set(keyOf(to, key.slice(old.length)), reaction);
    }
  }

  /** A person has another nick, and so have the reactions of that person in these buffers. */
  renameReactions(from: string, to: string, buffers: readonly string[] | "everywhere"): void {
    const places = buffers === "everywhere" ? [""] : [...buffers, to].map((buffer) => keyOf(buffer, ""));
    for (const [key, reaction] of this.#reactions) {
      if (fold(reaction.nick) !== fold(from) || !places.some((place) => key.startsWith(place))) continue;
      this.#reactions.set(key, { ...reaction, nick: to });
    }
  }

  has(buffer: string, id: string): boolean {
    return this.#ids.has(keyOf(buffer, id));
  }
}

/** The entry without the words and everything that was made from them. */
export function deletedEntry({ said: { replyTo: _quoted, ...said }, ...entry }: SaidEntry): SaidEntry {
  return { ...entry, said: { ...said, text: "", mention: false }, reactions: new Map(), isDeleted: true };
}

/** A deletion is valid for the buffer of the message only. */
function keyOf(buffer: string, id: string): string {
  return `${fold(buffer)} ${id}`;
}
