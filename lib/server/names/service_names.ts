/**
 * Names of services and of the server itself. People send passwords to them and believe them, so nobody can take such a
 * name, nor one that reads like it: "NickServ_", "Nick-Server", "N1ckS3rv", "HelpServ", "Syst3m".
 */
import { lastResult } from "../../irc/last_result.ts";
import { shapesInAnyCase } from "./look_alikes.ts";

/** A name with one of these anywhere is a service. */
const services = [
  "NickServ",
  "ChanServ",
  "AuthServ",
  "OperServ",
  "SaslServ",
  "HostServ",
  "MemoServ",
  "BotServ",
];
/** Other networks keep all names with this end for services. */
const serviceEnd = "Serv";
const wholeNames = ["Accounts", "Services", "Server", "System"];

/** Digits that people read as letters. "1" and "0" have the shapes of letters already (skeleton.ts). */
const digitLetters: ReadonlyMap<string, string> = new Map([["3", "e"], ["4", "a"], ["5", "s"], ["7", "t"]]);
const signs = /[^\p{L}\p{M}\p{N}]/gu;
const endDigits = /[\p{N}]+$/u;

/** The names of one server. */
export class ServiceNames {
  readonly #parts = new Set(services.flatMap(shapesOf));
  readonly #ends = new Set(shapesOf(serviceEnd));
  readonly #whole: ReadonlySet<string>;

  /** `network` is the name of the chat network, which clients show. */
  constructor(network: string) {
    this.#whole = new Set([...wholeNames, network].flatMap(shapesOf));
  }

  /** Whether a name is one of these, or reads like it. */
  readonly has: (name: string) => boolean = lastResult((name) => this.#isLike(name));

  #isLike(name: string): boolean {
    return [name, name.replace(endDigits, "")].flatMap(shapesOf).some((shape) =>
      this.#whole.has(shape) || this.#ends.values().some((end) => shape.endsWith(end)) ||
      this.#parts.values().some((part) => shape.includes(part))
    );
  }
}

/** The shapes of the letters of a name, without those that are empty. */
function shapesOf(name: string): string[] {
  const letters = name.replace(signs, "").replace(/[3457]/g, (digit) => digitLetters.get(digit) ?? digit);
  return shapesInAnyCase(letters).filter((shape) => shape !== "");
}
