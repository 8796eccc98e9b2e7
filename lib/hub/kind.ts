/**
 * Kinds of reader. Two sessions are of one kind when every line reaches both as the same bytes: same framing, same
 * capabilities among those that change a line. A line is made into bytes once per kind, never per recipient.
 */
import { capabilityBits, type CapabilityName } from "../irc/capabilities.ts";
import type { Framing } from "../net/connection.ts";

/** Turns one line (no CR LF) into the bytes a framing wants. */
export type Encode = (line: string, framing: Framing) => Uint8Array;

/** One kind of reader; equal kinds are the same object. */
export interface Kind {
  /** 0, 1, 2 … in the order the kinds were first seen: where a line keeps this kind's bytes. */
  readonly index: number;
  /** The bits of irc/capabilities.ts this kind of reader has. */
  readonly mask: number;
  readonly framing: Framing;
  /** Whether one's own messages come back. */
  readonly echo: boolean;
  readonly encode: (line: string) => Uint8Array;
}

/** Makes each kind once. */
export class Kinds {
  readonly #encode: Encode;
  readonly #byKey = new Map<string, Kind>();

  constructor(encode: Encode) {
    this.#encode = encode;
  }

  /** The kind of a reader with these capabilities on a connection with this framing. */
  of(capabilities: Iterable<CapabilityName>, framing: Framing): Kind {
    let mask = 0;
    for (const name of capabilities) mask |= capabilityBits[name];
    const key = `${mask} ${framing}`;
    const known = this.#byKey.get(key);
    if (known) return known;
    const encode = this.#encode;
    const kind: Kind = {
      index: this.#byKey.size,
      mask,
      framing,
      echo: (mask & capabilityBits["echo-message"]) !== 0,
      encode: (line) => encode(line, framing),
    };
    this.#byKey.set(key, kind);
    return kind;
  }
}
