/**
 * The messages that the server has not confirmed. A lost connection leaves open whether a message arrived: then the
 * history decides, after we are connected again. A message that is not there is never sent again automatically, because
 * the old connection can still deliver it: the person decides, and the message disappears here if it arrives later.
 */

import { fold } from "../../irc/names.ts";
import type { ClientHistory } from "./client_history.ts";
import type { MessageToSend } from "./compose.ts";
import type { ChatEvent } from "../state/event.ts";
import type { OutgoingMessage } from "../state/outgoing.ts";
import type { ServerLink } from "./server_link.ts";
import type { DeliveryResult } from "./unconfirmed_messages.ts";

/** The parts of an outbox. */
export interface OutboxParts {
  readonly link: ServerLink;
  readonly history: ClientHistory;
  /** The id of the newest known message of a buffer; undefined for none. */
  readonly newestId: (buffer: string) => string | undefined;
  /** A message was added or has changed; `isGone`: it was confirmed or discarded. */
  readonly onChange: (message: OutgoingMessage, isGone: boolean) => void;
}

/** A message that was on a connection when that was lost. */
interface LostMessage {
  /** The texts that the server has not confirmed. */
  readonly texts: readonly string[];
  /** The newest message before it; undefined when there is none. */
  readonly after: string | undefined;
  /** Our nick then. The lost connection can still hold it while we have another one. */
  readonly nick: string;
}

/** The clocks of the server's machines can differ by this. */
const clockMs = 5_000;
const pageSize = 500;
/** Why a message can be lost on a connection that works. */
export const notConfirmed = "the server did not confirm it";

