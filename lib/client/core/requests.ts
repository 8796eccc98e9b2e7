/**
 * Questions to the server and the answers that belong to them. Where the server labels its answers the label decides;
 * elsewhere the question says what answers look like, and the oldest open question takes what fits.
 */

import type { Message } from "../../irc/message.ts";
import type { NumericName } from "../../irc/numerics.ts";
import { numericName } from "../../irc/numerics.ts";

/** Whether a message is the last of an answer, one of it, or none of it. */
export type Until = (message: Message) => "last" | "part" | "other";

interface Question {
  readonly label: string | undefined;
  readonly until: Until;
  readonly answer: Message[];
  readonly resolve: (messages: readonly Message[]) => void;
  readonly reject: (reason: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Answers that consist of these numerics; refusals that end an answer must be among the last ones. */
export function numericsUntil(last: readonly NumericName[], parts: readonly NumericName[] = []): Until {
  return ({ command }) => {
    const name = numericName(command);
    if (name === undefined) return "other";
    return last.includes(name) ? "last" : parts.includes(name) ? "part" : "other";
  };
}

const whoisParts = [
  "RPL_AWAY",
  "RPL_WHOISREGNICK",
  "RPL_WHOISUSER",
  "RPL_WHOISSERVER",
  "RPL_WHOISOPERATOR",
  "RPL_WHOISIDLE",
  "RPL_WHOISCHANNELS",
  "RPL_WHOISSPECIAL",
  "RPL_WHOISACCOUNT",
  "RPL_WHOISBOT",
  "RPL_WHOISACTUALLY",
  "RPL_WHOISHOST",
  "RPL_WHOISMODES",
  "RPL_WHOISSECURE",
  "RPL_WHOISCERTFP",
  "ERR_NOSUCHNICK",
  "ERR_WASNOSUCHNICK",
] as const;

/** The answer to WHOIS. */
export const whoisUntil: Until = numericsUntil(
  ["RPL_ENDOFWHOIS", "ERR_NOSUCHSERVER", "ERR_NONICKNAMEGIVEN"],
  whoisParts,
);

/** The numerics of these names in an answer. */
export function numericsIn(answer: readonly Message[], ...names: NumericName[]): readonly Message[] {
  return answer.filter(({ command }) => {
    const name = numericName(command);
    return name !== undefined && names.includes(name);
  });
}

const answerMs = 30_000;

/** The questions open on one connection. */
export class Requests {
  readonly #open: Question[] = [];

  /** Rejects when there is no answer in 30 seconds, or never will be. */
  ask(label: string | undefined, until: Until): Promise<readonly Message[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Message[]>();
    const timer = setTimeout(() => {
      this.#close(question);
      reject(new Error("The server did not answer"));
    }, answerMs);
    const question: Question = { label, until, answer: [], resolve, reject, timer };
    this.#open.push(question);
    return promise;
  }

  /** Gives a question all of its labelled answer; false when no question has that label. */
  answered(label: string, messages: readonly Message[]): boolean {
    const question = this.#open.find((one) => one.label === label);
    if (question === undefined) return false;
    this.#close(question);
    question.resolve(messages);
    return true;
  }

  /** Whether an unlabelled message belongs to a question. */
  takes(message: Message): boolean {
    for (const question of this.#open) {
      const place = question.until(message);
      if (question.label !== undefined || place === "other") continue;
      question.answer.push(message);
      if (place === "last") {
        this.#close(question);
        question.resolve(question.answer);
      }
      return true;
    }
    return false;
  }

  /** There will be no more answers. */
  lost(reason: string): void {
    for (const question of this.#open.splice(0)) {
      clearTimeout(question.timer);
      question.reject(new Error(reason));
    }
  }

  #close(question: Question): void {
    clearTimeout(question.timer);
    this.#open.splice(this.#open.indexOf(question), 1);
  }
}
