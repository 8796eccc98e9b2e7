/**
 * Sent messages that are not confirmed yet. A message has arrived when the server echoes it; without echoes, when the
 * server answers a PING that was sent after it.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { NumericName } from "../../irc/numerics.ts";
import type { ServerReply } from "../state/event.ts";

/** The result of sending a message. */
export type DeliveryResult =
  | { readonly kind: "delivered" }
  | {
    readonly kind: "refused";
    readonly reason: string;
    readonly unsent?: readonly string[];
    /** The server says that the message can still arrive. @default {false} */
    readonly mayArrive?: boolean;
  }
  /**
   * It is unknown whether the message arrived: the connection was lost first, or it still works (`isOnline`) and the
   * server says nothing. `unsent` has the texts of the parts that are not confirmed, when some are.
   */
  | {
    readonly kind: "unsure";
    readonly reason: string;
    readonly unsent?: readonly string[];
    readonly isOnline?: true;
  };

/** A sent message. */
export interface SentMessage {
  /** The label of its echo or refusal; undefined where the server has no labels. */
  readonly label: string | undefined;
  readonly target: string;
  readonly text: string;
  /** A server never answers a notice with an error. @default {false} */
  readonly isNotice?: boolean;
}

interface PendingMessage extends SentMessage {
  readonly key: Folded;
  readonly settle: (delivery: DeliveryResult) => void;
}

/** The sentence about a notice that the server dropped. */
export function droppedNotice(target: string): string {
  return `Your notice did not reach ${target}: there is no such person or channel, or you cannot write there`;
}

/** Numerics that refuse a message. */
const messageRefusals: readonly string[] = [
  "ERR_NOSUCHNICK",
  "ERR_NOSUCHCHANNEL",
  "ERR_CANNOTSENDTOCHAN",
  "ERR_TOOMANYTARGETS",
  "ERR_NORECIPIENT",
  "ERR_NOTEXTTOSEND",
  "ERR_NOTOPLEVEL",
  "ERR_WILDTOPLEVEL",
  "ERR_INPUTTOOLONG",
  "ERR_NONONREG",
  "ERR_NEEDREGGEDNICK",
  "ERR_CANTSENDTOUSER",
  "ERR_TARGETTOOFAST",
] satisfies readonly NumericName[];

/** A FAIL about these refuses a message. */
const messageCommands: readonly string[] = ["PRIVMSG", "NOTICE", "BATCH"];

/** The unconfirmed messages of one connection. */
export class UnconfirmedMessages {
  #messages: PendingMessage[] = [];

  get size(): number {
    return this.#messages.length;
  }

  /** Resolves once the result is known, and never rejects. */
  add(sent: SentMessage): Promise<DeliveryResult> {
    const { promise, resolve } = Promise.withResolvers<DeliveryResult>();
    this.#messages.push({ ...sent, key: fold(sent.target), settle: resolve });
    return promise;
  }

  /** The server echoed a message. Without a label it is the oldest one with that text, else the oldest one. */
  onEcho(label: string | undefined, target: string, text: string): void {
    const key = fold(target);
    const found = label !== undefined
      ? this.#messages.find((one) => one.label === label)
      : this.#messages.find((one) => one.key === key && one.text === text) ??
        this.#messages.find((one) => one.key === key);
    if (found !== undefined) this.#settle(found, { kind: "delivered" });
  }

  /**
   * The server handled the line with this label, and echoed nothing. A notice was then dropped: returns its target, and
   * undefined for another message, such as a command to a service.
   */
  onAck(label: string | undefined): string | undefined {
    const found = this.#messages.find((one) => one.label !== undefined && one.label === label);
    if (found === undefined) return undefined;
    const { target, isNotice = false } = found;
    this.#settle(
      found,
      isNotice ? { kind: "refused", reason: droppedNotice(target) } : { kind: "delivered" },
    );
    return isNotice ? target : undefined;
  }

  /** Whether the refusal is about one of these messages. */
  onRefusal(refusal: Extract<ServerReply, { kind: "refused" }>): boolean {
    const { label, code, target, text, command = "" } = refusal;
    const found = label !== undefined
      ? this.#messages.find((one) => one.label === label)
      : messageRefusals.includes(code)
      ? this.#messages.find((one) => one.key === fold(target))
      : messageCommands.includes(command)
      ? this.#messages.find((one) => one.key === fold(target)) ?? this.#messages[0]
      : undefined;
    if (found === undefined) return false;
    const mayArrive = code === "RESULT_UNKNOWN";
    this.#settle(found, { kind: "refused", reason: text, ...(mayArrive && { mayArrive }) });
    return true;
  }

  /** The oldest `count` messages have arrived. */
  onArrived(count: number): void {
    for (const one of this.#messages.splice(0, count)) one.settle({ kind: "delivered" });
  }

  /** The connection has ended, or the server says nothing about them. */
  giveUp(reason: string, state: { readonly isOnline?: true } = {}): void {
    for (const one of this.#messages.splice(0)) one.settle({ kind: "unsure", reason, ...state });
  }

  #settle(one: PendingMessage, delivery: DeliveryResult): void {
    this.#messages = this.#messages.filter((other) => other !== one);
    one.settle(delivery);
  }
}
