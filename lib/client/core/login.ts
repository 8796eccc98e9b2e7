/**
 * One login (IRCv3 sasl-3.2). It prefers the client certificate. Then it prefers SCRAM-SHA-256, which never shows the
 * password to the server; where the server can do that, it is bound to the TLS connection. It uses PLAIN only when nobody
 * else can read the connection and the server is known.
 */

import { decode64, encode64, utf8 } from "../../irc/digest.ts";
import type { Message } from "../../irc/message.ts";
import type { NumericName } from "../../irc/numerics.ts";
import { numericName } from "../../irc/numerics.ts";
import type { ChannelBinding } from "../../irc/scram.ts";
import { type ClientBinding, ScramClient } from "../../irc/scram_client.ts";

/** The name and the password of an account. */
export interface Account {
  readonly name: string;
  /** "" if only the client certificate logs in. */
  readonly password: string;
  /** The connection has a client certificate. @default {false} */
  readonly hasCertificate?: boolean;
  /** The only mechanism to use, for a server whose other mechanisms are broken. @default {the safest common one} */
  readonly mechanism?: Mechanism;
}

/** The mechanisms, safest first. */
export const mechanisms = ["EXTERNAL", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "PLAIN"] as const;
export type Mechanism = typeof mechanisms[number];

/** The result; the reason is the server's sentence or ours. */
export type LoginOutcome = { readonly kind: "logged in" } | {
  readonly kind: "refused";
  readonly reason: string;
  /** Another password would not help. */
  readonly isFinal?: boolean;
};

/** The parts of a login. */
export interface LoginParts {
  readonly send: (line: string) => void;
  readonly account: Account;
  /** The mechanisms of the server, as in CAP LS: "PLAIN,SCRAM-SHA-256"; "" when it did not list them. */
  readonly mechanisms: string;
  /** PLAIN shows the password to the server. A sentence that says why this is not safe here; "" when it is safe. */
  readonly plainFault: string;
  /** The channel binding of this connection. @default {none} */
  readonly binding?: ChannelBinding | undefined;
}

const chunkLength = 400;
/** The longest base64 of one challenge. */
const maxChallenge = 8192;
const refusals: readonly (NumericName | undefined)[] = [
  "ERR_NICKLOCKED",
  "ERR_SASLFAIL",
  "ERR_SASLTOOLONG",
  "ERR_SASLABORTED",
  "ERR_SASLALREADY",
];

/** One login. */
export class Login {
  readonly outcome: Promise<LoginOutcome>;
  readonly #parts: LoginParts;
  readonly #resolve: (outcome: LoginOutcome) => void;
  #scram: ScramClient | undefined;
  readonly #untried: Mechanism[];
  #mechanism: Mechanism | undefined;
  #challenges = 0;
  #text = "";
  #serverProved = false;
  #hasEnded = false;

