/**
 * Proving who we are (IRCv3 sasl-3.2): SCRAM-SHA-256, which never shows the password to the server, else PLAIN, and
 * that only where nobody can listen. One exchange; sends lines, and is handed the answers.
 */

import { decode64, encode64, utf8 } from "../../irc/digest.ts";
import type { Message } from "../../irc/message.ts";
import type { NumericName } from "../../irc/numerics.ts";
import { numericName } from "../../irc/numerics.ts";
import { ScramClient } from "../../irc/scram_client.ts";

/** An account and what proves that it is ours. */
export interface Account {
  readonly name: string;
  readonly password: string;
  /** The only way it is proven, for a server whose other ways are broken. @default {the safest both sides know} */
  readonly mechanism?: Mechanism;
}

/** How a password is proven, safest first. */
export const mechanisms = ["SCRAM-SHA-256", "PLAIN"] as const;
export type Mechanism = typeof mechanisms[number];

/** How it went; the reason is the server's sentence or ours. */
export type LoginOutcome = { readonly kind: "in" } | { readonly kind: "refused"; readonly reason: string };

/** How to log in. */
export interface LoginParts {
  readonly send: (line: string) => void;
  readonly account: Account;
  /** What the server takes, as in CAP LS: "PLAIN,SCRAM-SHA-256"; "" when it did not say. */
  readonly mechanisms: string;
  /** Nobody else can read what we send. */
  readonly confidential: boolean;
}

const chunkLength = 400;
/** Base64 of one challenge; a server that sends more is not listened to. */
const maxChallenge = 8192;
const refusals: readonly (NumericName | undefined)[] = [
  "ERR_NICKLOCKED",
  "ERR_SASLFAIL",
  "ERR_SASLTOOLONG",
  "ERR_SASLABORTED",
  "ERR_SASLALREADY",
];

/** One exchange. */
export class Login {
  readonly outcome: Promise<LoginOutcome>;
  readonly #parts: LoginParts;
  readonly #end: (outcome: LoginOutcome) => void;
  readonly #scram: ScramClient;
  readonly #waiting: Mechanism[];
  #mechanism: Mechanism | undefined;
  #challenges = 0;
  #text = "";
  #proven = false;
  #over = false;

  constructor(parts: LoginParts) {
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<LoginOutcome>();
    this.outcome = promise;
    this.#end = resolve;
    const taken = parts.mechanisms.toUpperCase().split(",");
    const { name: account, password, mechanism } = parts.account;
    this.#scram = new ScramClient(account, password);
    this.#waiting = mechanisms.filter((name) =>
      (parts.mechanisms === "" || taken.includes(name)) && (name !== "PLAIN" || parts.confidential) &&
      (mechanism === undefined || mechanism === name)
    );
  }

  start(): void {
    this.#try("The server takes no password in a way that would be safe here");
  }

  /** Whether a message belongs to the exchange; it is then dealt with. */
  takes(message: Message): boolean {
    if (this.#over) return false;
    const name = numericName(message.command);
    if (message.command === "AUTHENTICATE") this.#challenged(message.params[0] ?? "");
    else if (name === "RPL_SASLSUCCESS") this.#succeeded();
    else if (refusals.includes(name)) this.#refused(message.params.at(-1) ?? "");
    else return name === "RPL_SASLMECHS";
    return true;
  }

  /** There will be no answer. */
  lost(reason: string): void {
    this.#finish({ kind: "refused", reason });
  }

  #try(reason: string): void {
    this.#mechanism = this.#waiting.shift();
    if (this.#mechanism === undefined) return this.#finish({ kind: "refused", reason });
    this.#challenges = 0;
    this.#parts.send(`AUTHENTICATE ${this.#mechanism}`);
  }

  #challenged(chunk: string): void {
    if (this.#text.length + chunk.length > maxChallenge) return this.#give("The server sends too much");
    if (chunk !== "+") this.#text += chunk;
    if (chunk.length === chunkLength) return;
    const bytes = decode64(this.#text);
    this.#text = "";
    this.#challenges++;
    if (bytes === undefined) return this.#give("The server sends what is no challenge");
    this.#answer(new TextDecoder().decode(bytes)).then((answer) => {
      if (this.#over) return;
      if (answer === undefined) this.#give("The server does not know your password, and may be another one");
      else this.#send(answer);
    }).catch(() => {
      // What computes the proof is fetched by pages that have no WebCrypto.
      if (!this.#over) this.#give("What computes its proof could not be loaded: try again");
    });
  }

  /** Undefined when the server is not to be trusted with more. */
  async #answer(challenge: string): Promise<string | undefined> {
    const { name, password } = this.#parts.account;
    if (this.#mechanism === "PLAIN") return `${name}\0${name}\0${password}`;
    if (this.#challenges === 1) return this.#scram.first();
    if (this.#challenges === 2) return await this.#scram.final(challenge);
    this.#proven = this.#scram.proves(challenge);
    return this.#proven ? "" : undefined;
  }

  #send(text: string): void {
    const base64 = encode64(utf8(text));
    const chunks: string[] = base64.match(/.{1,400}/g) ?? [];
    // The end shows by a chunk that is not full.
    if (base64.length % chunkLength === 0) chunks.push("+");
    for (const chunk of chunks) this.#parts.send(`AUTHENTICATE ${chunk}`);
  }

  #succeeded(): void {
    if (this.#mechanism === "PLAIN" || this.#proven) return this.#finish({ kind: "in" });
    this.#finish({ kind: "refused", reason: "The server let you in without knowing your password" });
  }

  /** A mechanism that was refused before it began may be followed by another. */
  #refused(words: string): void {
    const reason = words.replace(/^SASL authentication failed:?\s*/i, "") ||
      "The name or the password is wrong";
    if (this.#challenges === 0) this.#try(reason);
    else this.#finish({ kind: "refused", reason });
  }

  #give(reason: string): void {
    this.#finish({ kind: "refused", reason });
    this.#parts.send("AUTHENTICATE *");
  }

  #finish(outcome: LoginOutcome): void {
    this.#over = true;
    this.#end(outcome);
  }
}
