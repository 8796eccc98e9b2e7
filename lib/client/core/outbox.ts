/**
 * What we said and do not know yet whether it arrived. A line has arrived when the server echoes it; where it does
 * not echo, when it answers a PING that was sent behind the line.
 */

import type { Folded } from "../../irc/names.ts";
import { fold } from "../../irc/names.ts";
import type { NumericName } from "../../irc/numerics.ts";
import type { ServerReply } from "./event.ts";

/** What became of something said. */
export type Delivery =
  | { readonly kind: "delivered" }
  | { readonly kind: "refused"; readonly reason: string }
  /** The connection was lost in between: it may or may not have arrived. */
  | { readonly kind: "unsure"; readonly reason: string };

/** Something sent. */
export interface Sent {
  /** The label its echo or refusal will carry; undefined where the server has no labels. */
  readonly label: string | undefined;
  readonly target: string;
  readonly text: string;
}

interface PendingMessage extends Sent {
  readonly key: Folded;
  readonly settle: (delivery: Delivery) => void;
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
] satisfies readonly NumericName[];

/** What waits on one connection. */
export class Outbox {
  #waiting: PendingMessage[] = [];

  get size(): number {
    return this.#waiting.length;
  }

  /** Resolves, never rejects, once it is known what became of it. */
  wait(sent: Sent): Promise<Delivery> {
    const { promise, resolve } = Promise.withResolvers<Delivery>();
    this.#waiting.push({ ...sent, key: fold(sent.target), settle: resolve });
    return promise;
  }

  /** Our own words came back. Without a label, the oldest with that text; changed by the server, the oldest. */
  echoed(label: string | undefined, target: string, text: string): void {
    const key = fold(target);
    const mine = label !== undefined
      ? this.#waiting.find((one) => one.label === label)
      : this.#waiting.find((one) => one.key === key && one.text === text) ??
        this.#waiting.find((one) => one.key === key);
    if (mine !== undefined) this.#settle(mine, { kind: "delivered" });
  }

  /** Whether the refusal was about something said. */
  refused(refusal: Extract<ServerReply, { kind: "refused" }>): boolean {
    const { label, code, target, text } = refusal;
    const mine = label !== undefined
      ? this.#waiting.find((one) => one.label === label)
      : messageRefusals.includes(code)
      ? this.#waiting.find((one) => one.key === fold(target))
      : undefined;
    if (mine === undefined) return false;
    this.#settle(mine, { kind: "refused", reason: text });
    return true;
  }

  /** Everything sent so far has arrived. */
  arrived(count: number): void {
    for (const one of this.#waiting.splice(0, count)) one.settle({ kind: "delivered" });
  }

  /** The connection is gone. */
  lost(reason: string): void {
    for (const one of this.#waiting.splice(0)) one.settle({ kind: "unsure", reason });
  }

  #settle(one: PendingMessage, delivery: Delivery): void {
    this.#waiting = this.#waiting.filter((other) => other !== one);
    one.settle(delivery);
  }
}
