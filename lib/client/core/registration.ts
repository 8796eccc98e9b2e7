/**
 * The registration on a server: capabilities, nick, login. Later it asks for capabilities that the server begins to
 * offer. It reads the state and sends lines; it does not change the state. A server that is known to be Parley gets
 * everything at once, because each wait for an answer costs the person a round trip.
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

/** Parley offers these with some settings only. */
const optionalCaps: ReadonlySet<string> = new Set(["draft/account-registration", "sasl"]);

/** Parley of this version offers these with all settings. */
export const certainCaps: readonly string[] = wantedCaps.filter((name) => !optionalCaps.has(name));

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
  readonly #onEnd: () => void;
  /** Requests without an answer. */
  #open = 0;
  #login: Identity["login"];
  #ended = false;
  /** The requests that were sent before the answer to CAP LS. */
  #early: readonly string[] = [];

  /** `onEnd` is called behind CAP END, before its answer. */
  constructor(send: (line: string) => void, onEnd: () => void) {
    this.#send = send;
    this.#onEnd = onEnd;
  }

  /** With `isParley`, it sends at once what a server of this version takes. */
  start({ nick, username, realname, password, login }: Identity, isParley: boolean): void {
    this.#login = login;
    this.#send("CAP LS 302");
    if (password !== undefined) this.#send(`PASS :${password}`);
    this.#send(`NICK ${nick}`);
    this.#send(`USER ${username} 0 * :${realname}`);
    if (!isParley) return;
    const names = packWords(certainCaps, maxRequestBytes);
    this.#early = login === undefined ? names : [...names, "sasl"];
    for (const one of this.#early) this.#request(one);
    if (login === undefined) this.#end();
  }

  /** Whether the server has refused what Parley of this version takes. */
  isMismatch({ params }: Message): boolean {
    const text = params.at(-1)?.trim() ?? "";
    return params[1]?.toUpperCase() === "NAK" && text !== "sasl" && this.#early.includes(text);
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

  /** The registration is complete: asks for what it did not wait for. */
  onReady(state: State): void {
    if (this.#early.length > 0) this.#ask(state);
  }

  #ask(state: State): void {
    // A request would begin the negotiation again, and the registration would wait for another CAP END.
    if (this.#ended && !state.registered) return;
    const asked = this.#open > 0 ? this.#early.join(" ").split(" ") : [];
    const missing = wantedCaps.filter((name) =>
      state.offered.has(name) && !state.caps.has(name) && !asked.includes(name)
    );
    for (const names of packWords(missing, maxRequestBytes)) this.#request(names);
    this.#endWhenDone(state);
  }

  #request(names: string): void {
    this.#open++;
    this.#send(`CAP REQ :${names}`);
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
    this.#end();
  }

  #end(): void {
    this.#ended = true;
    this.#send("CAP END");
    this.#onEnd();
  }
}
