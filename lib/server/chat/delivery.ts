/**
 * Deliveries: messages as sessions get them. These are plain types, and server/render implements them. They are here
 * because sessions belong to the chat, and the chat imports nothing that renders.
 */
import type { Framing } from "../../net/connection.ts";

/** Two sessions have one profile when every line reaches both as the same bytes; equal profiles are the same object. */
export interface RecipientProfile {
  /** 0, 1, 2 …, as small as possible: a message keeps the bytes for this profile at this index. */
  readonly index: number;
  /** The bits of irc/capabilities.ts that this recipient has. */
  readonly mask: number;
  /** How a line becomes bytes; "lines" is encoded as "line". */
  readonly encoding: Exclude<Framing, "lines">;
  /** Whether the sender's own messages are sent back (echo-message). */
  readonly echo: boolean;
  readonly encode: (line: string) => Uint8Array;
}

/** One message that can be sent to many sessions. */
export interface Deliverable {
  /** The lines for a recipient with these bits, without CR LF; empty when the recipient does not get the message. */
  lines(mask: number): readonly string[];
  /** The lines as bytes; undefined when the recipient does not get the message. */
  chunk(profile: RecipientProfile): Uint8Array | undefined;
}

/** The answer to one labelled command, while its lines are collected. */
export interface CollectedAnswer {
  /** Length of all collected lines together, in UTF-16 units. */
  readonly length: number;
  /** Whether it has lines of events: what happens after these events must not arrive before them. */
  readonly hasEvents: boolean;
  add(lines: readonly string[]): void;
  addEvent(lines: readonly string[]): void;
  /** The lines collected so far, to be sent now, so that a long answer does not fill the memory. */
  spill(serverName: string, newReference: () => string): string[];
  /** The lines that end the answer; `reference` names the batch if one is needed. */
  finish(serverName: string, reference: string): string[];
}

/** One line of a message. */
export interface MessageLine {
  readonly text: string;
  /** Continues the line before it, without a line break between. */
  readonly concat?: true;
}
