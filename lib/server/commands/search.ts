/**
 * SEARCH: searches all messages that the user can see (soju.im/search). The text has quotes and operators, as people
 * write them (irc/search_operators.ts); of clients that do not know them, they are what the person typed. The parameter
 * "has" is our own: the value of the capability tells clients of it.
 */
import { type ContentKind, contentKinds } from "../../irc/message_contents.ts";
import { escapeTagValue, unescapeTagValue } from "../../irc/message.ts";
import { fold, parseSource } from "../../irc/names.ts";
import { parseRecord } from "../../irc/record.ts";
import { parseDate } from "../../irc/search_dates.ts";
import { dateProblem, parseSearch } from "../../irc/search_operators.ts";
import { firstStamp } from "../../irc/stamp.ts";
import type { Chat } from "../chat/chat.ts";
import { personOf } from "../chat/person.ts";
import { allVisibleHistory, recordFilter, visibleHistory } from "../chat/history_access.ts";
import type { ReadableStore } from "../chat/readable_store.ts";
import { fail, isRefusal } from "../chat/refusal.ts";
import { hadNick, type User } from "../chat/user.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { makeReplay, noteEmpty } from "../render/replay.ts";
import { standardReply } from "../render/reply.ts";
import type { HistoryView } from "../store/history_reader.ts";
import type { SearchHit } from "../store/search_request.ts";
import { parseTime } from "./time.ts";

/** The commands of this file. */
export const searchCommands: CommandTable = {
  SEARCH: {
    minParams: 1,
    usage: "<words, or in=…;from=…;text=…;after=…;before=…;has=…;limit=…>",
    help:
      "Searches for messages. Quotes make a phrase, and the words can contain in:, from:, after:, before:, on: and " +
      "has:file, link, image, video or audio. With parameters, each is optional, and spaces are \\s",
    run: search,
  },
};

