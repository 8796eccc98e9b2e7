/**
 * Requests to the server and their answers. A label connects them. Without labels, each request has a function that
 * recognises its answer; a message is added to the oldest request that recognises it.
 */

import { deadlines } from "../../deadlines.ts";
import type { Message } from "../../irc/message.ts";
import type { NumericName } from "../../irc/numerics.ts";
import { numericName } from "../../irc/numerics.ts";

/** Decides whether a message is the last one of an answer, another part of it, or does not belong to it. */
export type AnswerMatcher = (message: Message) => "last" | "part" | "other";

interface OpenRequest {
  readonly label: string | undefined;
  readonly matcher: AnswerMatcher;
  readonly answer: Message[];
  readonly resolve: (messages: readonly Message[]) => void;
  readonly reject: (reason: Error) => void;
  timer: ReturnType<typeof setTimeout>;
  /** When the last part of the answer came, in milliseconds. */
  partAt: number;
}

/** Recognises an answer of these numerics; `last` must contain the refusals that end it. */
export function matchNumerics(
  last: readonly NumericName[],
  parts: readonly NumericName[] = [],
): AnswerMatcher {
  return ({ command }) => {
    const name = numericName(command);
    if (name === undefined) return "other";
    return last.includes(name) ? "last" : parts.includes(name) ? "part" : "other";
  };
}

/**
 * Recognises a list in notes about a command: LISTED in each row, then a note with another code, or a FAIL. The note
 * about a new login belongs to no list.
 */
export function matchList(command: string): AnswerMatcher {
  return ({ command: kind, params: [about, code] }) => {
    if (about !== command) return "other";
    if (kind === "FAIL") return "last";
    if (kind !== "NOTE" || code === "NEW_LOGIN") return "other";
    return code === "LISTED" ? "part" : "last";
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

/** Recognises the answer to WHOIS. */
export const matchWhois: AnswerMatcher = matchNumerics(
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

/** The requests open on one connection. */
export class Requests {
  readonly #open: OpenRequest[] = [];
  /** Why the connection has ended. */
  #ended: string | undefined;

  /** Resolves with the answer; rejects when none of it comes for 30 seconds, or when the connection ends. */
  add(label: string | undefined, matcher: AnswerMatcher): Promise<readonly Message[]> {
    if (this.#ended !== undefined) return Promise.reject(new Error(this.#ended));
    const { promise, resolve, reject } = Promise.withResolvers<readonly Message[]>();
    const check = (): void => {
      const leftMs = request.partAt + deadlines.requestMs - performance.now();
      if (leftMs > 0) request.timer = setTimeout(check, leftMs);
      else {
        this.#close(request);
        reject(new Error("The server did not answer"));
      }
    };
    const timer = setTimeout(check, deadlines.requestMs);
    const request: OpenRequest = {
      label,
      matcher,
      answer: [],
      resolve,
      reject,
      timer,
      partAt: performance.now(),
    };
    this.#open.push(request);
    return promise;
  }

  /** A line of a labelled answer came, which is not complete yet. */
  onPart(label: string): void {
    const request = this.#open.find((one) => one.label === label);
    if (request !== undefined) request.partAt = performance.now();
  }

  /** Gives a request all of its labelled answer; false when no request has that label. */
  resolve(label: string, messages: readonly Message[]): boolean {
    const request = this.#open.find((one) => one.label === label);
    if (request === undefined) return false;
    this.#close(request);
    request.resolve(messages);
    return true;
  }

  /** Adds an unlabelled message to the request that it belongs to; false when there is none. */
  collect(message: Message): boolean {
    for (const request of this.#open) {
      const match = request.matcher(message);
      if (request.label !== undefined || match === "other") continue;
      request.answer.push(message);
      request.partAt = performance.now();
      if (match === "last") {
        this.#close(request);
        request.resolve(request.answer);
      }
      return true;
    }
    return false;
  }

  /** The connection has ended. */
  onDisconnect(reason: string): void {
    this.#ended = reason;
    for (const request of this.#open.splice(0)) {
      clearTimeout(request.timer);
      request.reject(new Error(reason));
    }
  }

  #close(request: OpenRequest): void {
    clearTimeout(request.timer);
    this.#open.splice(this.#open.indexOf(request), 1);
  }
}
