/** SEARCH: looks for messages in all one may see (soju.im/search). */
import type { Call, CommandTable } from "../hub/command.ts";
import { fail, isRefusal } from "../hub/refusal.ts";
import { makeReplay } from "../hub/replay.ts";
import { allViews, viewsOf } from "../hub/view.ts";
import { unescapeTagValue } from "../irc/message.ts";
import { firstStamp } from "../irc/stamp.ts";
import type { Saved } from "../store/block.ts";
import type { View } from "../store/history.ts";
import type { Store } from "../store/store.ts";
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
  const { hub, session, user, params } = call;
  const wanted = parseWanted(params.join(" "), hub.settings.historyPage);
  const { store } = hub;
  if (store === undefined) fail("SEARCH", "INTERNAL_ERROR", "No history is kept here");
  try {
    await store.followed();
    // Much may have changed meanwhile, the user's channels too.
    if (session.user === user && !session.over) answer(call, store, wanted);
  } catch (error) {
    if (isRefusal(error)) throw error;
    hub.log("error", `Cannot search for session ${session.id}: ${error}`);
    fail("SEARCH", "INTERNAL_ERROR", "The search could not be run");
  }
}

function answer({ hub, session, user }: Call, store: Store, wanted: Wanted): void {
  const views = wanted.in === undefined
    ? allViews(hub, store, user).flatMap((one) => one.views)
    : viewsOf(hub, store, user, wanted.in) ??
      fail("SEARCH", "INVALID_PARAMS", "in", "You are not in that channel");
  const options = { batch: ["soju.im/search"], keep: wanted.after === undefined ? "end" : "start" } as const;
  session.answer(makeReplay(hub, session, user, find(store, views, wanted), options).told);
}

function find(
  store: Store,
  views: readonly View[],
  { from: sender, text, after, before, limit }: Wanted,
): Saved[] {
  if (views.length === 0 || limit === 0) return [];
  const begins = new Map(views.map((view) => [view.conversation, view.since]));
  return store.index.search({
    logs: views.map(({ conversation }) => conversation * 2),
    sender,
    text,
    after,
    before,
    limit,
    isFor: ({ log, stamp }) => stamp >= (begins.get(log / 2) ?? Infinity),
    from: after === undefined ? "end" : "start",
  });
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
