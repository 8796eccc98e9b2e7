/**
 * The registration on a server: capabilities, nick, login. Later it asks for capabilities that the server begins to
 * offer. It reads the state and sends lines; it does not change the state.
 */

import { asciiNick } from "../../irc/ascii_name.ts";
import type { Message } from "../../irc/message.ts";
import type { NumericName } from "../../irc/numerics.ts";
import { numericName } from "../../irc/numerics.ts";
import { packWords } from "../../irc/wrap.ts";
import { refusalSentence } from "../state/refusals.ts";
import type { State } from "../state/state.ts";

/** The capabilities that we can use. */
export const wantedCaps: readonly string[] = [
  "account-notify",
  "account-tag",
  "away-notify",
  "batch",
  "cap-notify",
  "chghost",
  "draft/account-registration",
  "draft/chathistory",
  "draft/event-playback",
  "draft/message-redaction",
  "draft/multiline",
  "draft/read-marker",
  "echo-message",
  "extended-join",
  "invite-notify",
  "labeled-response",
  "message-tags",
  "multi-prefix",
  "parley/long-lines",
  "sasl",
  "server-time",
  "setname",
  "soju.im/search",
  "standard-replies",
  "userhost-in-names",
];

/** The person to register. */
export interface Identity {
  readonly nick: string;
  readonly username: string;
  readonly realname: string;
  /** The password of the server, for PASS. */
  readonly password?: string;
  /** Logs in before the end of the registration; undefined without an account. */
  readonly login?: (state: State) => Promise<void>;
}

/** A nick that the server does not give us. */
export interface NickRefusal {
  readonly nick: string;
  /** A sentence. */
  readonly reason: string;
  /** The nick in ASCII letters, if the server does not allow its letters and it has such a form. */
  readonly ascii: string | undefined;
}

/** Short enough for the line limit of every server. */
const maxRequestBytes = 400;

/** These refuse a nick. */
const nickRefusals: readonly (NumericName | undefined)[] = [
  "ERR_NONICKNAMEGIVEN",
  "ERR_ERRONEUSNICKNAME",
  "ERR_NICKNAMEINUSE",
  "ERR_NICKCOLLISION",
  "ERR_UNAVAILRESOURCE",
];

/** The registration of one connection. */
export class Registration {
  readonly #send: (line: string) => void;
  /** Requests without an answer. */
  #open = 0;
  #login: Identity["login"];
  #ended = false;

  constructor(send: (line: string) => void) {
    this.#send = send;
  }

  start({ nick, username, realname, password, login }: Identity): void {
    this.#login = login;
    this.#send("CAP LS 302");
    if (password !== undefined) this.#send(`PASS :${password}`);
    this.#send(`NICK ${nick}`);
    this.#send(`USER ${username} 0 * :${realname}`);
  }

  /** Answers a CAP after `state` has read it. */
  answer(state: State, message: Message): void {
    const [, verb = "", third = ""] = message.params;
    switch (verb.toUpperCase()) {
      case "LS":
        if (third !== "*") this.#ask(state);
        break;
      case "NEW":
        this.#ask(state);
        break;
      case "ACK":
      case "NAK":
        this.#open--;
        this.#endWhenDone(state);
    }
  }

  /** The refusal of our nick, if the message is one. */
  nickRefusal(state: State, { command, params }: Message): NickRefusal | undefined {
    const code = numericName(command);
    if (!nickRefusals.includes(code)) return undefined;
    const nick = params.length > 2 ? params[1] ?? "" : state.nick;
    const ascii = code === "ERR_ERRONEUSNICKNAME" ? asciiNick(nick) : undefined;
    return { nick, reason: refusalSentence(state, command, nick, params.at(-1) ?? ""), ascii };
  }

  #ask(state: State): void {
    const missing = wantedCaps.filter((name) => state.offered.has(name) && !state.caps.has(name));
    for (const names of packWords(missing, maxRequestBytes)) {
      this.#open++;
      this.#send(`CAP REQ :${names}`);
    }
    this.#endWhenDone(state);
  }

  #endWhenDone(state: State): void {
    if (this.#ended || this.#open > 0) return;
    const login = this.#login;
    this.#login = undefined;
    if (login !== undefined) {
      this.#open++;
      login(state).then(() => {
        this.#open--;
        this.#endWhenDone(state);
      });
      return;
    }
    this.#ended = true;
    this.#send("CAP END");
  }
}
