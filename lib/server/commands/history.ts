/** CHATHISTORY: earlier messages (IRCv3 draft/chathistory, draft/event-playback). */
import { nextTurn } from "../../turns.ts";
import { firstStamp, parseMessageId, stampMs, stampTime } from "../../irc/stamp.ts";
import { personOf } from "../chat/person.ts";
import {
  allVisibleHistory,
  recordFilter,
  type VisibleHistory,
  visibleHistory,
} from "../chat/history_access.ts";
import type { ReadableStore } from "../chat/readable_store.ts";
import { fail, isRefusal } from "../chat/refusal.ts";
import type { Session } from "../chat/session.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { makeBatch, makeReplay, noteEmpty } from "../render/replay.ts";
import { fromServer } from "../render/sender.ts";
import type { StoredRecord } from "../store/block.ts";
import type { HistoryView } from "../store/history_reader.ts";
import type { TurnsOptions } from "../store/steps.ts";
import { type Bounds, type FoundRecords, latestDeletion, withDeletions } from "./history_deletions.ts";
import { parseTime } from "./time.ts";

/** The commands of this file. */
export const historyCommands: CommandTable = {
  CHATHISTORY: {
    usage: "<LATEST|BEFORE|AFTER|AROUND|BETWEEN|TARGETS> <target> <msgid=…|timestamp=…|*> [...] <limit>",
    help: "Shows earlier messages in a channel or with a user",
    run: chathistory,
  },
};

/** The number of conversations to read between two pauses; this takes about two milliseconds. */
const targetsAtOnce = 200;

/** A point in time as stamps: the records of this point are from `first` to `last`. */
interface Point {
  readonly first: number;
  readonly last: number;
}

/** One request. */
interface Query {
  readonly call: Call;
  readonly store: ReadableStore;
  readonly name: string;
  /** The parameters between the subcommand and the limit. */
  readonly words: readonly string[];
  readonly limit: number;
}

type Find = (query: Query, views: readonly HistoryView[], points: readonly Point[]) => Promise<FoundRecords>;

/** The number of points of each subcommand, and its search. */
const subcommands: Readonly<Record<string, { readonly points: number; readonly find: Find }>> = {
  LATEST: { points: 1, find: (query, views, [after]) => last(query, views, { after: after?.last }) },
  BEFORE: { points: 1, find: (query, views, [before]) => last(query, views, { before: before?.first }) },
  AFTER: { points: 1, find: (query, views, [after]) => first(query, views, { after: after?.last }) },
  AROUND: { points: 1, find: around },
  BETWEEN: { points: 2, find: between },
};

function chathistory(call: Call): Promise<void> {
  const { chat, session, params } = call;
  const name = (params[0] ?? "*").toUpperCase();
  const subcommand = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined;
  if (subcommand === undefined && name !== "TARGETS") refuse(call, "INVALID_PARAMS", "Unknown command");
  const wanted = subcommand === undefined ? 4 : 3 + subcommand.points;
  if (params.length < wanted) refuse(call, "INVALID_PARAMS", "Insufficient parameters");
  if (params.length > wanted) refuse(call, "INVALID_PARAMS", "Too many parameters");
  const limit = Number(params.at(-1));
  if (!Number.isSafeInteger(limit) || limit < 0) {
    refuse(call, "INVALID_PARAMS", params.at(-1) || "*", "Invalid limit");
  }
  const { store } = chat;
  if (store === undefined) {
    return refuse(call, "MESSAGE_ERROR", params[1] ?? "*", "This server stores no history");
  }
  const query = {
    call,
    store,
    name,
    words: params.slice(1, -1),
    limit: Math.min(limit, chat.settings.historyPage),
  };
  const failed = (error: unknown): never => {
    if (isRefusal(error)) throw error;
    chat.log("error", `Cannot read history for session ${session.id}: ${error}`);
    refuse(call, "MESSAGE_ERROR", params[1] ?? "*", "Messages could not be retrieved");
  };
  return (subcommand === undefined ? sendTargets(query) : sendMessages(query, subcommand.find)).catch(failed);
}

async function sendMessages(query: Query, find: Find): Promise<void> {
  const { call, store, words: [target = "", ...references] } = query;
  const { chat, session, user } = call;
  const points = references.flatMap((reference) => parsePoint(query, reference) ?? []);
  const viewsNow = () =>
    visibleHistory(chat, store, user, target) ??
      refuse(call, "INVALID_TARGET", target, "Messages could not be retrieved");
  const found = await find(query, viewsNow(), points);
  if (session.user !== user || session.isClosed) return;
  // During a long read the user can leave the channel.
  const views = viewsNow();
  const { records, keep, isEnd } = session.has("draft/message-redaction")
    ? withDeletions(found, store.deletions, views)
    : found;
  const { outgoing } = makeReplay(chat, session, records, {
    batch: ["chathistory", chat.channel(target)?.name ?? target],
    tag: isEnd ? "draft/chathistory-end" : undefined,
    keep,
  });
  session.answer(outgoing);
  noteEmpty(session, "CHATHISTORY", records.length);
}

/** The newest records inside the bounds. */
async function last(query: Query, views: readonly HistoryView[], bounds: Bounds): Promise<FoundRecords> {
  const records = await read(query, views, { ...bounds, limit: query.limit + 1, from: "end" });
  const isEnd = records.length <= query.limit;
  return { records: isEnd ? records : records.slice(1), keep: "end", isEnd, bounds };
}

/** The oldest records inside the bounds. */
async function first(query: Query, views: readonly HistoryView[], bounds: Bounds): Promise<FoundRecords> {
  const records = await read(query, views, { ...bounds, limit: query.limit + 1, from: "start" });
  const isEnd = records.length <= query.limit;
  return { records: records.slice(0, query.limit), keep: "start", isEnd, bounds };
}

