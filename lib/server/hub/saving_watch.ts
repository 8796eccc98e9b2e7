/**
 * Watches whether the store can save. It refuses events that must be saved and cannot be, and tells people when saving
 * fails and when it works again. Operators and the log get the sentence of the database, with the reason, and a warning
 * when something is nearly full (fill_watch.ts).
 */
import type { Event } from "../apply/event.ts";
import { refusalWhileUnsaved } from "../apply/unsaved_events.ts";
import type { ChatState } from "../chat/chat.ts";
import type { Refusal } from "../chat/refusal.ts";
import { notifyOperators } from "../render/operator_notice.ts";
import { failingSentence, savedSentence } from "../render/saving_words.ts";
import { FillWatch } from "./fill_watch.ts";
import { fromServer } from "../render/sender.ts";

/** A disk can change between full and not full many times; people hear of it once in this time. */
const quietMs = 10_000;
/** Operators and the log get so many sentences in a minute; the last one of a minute with more comes when it is over. */
const maxPerMinute = 6;
const refusingSentence =
  "Too many messages wait to be saved: new ones are refused until the disk takes them; make space on the disk of the server";

/** Watches the store of a chat. */
export class SavingWatch {
  readonly #chat: ChatState;
  readonly #fill: FillWatch;
  #told = false;
  #toldAt = -Infinity;
  #isFull = false;
  /** The last sentence of the database that operators have not read yet. */
  #untold: string | undefined;
  /** When operators were told. */
  #toldTimes: number[] = [];

  constructor(chat: ChatState) {
    this.#chat = chat;
    this.#fill = new FillWatch(chat);
    if (chat.store === undefined) return;
    chat.store.database.onProblem = (sentence) => {
      this.#untold = sentence;
      this.update();
    };
  }

  /** The refusal of an event that cannot be saved now; undefined if it is accepted. */
  refusal(event: Event): Refusal | undefined {
    const database = this.#chat.store?.database;
    return database === undefined ? undefined : refusalWhileUnsaved(database, event);
  }

  /** Call it every few seconds. */
  update(): void {
    const chat = this.#chat;
    this.#tellOperators();
    this.#fill.update();
    const { failing = false, isFull = false } = chat.store?.database ?? {};
    if (isFull && !this.#isFull) notifyOperators(chat, refusingSentence, chat.stampNow(), "error");
    this.#isFull = isFull;
    const now = chat.clock.monotonic();
    if (failing === this.#told || now - this.#toldAt < quietMs) return;
    this.#told = failing;
    this.#toldAt = now;
    const text = failing ? failingSentence : savedSentence;
    for (const session of chat.sessions.values()) {
      if (session.user === undefined || session.user.isOperator) continue;
      session.deliver(fromServer(chat, "NOTICE", [session.nick, text]));
    }
  }

  #tellOperators(): void {
    const now = this.#chat.clock.monotonic();
    this.#toldTimes = this.#toldTimes.filter((at) => now - at < 60_000);
    if (this.#untold === undefined || this.#toldTimes.length >= maxPerMinute) return;
    this.#toldTimes.push(now);
    notifyOperators(this.#chat, this.#untold, this.#chat.stampNow(), "error");
    this.#untold = undefined;
  }
}
