/**
 * What one can do on a server besides talking: accounts, the past, reactions, files. Each method asks the server and
 * reads the answer; a Client is one of these with a connection.
 */

import { encode64, utf8 } from "../../irc/digest.ts";
import type { Message } from "../../irc/message.ts";
import { format } from "../../irc/message.ts";
import type { ChatEvent } from "./event.ts";
import { ActionError } from "./action_error.ts";
import type { Account, LoginOutcome } from "./login.ts";
import type { HistoryPage, HistoryPosition, SearchQuery } from "./history.ts";
import { historyLine, newestOf, readPage, saidIn, searchLine, throwRefusal } from "./history.ts";
import type { Until } from "./requests.ts";
import type { State } from "./state.ts";
import { findBuffer, isChannel } from "./state.ts";
import type { Activity } from "./typing.ts";
import { TypingNotifier } from "./typing.ts";
import { RecentMessages } from "./recent_messages.ts";

const maxMorePages = 5;
/** So many at least: a busy door may have let in and out a lot of people since the last word. */
const olderPage = 50;

/** The methods of a client that are questions or wishes to the server. */
export abstract class ClientActions {
  abstract readonly state: State;
  abstract readonly online: boolean;
  abstract readonly now: number;
  /** Nobody else can read what is sent. */
  abstract readonly confidential: boolean;
  /** To log in to each time. */
  account: Account | undefined;
  /** What was said lately. */
  readonly recent = new RecentMessages();
  /** What was told of our typing. */
  readonly typist = new TypingNotifier();

  abstract send(line: string): boolean;
  abstract command(command: string, ...params: string[]): void;
  abstract request(line: string, until: Until): Promise<readonly Message[]>;
  abstract open(nick: string): void;
  /** Logs in, without throwing. */
  abstract tryLogin(account: Account): Promise<LoginOutcome>;

