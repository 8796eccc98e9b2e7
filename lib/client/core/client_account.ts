/** Our account on the server: making it, logging in to it, changing its password. */

import { encode64, utf8 } from "../../irc/digest.ts";
import type { FirstContact } from "../../net/connection.ts";
import { ActionError } from "../state/action_error.ts";
import type { Account } from "./login.ts";
import type { AnswerMatcher } from "./requests.ts";
import type { ServerLink } from "./server_link.ts";
import { isMiddleParam } from "./server_link.ts";

/** One client's account. */
export class ClientAccount {
  /** The client logs in with these on every connection. */
  credentials: Account | undefined;
  readonly #link: ServerLink;

  constructor(link: ServerLink, credentials: Account | undefined) {
    this.#link = link;
    this.credentials = credentials;
  }

  /** Makes an account for our nick; rejects with an ActionError. Later connections log in to it. */
  async register(password: string): Promise<void> {
    this.requireConfidential();
    await this.#link.ask(`REGISTER * * :${password}`, matchReplies("REGISTER"));
    this.credentials = { name: this.#link.state.nick, password };
  }

  /** Logs in, now and on later connections; rejects with an ActionError. */
  async login(name: string, password: string): Promise<void> {
    const outcome = await this.#link.session?.login({ name, password }) ??
      { kind: "refused", reason: "there is no connection to the server" } as const;
    if (outcome.kind === "refused") throw new ActionError(`Cannot log in as ${name}: ${outcome.reason}`);
    this.credentials = { name, password };
  }

  /** Changes the password of our account; rejects with an ActionError. */
  async changePassword(old: string, password: string): Promise<void> {
    this.requireConfidential();
    const [one, other] = [old, password].map((text) => encode64(utf8(text)));
    const words = isMiddleParam(old) ? `${old} :${password}` : `BASE64 ${one} ${other}`;
    await this.#link.ask(`ACCOUNT PASSWORD ${words}`, matchReplies("ACCOUNT"));
    if (this.credentials !== undefined) this.credentials = { ...this.credentials, password };
  }

  /** Opens older history by an older password; rejects with an ActionError. */
  async prove(old: string): Promise<void> {
    this.requireConfidential();
    await this.#link.ask(`ACCOUNT PROVE BASE64 ${encode64(utf8(old))}`, matchReplies("ACCOUNT"));
  }

  /** Why a password cannot be set on this connection, or "". Unlike a login, setting it sends the password itself. */
  get passwordFault(): string {
    return this.#link.isConfidential ? "" : "Cannot set a password here: this connection is not encrypted. " +
      "Set it over TLS or on the server's own machine, then log in here";
  }

  /** Throws an ActionError where others could read a password, or where nothing shows yet whose server this is. */
  requireConfidential(): void {
    if (this.passwordFault !== "") throw new ActionError(this.passwordFault);
    const { firstContact } = this.#link;
    if (firstContact === undefined) return;
    throw new ActionError(firstContactFault(firstContact));
  }
}

/** A sentence that says how a person can confirm a server. */
export function firstContactFault(
  { fingerprint }: FirstContact,
  start = "Cannot send a password: this is the first connection to this server",
): string {
  return `${start}. If its owner tells you the same certificate, add --fingerprint ${fingerprint}`;
}

/** For servers without labels: the answer ends with this command, or with a FAIL or NOTE about it. */
function matchReplies(command: string): AnswerMatcher {
  return (message) =>
    message.command === command || (/^(FAIL|NOTE)$/.test(message.command) && message.params[0] === command)
      ? "last"
      : "other";
}
