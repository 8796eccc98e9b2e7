/** Replay: records of history as messages again, in a batch, rendered for one session. */
import { capabilityBits } from "../../irc/capabilities.ts";
import { parseRecord } from "../../irc/record.ts";
import type { Channel } from "../chat/channel.ts";
import type { Chat } from "../chat/chat.ts";
import type { Deliverable, MessageLine } from "../chat/delivery.ts";
import { recordFilter, visibleHistory } from "../chat/history_access.ts";
import type { Session } from "../chat/session.ts";
import type { StoredRecord } from "../store/block.ts";
import { MultilineMessage } from "./multiline.ts";
import { type Details, OutgoingLine, OutgoingMessage, withTag } from "./outgoing.ts";
import { standardReply } from "./reply.ts";
import { fromServer } from "./sender.ts";

/** A batch for one session, or only its lines when the session has no batches. */
export class Replay extends OutgoingMessage {
  readonly #opening: string;
  readonly #closing: string;
  readonly #lines: readonly string[];

  constructor(opening: string, lines: readonly string[], closing: string) {
    super();
    this.#opening = opening;
    this.#lines = lines;
    this.#closing = closing;
  }

  lines(mask: number): readonly string[] {
    if (!(mask & capabilityBits["batch"])) return this.#lines;
    return [this.#opening, ...this.#lines, this.#closing];
  }

  record(): string {
    throw new RangeError("Cannot save a replay: its messages are saved already");
  }
}

/** The name of a batch of history, and its end that is left out if it is too long. */
export interface ReplayOptions {
  /** Type and parameters of the batch. */
  readonly batch: readonly string[];
  /** More tags of its opening line. */
  readonly tag?: string | undefined;
  /** The end that stays when the records are too long for the session's queue; or the place of the record that stays. */
  readonly keep: "start" | "end" | number;
}

/** A batch of history for a session. `cut` tells whether records were left out because of their size. */
export function makeReplay(
  chat: Chat,
  session: Session,
  records: readonly StoredRecord[],
  options: ReplayOptions,
): { outgoing: OutgoingMessage; cut: boolean } {
  const reference = chat.newReference();
  // The other half of the queue is for new messages.
  let space = chat.settings.sendQueue / 2;
  const chosen: { readonly place: number; readonly lines: readonly string[] }[] = [];
  let cut = false;
  for (const { saved, place } of byImportance(records, options.keep)) {
    const lines = replayRecord(session, saved, reference, options)?.lines(session.profile.mask) ?? [];
    // A UTF-16 unit has one to three bytes; 2 is for CR LF.
    for (const line of lines) space -= line.length + 2;
    cut = space < 0 && chosen.length > 0;
    if (cut) break;
    chosen.push({ place, lines });
  }
  chosen.sort((one, other) => one.place - other.place);
  const lines = chosen.flatMap((one) => one.lines);
  return {
    outgoing: wrap(chat, session, reference, lines, cut ? { ...options, tag: undefined } : options),
    cut,
  };
}

/** The records in the order in which they get space. */
function byImportance(
  records: readonly StoredRecord[],
  keep: ReplayOptions["keep"],
): { saved: StoredRecord; place: number }[] {
  const centre = keep === "start" ? 0 : keep === "end" ? records.length : keep;
  return records.map((saved, place) => ({ saved, place }))
    .sort((one, other) => Math.abs(one.place - centre) - Math.abs(other.place - centre));
}

/** Says that an answer has no messages, to a client without batches, which would get no line at all. */
export function noteEmpty(session: Session, command: string, count: number): void {
  if (count > 0 || session.has("batch")) return;
  standardReply(session, "NOTE", command, "NO_MESSAGES", "There are no messages for this request");
}

/** Sends the last messages of a channel after a JOIN, if the settings say so and the client cannot ask for them. */
export function replayOnJoin(session: Session, channel: Channel): void {
  const { chat, user } = session;
  const { settings: { replay: limit }, store } = chat;
  if (limit === 0 || store === undefined || user === undefined) return;
  // Without times, old messages look like new ones.
  if (session.has("draft/chathistory") || !session.has("server-time")) return;
  const records = store.database.read(() => {
    const views = visibleHistory(chat, store, user, channel.name) ?? [];
    const isVisible = recordFilter(chat, user, session.profile.mask);
    return store.history.read(views, { limit, from: "end", events: false, isVisible, mostSteps: 4 });
  }, []);
  if (records.length === 0) return;
  const options = { batch: ["chathistory", channel.name], keep: "end" } as const;
  session.send(makeReplay(chat, session, records, options).outgoing);
}

/** Any lines as a batch for a session. */
export function makeBatch(
  chat: Chat,
  session: Session,
  type: string,
  makeLines: (batch: string) => Deliverable[],
): OutgoingMessage {
  const reference = chat.newReference();
  const lines = makeLines(reference).flatMap((one) => one.lines(session.profile.mask));
  return wrap(chat, session, reference, lines, { batch: [type], keep: "start" });
}

function wrap(
  chat: Chat,
  session: Session,
  reference: string,
  lines: readonly string[],
  { batch, tag }: ReplayOptions,
): Replay {
  const mask = session.profile.mask | capabilityBits["batch"];
  const [opening = ""] = fromServer(chat, "BATCH", [`+${reference}`, ...batch]).lines(mask);
  const [closing = ""] = new OutgoingLine(chat.settings.name, "BATCH", [`-${reference}`]).lines(mask);
  const tagged = tag !== undefined && session.has("message-tags") ? withTag(opening, tag) : opening;
  return new Replay(tagged, lines, closing);
}

/** A record as a message again. */
function replayRecord(
  { chat, user }: Session,
  saved: StoredRecord,
  batch: string,
  options: ReplayOptions,
): OutgoingMessage | undefined {
  const { stamp, record } = saved;
  const parsed = parseRecord(record);
  if (parsed === undefined) return undefined;
  const { message, more } = parsed;
  const { tags, source, command, params } = message;
  const details: Details & { stamp: number } = {
    stamp,
    hasId: true,
    account: tags.get("account"),
    bot: tags.has("bot"),
    batch,
    clientTags: new Map([...tags].filter(([name]) => name.startsWith("+"))),
    ...(more.length > 0 && {
      excerpt: {
        maxLines: chat.settings.plainLines,
        link: () => user && chat.links.makeFor(user, saved, options.batch[1] ?? ""),
      },
    }),
  };
  if (more.length > 0) {
    const [target = "", text = ""] = params;
    const lines: MessageLine[] = [{ text }, ...more];
    return new MultilineMessage({ source, command, target, lines, details });
  }
  if (command !== "JOIN") return new OutgoingLine(source, command, params, details);
  const fallback = { without: capabilityBits["extended-join"], params: params.slice(0, 1) };
  return new OutgoingLine(source, command, params, { ...details, fallback });
}
