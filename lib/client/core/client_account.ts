/** Our account on the server: making it, logging in to it, changing its password. */

import { encode64, utf8 } from "../../irc/digest.ts";
import { ActionError } from "../state/action_error.ts";
import type { ClientSession } from "./client_session.ts";
import type { Account } from "./login.ts";
import type { AnswerMatcher } from "./requests.ts";
import type { ServerLink } from "./server_link.ts";
import { isMiddleParam } from "./server_link.ts";

/** One client's account. */
export class ClientAccount {
  /** The client logs in with these on every connection. */
  credentials: Account | undefined;
  readonly #link: ServerLink;
  /** The connection at whose first contact the person was warned. */
  #warnedOn: ClientSession | undefined;

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

  /**
   * Throws an ActionError where others could read a password. At the first contact it does so once, because the server can
   * be a fake: the person compares the certificate and then tries again.
   */
  requireConfidential(): void {
    if (this.passwordFault !== "") throw new ActionError(this.passwordFault);
    const { session } = this.#link;
    if (session?.isFirstContact !== true || this.#warnedOn === session) return;
    this.#warnedOn = session;
    throw new ActionError(
      "Cannot send a password yet: this is the first connection to this server, and it can be a fake. " +
        "Compare its certificate with the one that its owner tells you, then write the command again",
    );
  }
}

/** For servers without labels: the answer ends with this command, or with a FAIL or NOTE about it. */
function matchReplies(command: string): AnswerMatcher {
  return (message) =>
    message.command === command || (/^(FAIL|NOTE)$/.test(message.command) && message.params[0] === command)
      ? "last"
      : "other";
}
