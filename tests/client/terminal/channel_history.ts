/** A server side for tests: a channel with earlier messages. */

import type { EmulatedTerminal } from "./emulated_terminal.ts";

/** The capabilities for history and read markers. */
export const historyCaps =
  "echo-message message-tags batch labeled-response draft/chathistory draft/read-marker";
/** A time on the morning of the test. */
export const when = (minute: number): string => new Date(`2026-03-01T11:${minute}:00`).toISOString();
/** A line of the history batch. */
export const earlier = (minute: number, text: string): string =>
  `@batch=x;msgid=m${minute};time=${when(minute)} :ann!a@h PRIVMSG #tea :${text}`;

/** Joins #tea, which has two earlier messages. The person has read the one of 11:10, not the one of 11:20. */
export async function joinWithHistory(terminal: EmulatedTerminal): Promise<void> {
  await terminal.enter(historyCaps);
  await terminal.wire.say(`:srv MARKREAD #tea timestamp=${when(15)}`);
  await terminal.wire.say(
    "@label=p2 :srv BATCH +x chathistory #tea",
    earlier(10, "read"),
    earlier(20, "unread"),
    ":srv BATCH -x",
  );
}
