/** SEARCH: looks for messages in all one may see (soju.im/search). */
import { unescapeTagValue } from "../../irc/message.ts";
import { firstStamp } from "../../irc/stamp.ts";
import type { Chat } from "../chat/chat.ts";
import { allVisibleHistory, visibleHistory } from "../chat/history_access.ts";
import type { ReadableStore } from "../chat/readable_store.ts";
import { fail, isRefusal } from "../chat/refusal.ts";
import type { User } from "../chat/user.ts";
import type { Call, CommandTable } from "../hub/command.ts";
import { makeReplay } from "../render/replay.ts";
import type { SearchHit } from "../store/search.ts";
import { parseTime } from "./time.ts";

/** The rows of this topic. */
export const searchCommands: CommandTable = {
  SEARCH: {
    minParams: 1,
    usage: "<in=…;from=…;text=…;after=…;before=…;limit=…>",
    help: "Looks for messages; each of the parts may be left out",
    run: search,
  },
};

/** What is looked for. */
interface Wanted {
  readonly in?: string;
  readonly from?: string;
  readonly text?: string;
  /** Stamps, excluded themselves. */
  readonly after?: number;
  readonly before?: number;
  readonly limit: number;
}

const usualLimit = 50;
/** Words one search may look for. */
const maxWords = 16;

async function search(call: Call): Promise<void> {
  const { chat, session, params } = call;
  const wanted = parseWanted(params.join(" "), chat.settings.historyPage);
  const { store } = chat;
  if (store === undefined) fail("SEARCH", "INTERNAL_ERROR", "No history is kept here");
  try {
    await answer(call, store, wanted);
  } catch (error) {
    if (isRefusal(error)) throw error;
    chat.log("error", `Cannot search for session ${session.id}: ${error}`);
    fail("SEARCH", "INTERNAL_ERROR", "The search could not be run");
  }
}

async function answer({ chat, session, user }: Call, store: ReadableStore, wanted: Wanted): Promise<void> {
  const { in: place, from: sender, text, after, before, limit } = wanted;
  const end = after === undefined ? "end" : "start";
  const logs = visibleLogs(chat, store, user, place);
  const found = limit === 0 ? [] : await store.search({
    logs: [...logs.keys()],
    sender,
    text,
    after,
    before,
    limit,
    from: end,
    isFor: isIn(logs),
  });
  if (session.user !== user || session.over) return;
  // Much may have changed meanwhile, the user's channels too.
  const records = found.filter(isIn(visibleLogs(chat, store, user, place)));
  session.answer(makeReplay(chat, session, user, records, { batch: ["soju.im/search"], keep: end }).outgoing);
}

/** Logs of messages the user may see, and the stamp each begins with for it. */
function visibleLogs(
  chat: Chat,
  store: ReadableStore,
  user: User,
  place: string | undefined,
): Map<number, number> {
  const views = place === undefined
    ? allVisibleHistory(chat, store, user).flatMap((one) => one.views)
    : visibleHistory(chat, store, user, place) ??
      fail("SEARCH", "INVALID_PARAMS", "in", "You are not in that channel");
  return new Map(views.map(({ conversation, since }) => [conversation * 2, since]));
}

function isIn(logs: ReadonlyMap<number, number>): (hit: SearchHit) => boolean {
  return ({ log, stamp }) => stamp >= (logs.get(log) ?? Infinity);
}

/** `in=#tea;text=two\swords`, values escaped as in message tags. */
function parseWanted(text: string, maxLimit: number): Wanted {
  const wanted: { -readonly [K in keyof Wanted]: Wanted[K] } = { limit: Math.min(usualLimit, maxLimit) };
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
        wanted.text = value.split(/\s+/u, maxWords).join(" ");
        break;
      case "after":
        wanted.after = firstStamp(parseTime(value) ?? refuse(name)) - 1;
        break;
      case "before":
        wanted.before = firstStamp((parseTime(value) ?? refuse(name)) + 1);
        break;
      case "limit":
        wanted.limit = /^\d{1,9}$/.test(value) ? Math.min(Number(value), maxLimit) : refuse(name);
        break;
      default:
        refuse(name);
    }
  }
  return wanted;
}

function refuse(name: string): never {
  fail("SEARCH", "INVALID_PARAMS", name.split(" ", 1)[0] || "*", "Invalid parameters");
}
