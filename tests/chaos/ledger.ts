/** The commands of people in a run, and the end of each. It judges nothing: see verdict.ts. */

import type { Message } from "../../lib/irc/message.ts";
import { refusalIn } from "./answers.ts";

/** The kinds of commands. */
export type Action = "message" | "delete" | "react" | "topic" | "kick" | "account" | "register channel";

/** One command, and its end. "unknown": the connection was lost before the answer, or the answer says so. */
export interface Entry {
  readonly action: Action;
  readonly by: string;
  readonly target: string;
  /** The text of a message or topic, the msgid of what was deleted, the name of the person or account. */
  readonly what: string;
  outcome: "waiting" | "done" | "refused" | "unknown";
  /** The msgid and time of an echoed message. */
  id?: string;
  time?: string;
  /** How long the person waited for the answer. */
  tookMs?: number;
  /** The sentence of a refusal. */
  words?: string;
}

/** A session that the server closed, or that was lost. */
export interface Closed {
  readonly nick: string;
  readonly machine: string;
  readonly words: string;
  /** Whether a fault of its own machine explains it. */
  readonly isExcused: boolean;
  /** Whether the server said why, with ERROR, or could not as its process had ended. */
  readonly isTold: boolean;
}

/** Everything that people did and saw. */
export class Ledger {
  readonly entries: Entry[] = [];
  readonly closed: Closed[] = [];
  /** Promises that were broken in front of people, as sentences. */
  readonly complaints: string[] = [];
  /** The times at which people came and went, for the log of a run that failed. */
  readonly journal: string[] = [];
  #count = 0;
  #newcomers = 0;

  /** A text that exists once in the run; so does its last word. */
  uniqueText(by: string): string {
    return `${by} says m${++this.#count}x${by}`;
  }

  /** A nick that nobody else in the run has. */
  newNick(): string {
    return `new${++this.#newcomers}`;
  }

  note(words: string): void {
    this.journal.push(`${new Date().toISOString()} ${words}`);
  }

  add(action: Action, by: string, target: string, what: string): Entry {
    const entry: Entry = { action, by, target, what, outcome: "waiting" };
    this.entries.push(entry);
    return entry;
  }

  of(action: Action, ...outcomes: Entry["outcome"][]): Entry[] {
    return this.entries.filter((one) => one.action === action && outcomes.includes(one.outcome));
  }
}

/** Notes how a command ended; no answer: the connection was lost. */
export function endEntry(entry: Entry, answer: readonly Message[] | undefined): void {
  const words = answer && refusalIn(answer);
  if (words !== undefined) entry.words = words;
  const isDoubtful = answer?.some(({ command, params }) =>
    command === "FAIL" && params[1] === "RESULT_UNKNOWN"
  );
  if (isDoubtful !== false) entry.outcome = "unknown";
  else entry.outcome = words === undefined ? "done" : "refused";
}