/** The outbox of one client. */
export class Outbox {
  readonly #parts: OutboxParts;
  readonly #lost = new Map<string, LostMessage>();
  /** The newest message and our nick when each message was added. */
  readonly #added = new Map<string, Pick<LostMessage, "after" | "nick">>();
  /** The ids of messages that have confirmed one of ours: they come several times, live and in history. */
  readonly #used = new Set<string>();
  #made = 0;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  get #messages(): readonly OutgoingMessage[] {
    return this.#parts.link.state.outgoing;
  }

  /** Adds a message that waits. */
  add(message: MessageToSend): OutgoingMessage {
    const { link, newestId } = this.#parts;
    const key = `out-${++this.#made}`;
    const added = {
      ...message,
      key,
      at: link.now,
      status: "waiting",
      reason: "",
      isUnsure: false,
      isShown: false,
    } as const;
    this.#added.set(key, { after: newestId(message.target), nick: link.state.nick });
    this.#replace([...this.#messages, added]);
    this.#parts.onChange(added, false);
    return added;
  }

  /** Takes over the messages of an earlier client of this person, as unsent. */
  adopt(messages: readonly OutgoingMessage[]): void {
    const adopted = messages.map((message): OutgoingMessage => {
      const key = `out-${++this.#made}`;
      this.#lost.set(key, { texts: [message.text], after: undefined, nick: this.#parts.link.state.nick });
      const reason = message.status === "unsent" ? message.reason : "you left before it was confirmed";
      return { ...message, key, status: "unsent", reason, isUnsure: true, isShown: false };
    });
    this.#replace([...this.#messages, ...adopted]);
  }

  /** It is on the connection now. */
  onSending(key: string): void {
    this.#change(key, { status: "sending", isShown: !this.#parts.link.state.caps.has("echo-message") });
  }

  /** Its result is known. */
  onResult(key: string, result: DeliveryResult): void {
    const message = this.#find(key);
    if (message === undefined) return;
    if (result.kind === "delivered") return this.discard(key);
    const texts = result.unsent ?? [message.text];
    const text = texts.join("\n");
    if (result.kind === "refused" && !result.mayArrive) {
      return this.#change(key, { text, status: "unsent", reason: result.reason });
    }
    const { after, nick = "" } = this.#added.get(key) ?? {};
    this.#lost.set(key, { texts, after, nick });
    if (result.kind === "refused") {
      return this.#change(key, { text, status: "unsent", reason: result.reason, isUnsure: true });
    }
    this.#change(key, { text, status: "checking", isUnsure: true });
  }

  /** A message of ours: perhaps one of those that were lost. */
  onSaid(event: ChatEvent): void {
    if (event.kind !== "said" || this.#lost.size === 0) return;
    if (event.id !== undefined && this.#used.has(event.id)) return;
    for (const { key, target, manner, at } of this.#messages) {
      const lost = this.#lost.get(key);
      if (lost === undefined || fold(target) !== fold(event.buffer) || manner !== event.manner) continue;
      const found = lost.texts.indexOf(event.text);
      if (found < 0 || event.at < at - clockMs) continue;
      if (!event.own && fold(event.from.nick) !== fold(lost.nick)) continue;
      if (event.id !== undefined) this.#used.add(event.id);
      const texts = lost.texts.toSpliced(found, 1);
      if (texts.length === 0) return this.discard(key);
      this.#lost.set(key, { ...lost, texts });
      return this.#change(key, { text: texts.join("\n") });
    }
  }

  /** A person has another nick: the messages follow. */
  onRenamed(from: string, to: string): void {
    for (const { key, target } of this.#messages) {
      if (fold(target) === fold(from)) this.#change(key, { target: to });
    }
  }

  /** We are back in a buffer, or still there: looks into its history for the messages that were lost. */
  async check(buffer: string, why = "the connection was lost before it arrived"): Promise<void> {
    const open = () =>
      this.#messages.filter(({ target, status }) => status === "checking" && fold(target) === fold(buffer));
    if (open().length === 0) return;
    let reason = why;
    try {
      const after = open().map(({ key }) => this.#lost.get(key)?.after).find((id) => id !== undefined);
      await this.#search(buffer, after, () => open().length === 0);
    } catch {
      reason = why === notConfirmed ? why : "the connection was lost, and it is not known whether it arrived";
    }
    if (!this.#parts.link.isOnline) return;
    for (const { key } of open()) this.#change(key, { status: "unsent", reason });
  }

  async #search(buffer: string, after: string | undefined, isDone: () => boolean): Promise<void> {
    const { history } = this.#parts;
    if (after === undefined) {
      for (const event of (await history.latest(buffer, { limit: pageSize })).events) this.onSaid(event);
      return;
    }
    for await (
      const { events } of history.pages(buffer, { at: "after", reference: `msgid=${after}` }, pageSize)
    ) {
      for (const event of events) this.onSaid(event);
      if (isDone()) return;
    }
  }

  /** There will be no connection to this buffer: nothing can be checked any more. */
  giveUp(reason: string, buffer?: string): void {
    for (const { key, target, status } of this.#messages) {
      if (status !== "checking" || (buffer !== undefined && fold(buffer) !== fold(target))) continue;
      this.#change(key, { status: "unsent", reason });
    }
  }

  /** Removes a message. */
  discard(key: string): void {
    const message = this.#find(key);
    if (message === undefined) return;
    this.#lost.delete(key);
    if (this.#lost.size === 0) this.#used.clear();
    this.#added.delete(key);
    this.#replace(this.#messages.filter((other) => other !== message));
    this.#parts.onChange(message, true);
  }

  #find(key: string): OutgoingMessage | undefined {
    return this.#messages.find((message) => message.key === key);
  }

  #change(key: string, change: Partial<OutgoingMessage>): void {
    const message = this.#find(key);
    if (message === undefined) return;
    const changed = { ...message, ...change };
    this.#replace(this.#messages.map((other) => other === message ? changed : other));
    this.#parts.onChange(changed, false);
  }

  #replace(outgoing: readonly OutgoingMessage[]): void {
    const { link } = this.#parts;
    link.state = { ...link.state, outgoing };
  }
}