/** The parameters of a search. */
interface SearchParameters {
  readonly in?: string;
  readonly from?: string;
  readonly text?: string | undefined;
  readonly has?: readonly ContentKind[];
  /** Stamps; both are excluded. */
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

const defaultLimit = 50;

async function search(call: Call): Promise<void> {
  const { chat, session } = call;
  const wanted = parseWanted(call);
  const { store } = chat;
  if (store === undefined) fail("SEARCH", "INTERNAL_ERROR", "This server stores no history");
  try {
    await answer(call, store, wanted);
  } catch (error) {
    if (isRefusal(error)) throw error;
    chat.log("error", `Cannot search for session ${session.id}: ${error}`);
    fail("SEARCH", "INTERNAL_ERROR", "The server could not run the search");
  }
}

async function answer(
  { chat, session, user }: Call,
  store: ReadableStore,
  wanted: SearchParameters,
): Promise<void> {
  const { in: target, from: sender, text, has, after, before, limit } = wanted;
  const end = after === undefined ? "end" : "start";
  const views = visibleLogs(chat, store, user, target);
  const logs = new Map([...views].map(([log, { since }]) => [log, since]));
  const isShown = recordFilter(chat, user, session.profile.mask);
  const { senderAccount, formerNicks, isFrom } = senderNamed(chat, sender);
  let isCut = false;
  const found = limit === 0 ? [] : await store.search({
    logs,
    sender,
    formerNicks,
    senderAccount,
    text,
    has,
    after,
    before,
    limit,
    from: end,
    person: personOf(session),
    isStopped: () => session.isClosed,
    onCut: () => isCut = true,
    isVisible: (hit) => isIn(store, views, hit) && isShown(hit) && isFrom(hit),
  });
  if (session.user !== user || session.isClosed) return;
  // During the search the user can leave a channel.
  const current = visibleLogs(chat, store, user, target);
  const records = found.filter((hit) => isIn(store, current, hit));
  session.answer(makeReplay(chat, session, records, { batch: ["soju.im/search"], keep: end }).outgoing);
  if (isCut) {
    const sentence = "The search took too long and ended early, so older or newer matches can be missing: " +
      "use more words, or after: and before:";
    return standardReply(session, "WARN", "SEARCH", "INCOMPLETE", sentence);
  }
  noteEmpty(session, "SEARCH", records.length);
}

/**
 * The sender that a name means: everybody who had this nick, the account of the user with this nick or the account of
 * this name; and what a guest with this nick wrote under other nicks.
 */
function senderNamed(chat: Chat, name: string | undefined) {
  const holder = name === undefined ? undefined : chat.find(name);
  const found = holder === undefined && name !== undefined ? chat.accounts.find(name)?.name : holder?.account;
  if (holder === undefined || found !== undefined || holder.formerNicks.length === 0) {
    return { senderAccount: found, formerNicks: [], isFrom: () => true };
  }
  const isFrom = ({ record, stamp }: SearchHit) => {
    const nick = fold(parseSource(parseRecord(record)?.message.source ?? "").nick);
    return nick === holder.folded || hadNick(holder, nick, stamp);
  };
  return { senderAccount: undefined, formerNicks: holder.formerNicks.map(({ folded }) => folded), isFrom };
}

/** The logs with messages that the user can see, each with its view. */
function visibleLogs(
  chat: Chat,
  store: ReadableStore,
  user: User,
  target: string | undefined,
): Map<number, HistoryView> {
  const views = target === undefined
    ? allVisibleHistory(chat, store, user).flatMap((one) => one.views)
    : visibleHistory(chat, store, user, target) ??
      fail("SEARCH", "INVALID_PARAMS", "in", "You are not in that channel");
  return new Map(views.map((view) => [view.conversation * 2, view]));
}

function isIn(
  { history }: ReadableStore,
  views: ReadonlyMap<number, HistoryView>,
  { log, stamp }: SearchHit,
): boolean {
  const view = views.get(log);
  return view !== undefined && history.isOpen(view, stamp);
}

/** `in=#tea;text=two\swords`, values escaped as in message tags; or a text as people write it. */
function parseWanted(call: Call): SearchParameters {
  const { chat } = call;
  const [parameters, nowMs, maxLimit] = [call.params.join(" "), chat.now(), chat.settings.historyPage];
  const text = /=|^$/.test(parameters) ? parameters : `text=${escapeTagValue(parameters)}`;
  const wanted: { -readonly [K in keyof SearchParameters]: SearchParameters[K] } = {
    limit: Math.min(defaultLimit, maxLimit),
  };
  let written = "";
  for (const part of text.split(";").filter((one) => one !== "")) {
    const at = part.indexOf("=");
    const name = at < 0 ? part : part.slice(0, at);
    const value = at < 0 ? "" : unescapeTagValue(part.slice(at + 1));
    switch (name) {
      case "in":
      case "from":
        wanted[name] = value === "" ? refuse(name) : value;
        break;
      case "text":
        written = value;
        wanted.text = value;
        break;
      case "has":
        wanted.has = value.split(",").map((one) => contentKinds.find((kind) => kind === one) ?? refuse(name));
        break;
      case "after":
        wanted.after = firstStamp(timeOf(name, value, nowMs)) - 1;
        break;
      case "before":
        wanted.before = firstStamp(timeOf(name, value, nowMs) + 1);
        break;
      case "limit":
        wanted.limit = /^\d{1,9}$/.test(value) ? Math.min(Number(value), maxLimit) : refuse(name);
        break;
      default:
        refuseUnknown(name);
    }
  }
  return { ...wanted, ...writtenParameters(call, written, wanted) };
}

/** The operators in the text; a parameter that says the same is stronger, and of two times the narrower one holds. */
function writtenParameters(
  call: Call,
  written: string,
  wanted: SearchParameters,
): Partial<SearchParameters> {
  const { text, has, after, before, problem, ...names } = parseSearch(written, {
    nowMs: call.chat.now(),
    isUtc: true,
  });
  if (problem !== undefined) fail("SEARCH", "INVALID_PARAMS", "text", problem);
  const from = wanted.from ?? (names.from?.toLowerCase() === "me" ? call.user.nick : names.from);
  const target = wanted.in ?? (names.in === undefined ? undefined : channelMeant(call, names.in));
  const contents = [...wanted.has ?? [], ...has];
  const isOnlyOperators = written.trim() !== "" && text === "";
  return {
    ...(target !== undefined && { in: target }),
    ...(from !== undefined && { from }),
    ...(contents.length > 0 && { has: contents }),
    ...(after !== undefined && { after: Math.max(wanted.after ?? -1, firstStamp(after) - 1) }),
    ...(before !== undefined && { before: Math.min(wanted.before ?? Infinity, firstStamp(before + 1)) }),
    text: wanted.text === undefined || isOnlyOperators ? undefined : text,
  };
}

/** A time as server-time writes it, or a date as people write it; a day is meant from its first moment on. */
function timeOf(name: "after" | "before", value: string, nowMs: number): number {
  const exact = parseTime(value);
  if (exact !== undefined) return exact;
  const span = parseDate(value, { nowMs, isUtc: true }) ??
    fail("SEARCH", "INVALID_PARAMS", name, dateProblem(value));
  return name === "after" ? span.start : span.start - 1;
}

/** People leave out the "#" of a channel. */
function channelMeant({ chat, user }: Call, name: string): string {
  const isHere = chat.find(name) === undefined && chat.channel(`#${name}`)?.members.has(user);
  return isHere ? `#${name}` : name;
}

function refuse(name: string): never {
  fail("SEARCH", "INVALID_PARAMS", name, `Cannot read the value of "${name}"`);
}

function refuseUnknown(name: string): never {
  const context = name.trim().split(" ", 1)[0] || "*";
  const hint = 'SEARCH has in, from, text, after, before, has and limit; in a value, write ";" as "\\:"';
  fail("SEARCH", "INVALID_PARAMS", context, `There is no parameter "${context}": ${hint}`);
}
