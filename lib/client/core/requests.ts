/**
 * Requests to the server and their answers. A label connects them. Without labels, each request describes its answer,
 * and a message goes to the oldest request that it fits.
 */

import type { Message } from "../../irc/message.ts";
import type { NumericName } from "../../irc/numerics.ts";
import { numericName } from "../../irc/numerics.ts";

/** Whether a message is the last of an answer, a part of it, or another message. */
export type Until = (message: Message) => "last" | "part" | "other";

interface OpenRequest {
  readonly label: string | undefined;
  readonly until: Until;
  readonly answer: Message[];
  readonly resolve: (messages: readonly Message[]) => void;
  readonly reject: (reason: Error) => void;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** An answer of these numerics; `last` must contain the refusals that end it. */
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

/** The requests open on one connection. */
export class Requests {
  readonly #open: OpenRequest[] = [];

  /** Rejects when there is no answer in 30 seconds, or when the connection ends. */
  ask(label: string | undefined, until: Until): Promise<readonly Message[]> {
    const { promise, resolve, reject } = Promise.withResolvers<readonly Message[]>();
    const timer = setTimeout(() => {
      this.#close(request);
      reject(new Error("The server did not answer"));
    }, answerMs);
    const request: OpenRequest = { label, until, answer: [], resolve, reject, timer };
    this.#open.push(request);
    return promise;
  }

  /** Gives a request all of its labelled answer; false when no request has that label. */
  answered(label: string, messages: readonly Message[]): boolean {
    const request = this.#open.find((one) => one.label === label);
    if (request === undefined) return false;
    this.#close(request);
    request.resolve(messages);
    return true;
  }

  /** Whether an unlabelled message belongs to a request. */
  takes(message: Message): boolean {
    for (const request of this.#open) {
      const place = request.until(message);
      if (request.label !== undefined || place === "other") continue;
      request.answer.push(message);
      if (place === "last") {
        this.#close(request);
        request.resolve(request.answer);
      }
      return true;
    }
    return false;
  }

  /** The connection has ended. */
  lost(reason: string): void {
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