  /** Sends a line and gathers its answer; rejects with a Refusal when the server refuses. */
  async #ask(line: string, until: Until = () => "other"): Promise<readonly Message[]> {
    const answer = await this.request(line, until);
    throwRefusal(this.state, answer);
    return answer;
  }

  /** Makes an account of our nick; rejects with a Refusal. From then on we log in to it each time. */
  async register(password: string): Promise<void> {
    this.needConfidence();
    await this.#ask(`REGISTER * * :${password}`, answers("REGISTER"));
    this.account = { name: this.state.nick, password };
  }

  /** Logs in, now and each time; rejects with a Refusal. */
  async login(name: string, password: string): Promise<void> {
    const outcome = await this.tryLogin({ name, password });
    if (outcome.kind === "refused") throw new ActionError(`Cannot log in as ${name}: ${outcome.reason}`);
    this.account = { name, password };
  }

  /** Changes the password of our account; rejects with a Refusal. */
  async changePassword(old: string, password: string): Promise<void> {
    this.needConfidence();
    const [one, other] = [old, password].map((text) => encode64(utf8(text)));
    const words = isWord(old) ? `${old} :${password}` : `BASE64 ${one} ${other}`;
    await this.#ask(`ACCOUNT PASSWORD ${words}`, answers("ACCOUNT"));
    if (this.account !== undefined) this.account = { ...this.account, password };
  }

  /** The newest of what was said, or what was said before a message; not told to `hear`. Rejects with a Refusal. */
  history(
    buffer: string,
    { before, limit }: { readonly before?: string; readonly limit?: number } = {},
  ): Promise<HistoryPage> {
    if (!this.state.caps.has("draft/chathistory")) {
      return Promise.reject(new ActionError("The server keeps no history"));
    }
    const reference = before?.includes("=") ? before : `msgid=${before}`;
    return this.page(buffer, before === undefined ? { at: "latest" } : { at: "before", reference }, limit);
  }

  /** Messages that hold all words of a text, oldest first; not told to `hear`. Rejects with a Refusal. */
  async search(text: string, where: Omit<SearchQuery, "text"> = {}): Promise<readonly ChatEvent[]> {
    if (!this.state.caps.has("soju.im/search")) throw new ActionError("The server cannot search");
    return readPage(this.state, await this.request(searchLine({ text, ...where }), () => "other")).events;
  }

  /** Tells that we type; may be called at each key, as it is told once in three seconds. */
  typing(buffer: string, activity: Activity): void {
    if (!this.#canTag() || !isWord(buffer)) return;
    if (this.typist.tells(buffer, activity, this.now)) this.#tag(buffer, { "+typing": activity });
  }

  /** Adds a reaction to a message, or takes it back. */
  react(buffer: string, id: string, emoji: string, added = true): void {
    if (!this.#canTag()) throw new ActionError("The server knows no reactions");
    this.#tag(buffer, { "+draft/reply": id, [added ? "+draft/react" : "+draft/unreact"]: emoji });
  }

  /** Takes a message back; a refusal is told as an event. */
  redact(buffer: string, id: string, reason = ""): void {
    if (!this.state.caps.has("draft/message-redaction")) {
      throw new ActionError("The server takes no messages back");
    }
    this.command("REDACT", buffer, id, ...(reason === "" ? [] : [reason]));
  }

  /** Says that we have read up to a time, milliseconds since 1970; nothing is sent when that was known. */
  markRead(buffer: string, at: number): void {
    if (!this.online || !this.state.caps.has("draft/read-marker")) return;
    if (at <= (findBuffer(this.state, buffer)?.readUpTo ?? 0)) return;
    this.send(`MARKREAD ${buffer} timestamp=${new Date(at).toISOString()}`);
  }

  /** Where files go, as uploadFile() takes it; undefined when the server takes none. */
  get uploadUrl(): string | undefined {
    const { isupport } = this.state;
    return isupport.get("soju.im/FILEHOST") || isupport.get("draft/FILEHOST") || undefined;
  }

  /** A token for uploadFile(); rejects with a Refusal. */
  async uploadToken(): Promise<string> {
    const answer = await this.#ask("TOKEN GENERATE FILEHOST");
    const token = answer.filter(({ command, params }) => command === "TOKEN" && params[0] === "GENERATE")
      .map(({ params }) => params.at(-1) ?? "").join("");
    if (token === "") throw new ActionError("The server gives no token for files");
    return token;
  }

  /** One page of the past. What came and went counts as well at the server, so backwards it may take more than one. */
  async page(buffer: string, place: HistoryPosition, limit?: number): Promise<HistoryPage> {
    let page = await this.#onePage(buffer, place, limit);
    const wanted = place.at === "after" ? 0 : limit ?? 1;
    for (let more = 0; more < maxMorePages && saidIn(page) < wanted && page.more; more++) {
      if (page.first === undefined) break;
      const reference = page.first;
      const older = await this.#onePage(buffer, { at: "before", reference }, Math.max(wanted, olderPage));
      const { last = older.last } = page;
      page = { ...older, events: [...older.events, ...page.events], ...(last !== undefined && { last }) };
    }
    if (page.events.length > 0 && !isChannel(this.state, buffer)) this.open(buffer);
    return place.at === "after" || limit === undefined ? page : newestOf(page, limit);
  }

  async #onePage(buffer: string, place: HistoryPosition, limit?: number): Promise<HistoryPage> {
    const answer = await this.request(historyLine(this.state, buffer, place, limit), () => "other");
    return readPage(this.state, answer);
  }

  #canTag(): boolean {
    return this.online && this.state.caps.has("message-tags");
  }

  /** A message of tags alone; that it could not be given to somebody is no news. */
  #tag(buffer: string, tags: Readonly<Record<string, string>>): void {
    const line = format({ tags: Object.entries(tags), command: "TAGMSG", params: [buffer] });
    if (!("+typing" in tags) || !this.state.caps.has("labeled-response")) this.send(line);
    else this.request(line, () => "other").catch(() => {});
  }

  /** Why no password can be made or changed here, "" when it can: unlike a login, that sends it. */
  get passwordFault(): string {
    return this.confidential ? "" : "A password cannot be made or changed here, as this connection is not " +
      "encrypted: do it over TLS or on the server's own machine, then log in here";
  }

  /** Throws a Refusal where others could read a password that is sent. */
  needConfidence(): void {
    if (this.passwordFault !== "") throw new ActionError(this.passwordFault);
  }
}

/** For servers without labels: the last line of an answer is one of this command, or refuses it. */
function answers(command: string): Until {
  return (message) =>
    message.command === command || (/^(FAIL|NOTE)$/.test(message.command) && message.params[0] === command)
      ? "last"
      : "other";
}

/** Whether text can stand in a line as one parameter that is not the last. */
export function isWord(text: string): boolean {
  return /^[^\s:]\S*$/.test(text);
}