/** Half of the records from before the point, half from the point on; if one side has fewer, the other gives more. */
async function around(
  query: Query,
  views: readonly HistoryView[],
  [point]: readonly Point[],
): Promise<FoundRecords> {
  const { limit } = query;
  const start = point?.first ?? 0;
  const before = await read(query, views, { before: start, limit, from: "end" });
  const from = await read(query, views, { after: start - 1, limit, from: "start" });
  const count = Math.min(before.length, Math.max(Math.floor(limit / 2), limit - from.length));
  const records = [...before.slice(before.length - count), ...from.slice(0, limit - count)];
  return { records, keep: count, isEnd: false };
}

/** Reads from the first point towards the second, which can be earlier. */
function between(
  query: Query,
  views: readonly HistoryView[],
  [one, other]: readonly Point[],
): Promise<FoundRecords> {
  const isForwards = (one?.first ?? 0) <= (other?.first ?? 0);
  if (isForwards) return first(query, views, { after: one?.last, before: other?.first });
  return last(query, views, { after: other?.last, before: one?.first });
}

function read(
  { call, store }: Query,
  views: readonly HistoryView[],
  range: Bounds & { limit: number; from: "start" | "end" },
): Promise<StoredRecord[]> {
  const { chat, session, user } = call;
  return store.history.readInSteps(views, {
    ...range,
    events: session.has("draft/event-playback"),
    isVisible: recordFilter(chat, user, session.profile.mask),
  }, turnsOf(session));
}

/** Undefined for "*", which is not a point. */
function parsePoint({ call, store, name, words }: Query, text: string): Point | undefined {
  if (text === "*" && name === "LATEST") return undefined;
  const [type = "", value = ""] = split(text);
  if (type === "timestamp") return present(store, parseTimestamp(call, text));
  if (type !== "msgid") {
    const code = text.includes("=") ? "INVALID_MSGREFTYPE" : "INVALID_PARAMS";
    return refuse(
      call,
      code,
      words[0] ?? "*",
      text || "*",
      "A message reference must be msgid= or timestamp=",
    );
  }
  const stamp = parseMessageId(value) ?? refuse(call, "INVALID_PARAMS", text, "Invalid msgid");
  return present(store, { first: stamp, last: stamp });
}

/** A client can know messages by the stamps that they had before they were moved to the present. */
function present({ history }: ReadableStore, { first, last }: Point): Point {
  if (first === last) return { first: history.presentStamp(first), last: history.presentStamp(last) };
  return { first: history.presentStamp(first - 1) + 1, last: history.presentStamp(last) };
}

function parseTimestamp(call: Call, text: string): Point {
  const [type, value = ""] = split(text);
  const ms = type === "timestamp" ? parseTime(value) : undefined;
  if (ms === undefined) return refuse(call, "INVALID_PARAMS", text || "*", "Invalid timestamp");
  return { first: firstStamp(ms), last: firstStamp(ms + 1) - 1 };
}

/**
 * Sends the conversations whose latest message, or latest deletion for clients that see deletions, is between two times.
 * A user with thousands of conversations is answered in parts.
 */
async function sendTargets({ call, store, words, limit }: Query): Promise<void> {
  const { chat, session, user } = call;
  const [one, other] = words.map((word) => parseTimestamp(call, word));
  const isForwards = (one?.first ?? 0) <= (other?.first ?? 0);
  const [after, before] = isForwards ? [one?.last, other?.first] : [other?.last, one?.first];
  const found: { name: string; stamp: number }[] = [];
  const isVisible = recordFilter(chat, user, session.profile.mask);
  const seesDeletions = session.has("draft/message-redaction");
  for (const [at, visible] of allVisibleHistory(chat, store, user).entries()) {
    if (at % targetsAtOnce === targetsAtOnce - 1) await nextTurn(personOf(session));
    if (session.isClosed) return;
    const said = await latest(store, visible, isVisible, turnsOf(session));
    const deleted = seesDeletions ? latestDeletion(store.deletions, visible.views, after ?? 0) : 0;
    // A conversation in which all messages are deleted matters only to a client that can still show some.
    if (said === undefined && (deleted === 0 || stampMs(after ?? 0) === 0)) continue;
    const stamp = Math.max(said ?? 0, deleted);
    if (stamp <= (after ?? 0) || stamp >= (before ?? Infinity)) continue;
    found.push({ name: visible.name, stamp });
  }
  found.sort((left, right) => left.stamp - right.stamp);
  const shown = isForwards ? found.slice(0, limit) : found.slice(Math.max(0, found.length - limit));
  session.answer(
    makeBatch(
      chat,
      session,
      "draft/chathistory-targets",
      (batch) =>
        shown.map(({ name, stamp }) =>
          fromServer(chat, "CHATHISTORY", ["TARGETS", name, stampTime(stamp)], { batch })
        ),
    ),
  );
  noteEmpty(session, "CHATHISTORY", shown.length);
}

async function latest(
  store: ReadableStore,
  { views }: VisibleHistory,
  isVisible: (saved: StoredRecord) => boolean,
  turns: TurnsOptions,
): Promise<number | undefined> {
  const range = { limit: 1, from: "end", events: false, isVisible } as const;
  const [newest] = await store.history.readInSteps(views, range, turns);
  return newest?.stamp;
}

/** A read ends when nobody waits for it any more. */
function turnsOf(session: Session): TurnsOptions {
  return { person: personOf(session), isStopped: () => session.isClosed };
}

function split(text: string): [type: string, value: string] {
  const at = text.indexOf("=");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function refuse({ params }: Call, code: string, ...contextAndText: string[]): never {
  fail("CHATHISTORY", code, (params[0] || "*").toUpperCase(), ...contextAndText);
}
