/** Deleted messages of a timeline: which they are, and what is left of one. Pure. */
import { fold } from "../../irc/names.ts";
import type { SaidEntry } from "./timeline.ts";

const maxIds = 5_000;

/** The ids of messages that were deleted, the newest deletions. */
export class DeletedIds {
  readonly #ids = new Set<string>();

  add(buffer: string, id: string): void {
    this.#ids.add(keyOf(buffer, id));
    for (const oldest of this.#ids) {
      if (this.#ids.size <= maxIds) break;
      this.#ids.delete(oldest);
    }
  }

  /** The person of a conversation has another nick. */
  rename(from: string, to: string): void {
    const old = keyOf(from, "");
    for (const key of [...this.#ids]) {
      if (key.startsWith(old)) this.#ids.add(keyOf(to, key.slice(old.length)));
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
