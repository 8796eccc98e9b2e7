/**
 * Questions to the server and the answers that belong to them. Where the server labels its answers the label decides;
 * elsewhere the question says what answers look like, and the oldest open question takes what fits.
 */

import type { Message } from "../../irc/message.ts";

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
export function numericsUntil(last: readonly string[], parts: readonly string[] = []): Until {
  return ({ command }) => last.includes(command) ? "last" : parts.includes(command) ? "part" : "other";
}

const patienceMs = 30_000;

/** The questions open on one connection. */
export class Requests {
  readonly #open: Question[] = [];

  /** Rejects when there is no answer in 30 seconds, or never will be. */
  ask(label: string | undefined, until: Until): Promise<readonly Message[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Message[]>();
    const timer = setTimeout(() => {
      this.#close(question);
      reject(new Error("The server did not answer"));
    }, patienceMs);
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