  constructor(parts: LoginParts) {
    this.#parts = parts;
    const { promise, resolve } = Promise.withResolvers<LoginOutcome>();
    this.outcome = promise;
    this.#resolve = resolve;
    const { mechanism } = parts.account;
    this.#untried = mechanisms.filter((name) =>
      (mechanism === undefined || mechanism === name) && this.#isPossible(name)
    );
  }

  #offers(name: Mechanism): boolean {
    return this.#parts.mechanisms.toUpperCase().split(",").includes(name);
  }

  #isPossible(name: Mechanism): boolean {
    const { account: { password, hasCertificate = false }, binding, plainFault, mechanisms } = this.#parts;
    const isOffered = mechanisms === "" || this.#offers(name);
    switch (name) {
      case "EXTERNAL":
        return isOffered && hasCertificate;
      case "SCRAM-SHA-256-PLUS":
        return this.#offers(name) && password !== "" && binding !== undefined;
      case "SCRAM-SHA-256":
        return isOffered && password !== "";
      case "PLAIN":
        return isOffered && password !== "" && plainFault === "";
    }
  }

  /** Says that we could bind the login only if the server lists its mechanisms without that one. */
  #scramOf(name: Mechanism): ScramClient {
    const { account, binding, mechanisms } = this.#parts;
    const isPossible = binding !== undefined && mechanisms !== "" && !this.#offers("SCRAM-SHA-256-PLUS");
    const how: ClientBinding = name === "SCRAM-SHA-256-PLUS" ? { chosen: binding } : { isPossible };
    return new ScramClient(account.name, account.password, undefined, how);
  }

  /** Whether the server has proved that it has the verifier of the password, and that this TLS connection is its own. */
  get provesConnection(): boolean {
    return this.#serverProved && this.#mechanism === "SCRAM-SHA-256-PLUS";
  }

  start(): void {
    if (this.#untried.length > 0) return this.#try("");
    const { plainFault } = this.#parts;
    const reason = plainFault !== "" && this.#offers("PLAIN")
      ? plainFault
      : "The server has no login method that is safe on this connection";
    this.#finish({ kind: "refused", reason, isFinal: true });
  }

  /** Handles a message of the login; false for another message. */
  handle(message: Message): boolean {
    if (this.#hasEnded) return false;
    const name = numericName(message.command);
    if (message.command === "AUTHENTICATE") this.#onChallenge(message.params[0] ?? "");
    else if (name === "RPL_SASLSUCCESS") this.#onSuccess();
    else if (refusals.includes(name)) this.#onRefusal(message.params.at(-1) ?? "");
    else return name === "RPL_SASLMECHS";
    return true;
  }

  /** The connection has ended. */
  onDisconnect(reason: string): void {
    this.#finish({ kind: "refused", reason });
  }

  #try(reason: string): void {
    this.#mechanism = this.#untried.shift();
    if (this.#mechanism === undefined) return this.#finish({ kind: "refused", reason });
    this.#challenges = 0;
    this.#scram = /^SCRAM/.test(this.#mechanism) ? this.#scramOf(this.#mechanism) : undefined;
    this.#parts.send(`AUTHENTICATE ${this.#mechanism}`);
  }

  #onChallenge(chunk: string): void {
    if (this.#text.length + chunk.length > maxChallenge) {
      return this.#abort("The server sends a challenge that is too long");
    }
    if (chunk !== "+") this.#text += chunk;
    if (chunk.length === chunkLength) return;
    const bytes = decode64(this.#text);
    this.#text = "";
    this.#challenges++;
    if (bytes === undefined) return this.#abort("The server sends an invalid challenge");
    this.#answer(new TextDecoder().decode(bytes)).then((answer) => {
      if (this.#hasEnded) return;
      if (answer === undefined) {
        this.#abort(
          this.#scram?.fault || "The server could not prove that it knows your password; it can be a fake",
        );
      } else this.#send(answer);
    }).catch(() => {
      // A page without WebCrypto loads the code for the proof.
      if (!this.#hasEnded) this.#abort("Cannot load the code for the login: try again");
    });
  }

  /** Undefined when the server failed its own proof. */
  async #answer(challenge: string): Promise<string | undefined> {
    const { name, password } = this.#parts.account;
    if (this.#mechanism === "EXTERNAL") return name;
    if (this.#mechanism === "PLAIN") return `${name}\0${name}\0${password}`;
    if (this.#challenges === 1) return this.#scram?.first();
    if (this.#challenges === 2) return await this.#scram?.final(challenge);
    this.#serverProved = this.#scram?.proves(challenge) === true;
    return this.#serverProved ? "" : undefined;
  }

  #send(text: string): void {
    const base64 = encode64(utf8(text));
    const chunks: string[] = base64.match(/.{1,400}/g) ?? [];
    // A chunk that is not full marks the end.
    if (base64.length % chunkLength === 0) chunks.push("+");
    for (const chunk of chunks) this.#parts.send(`AUTHENTICATE ${chunk}`);
  }

  #onSuccess(): void {
    if (this.#mechanism === "PLAIN" || this.#mechanism === "EXTERNAL" || this.#serverProved) {
      return this.#finish({ kind: "logged in" });
    }
    this.#finish({
      kind: "refused",
      reason: "The server accepted the login but did not prove that it knows your password",
    });
  }

  /** After a refusal of the mechanism itself, or of the certificate, the next one is tried. */
  #onRefusal(words: string): void {
    const reason = words.replace(/^SASL authentication failed:?\s*/i, "") ||
      "The name or the password is wrong";
    if (this.#challenges === 0 || this.#mechanism === "EXTERNAL") this.#try(reason);
    else this.#finish({ kind: "refused", reason });
  }

  #abort(reason: string): void {
    this.#finish({ kind: "refused", reason });
    this.#parts.send("AUTHENTICATE *");
  }

  #finish(outcome: LoginOutcome): void {
    this.#hasEnded = true;
    this.#resolve(outcome);
  }
}
