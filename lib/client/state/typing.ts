/**
 * Typing (IRCv3 typing): whether a text counts as typing, and how long others show it. Pure.
 * client/core/typing_notifier.ts sends our own typing.
 */

/** Our activity at the keyboard. */
export type Activity = "active" | "done";

const activeMs = 6_000;
const pausedMs = 30_000;

/** The activity for a text in the message box. A command is not a message; "//" begins a message with "/". */
export function typingActivity(text: string): Activity {
  return text.trim() !== "" && !/^\s*\/(?!\/)/.test(text) ? "active" : "done";
}

/** The end of another person's typing, for the value of the tag at a time; 0 when that person does not type. */
export function typingEnd(value: string, at: number): number {
  return value === "active" ? at + activeMs : value === "paused" ? at + pausedMs : 0;
}
