/**
 * Kinds of reader. Two sessions are of one kind when every line reaches both as the same bytes: same framing, same
 * capabilities among those that change a line. A line is made into bytes once per kind, never per recipient.
 */
import { capabilityBits, type CapabilityName } from "../../irc/capabilities.ts";
import type { Framing } from "../../net/connection.ts";
import type { RecipientProfile } from "../chat/delivery.ts";

/** Turns one line (no CR LF) into the bytes a framing wants. */
export type Encode = (line: string, framing: Framing) => Uint8Array;

/** So many are kept though nobody is of them; ordinary clients make no more. */
const kept = 64;

/** Makes each kind once. */
export class RecipientProfiles {
  readonly #encode: Encode;
  readonly #byKey = new Map<string, RecipientProfile>();
  /** Indexes of those that were forgotten, for the next ones. */
  readonly #free: number[] = [];

  constructor(encode: Encode) {
    this.#encode = encode;
  }

  /** The kind of a reader with these capabilities on a connection with this framing. */
  of(capabilities: Iterable<CapabilityName>, framing: Framing): RecipientProfile {
    let mask = 0;
    for (const name of capabilities) mask |= capabilityBits[name];
    const key = `${mask} ${framing}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const encode = this.#encode;
    const profile: RecipientProfile = {
      index: this.#free.pop() ?? this.#byKey.size,
      mask,
      framing,
      echo: (mask & capabilityBits["echo-message"]) !== 0,
      encode: (line) => encode(line, framing),
    };
    this.#byKey.set(key, profile);
    return profile;
  }

  /** How many are known. */
  get size(): number {
    return this.#byKey.size;
  }

  /**
   * Forgets those that none of `readers` is of, when there are many: a client may ask for one set of capabilities after
   * the other. Not while something is told, as a line has its bytes by indexes that are given away again here.
   */
  forgetUnused(readers: Iterable<{ readonly profile: RecipientProfile }>): void {
    if (this.#byKey.size <= kept) return;
    const used = new Set<RecipientProfile>();
    for (const { profile } of readers) used.add(profile);
    for (const [key, profile] of this.#byKey) {
      if (used.has(profile)) continue;
      this.#byKey.delete(key);
      this.#free.push(profile.index);
    }
    this.#free.sort((one, other) => other - one);
  }
}
