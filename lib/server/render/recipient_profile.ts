/**
 * Recipient profiles. Two sessions have one profile when every line has the same bytes for both: they have the same
 * encoding, and the same capabilities among those that change a line. A line is rendered once per profile, never per
 * recipient.
 */
import { capabilityBits, type CapabilityName } from "../../irc/capabilities.ts";
import type { Framing } from "../../net/connection.ts";
import type { RecipientProfile } from "../chat/delivery.ts";

/** Turns one line (without CR LF) into the bytes of a framing. */
export type Encode = (line: string, framing: Framing) => Uint8Array;

/** Unused profiles are removed only above this number; ordinary clients make fewer. */
const maxUnused = 64;

/** Makes each profile once. */
export class RecipientProfiles {
  readonly #encode: Encode;
  readonly #byKey = new Map<string, RecipientProfile>();
  /** Indexes of removed profiles, for new ones. */
  readonly #free: number[] = [];

  constructor(encode: Encode) {
    this.#encode = encode;
  }

  /** The profile of a recipient with these capabilities on a connection with this framing. */
  profileFor(capabilities: Iterable<CapabilityName>, framing: Framing): RecipientProfile {
    let mask = 0;
    for (const name of capabilities) mask |= capabilityBits[name];
    const encoding = framing === "lines" ? "line" : framing;
    const key = `${mask} ${encoding}`;
    const existing = this.#byKey.get(key);
    if (existing) return existing;
    const encode = this.#encode;
    const profile: RecipientProfile = {
      index: this.#free.pop() ?? this.#byKey.size,
      mask,
      encoding,
      echo: (mask & capabilityBits["echo-message"]) !== 0,
      encode: (line) => encode(line, encoding),
    };
    this.#byKey.set(key, profile);
    return profile;
  }

  /** The number of profiles. */
  get size(): number {
    return this.#byKey.size;
  }

  /**
   * Removes profiles that no recipient has, when there are many: a client can ask for one set of capabilities after the
   * other. Do not call it while a message is sent, because messages store their bytes by index, and indexes are reused.
   */
  removeUnused(recipients: Iterable<{ readonly profile: RecipientProfile }>): void {
    if (this.#byKey.size <= maxUnused) return;
    const used = new Set<RecipientProfile>();
    for (const { profile } of recipients) used.add(profile);
    for (const [key, profile] of this.#byKey) {
      if (used.has(profile)) continue;
      this.#byKey.delete(key);
      this.#free.push(profile.index);
    }
    this.#free.sort((one, other) => other - one);
  }
}
