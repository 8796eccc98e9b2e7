/** The cost of a line: the table of the model. */
import { assertEquals } from "@std/assert";
import type { Line } from "../../../lib/irc/lines.ts";
import { costOf, type Payer } from "../../../lib/server/hub/line_cost.ts";

/** The state that costs depend on; a test changes the parts it needs. */
interface State {
  readonly plainLines?: number;
  /** Lines of the open batch. */
  readonly batchLines?: number;
  readonly channels?: number;
  readonly firstJoins?: number;
}

function payer({ plainLines = 5, batchLines, channels = 0 }: State): Payer {
  const state = {
    chat: { settings: { plainLines } },
    batch: batchLines === undefined ? undefined : { lines: Array(batchLines).fill({ text: "" }) },
    user: { channels: new Map(Array.from({ length: channels }, (_, at) => [at, at])) },
  };
  // A cost depends on nothing else of the chat.
  return state as unknown as Payer;
}

const list = (count: number) => Array.from({ length: count }, (_, at) => `#c${at}`).join();
const inBatch = "@batch=1 PRIVMSG #tea :";
const concat = "@batch=1;draft/multiline-concat PRIVMSG #tea :";

const costs: readonly (readonly [line: Line, cost: number, state?: State])[] = [
  // One line to one reader.
  ["PRIVMSG #tea :hello", 1],
  ["PRIVMSG #tea :" + "x".repeat(480), 1],
  ["PRIVMSG ann :\x02\x03\x0f", 1],
  ["NOTICE ann :to oneself too", 1],
  ["TOPIC #tea :new", 1],
  ["MODE #tea +ooo a b c", 1],
  ["INVITE bob #tea", 1],
  ["WHO *", 1],
  ["LIST", 1],
  ["HELP", 1],
  ["CAP LS 302", 1],
  ["AUTHENTICATE PLAIN", 1],
  ["MONITOR + a,b,c", 1],
  ["WHOIS a,b", 1],
  ["", 1],
  [":", 1],
  [{ fault: "too long" }, 1],
  // Readers get a long line in pieces, and tags are bytes too.
  ["PRIVMSG #tea :" + "x".repeat(3_986), 10],
  ["PRIVMSG #tea :" + "\u00e9".repeat(1_500), 8],
  ["PRIVMSG #tea :" + "\u4e2d".repeat(160), 1],
  ["@+x=" + "y".repeat(4_000) + " TAGMSG #tea", 11],
  ["@+typing=active TAGMSG #tea", 1],
  // Each target gets it.
  ["PRIVMSG a,b,c :hello", 3],
  // Targets beyond TARGMAX get nothing.
  [`PRIVMSG ${list(100)} :hello`, 8],
  [`KICK #tea ${list(30)}`, 8],
  ["privmsg a,b,c :hello", 3],
  ["@a=b :src PRIVMSG  a,b :hello", 2],
  [" PRIVMSG a,b :hello", 2],
  ["@+typing=active TAGMSG a,b,c,d", 4],
  ["PRIVMSG a,b :" + "x".repeat(3_980), 20],
  ["PART #a,#b,#c :bye", 3],
  ["PART :#a,#b,#c", 3],
  ["KICK #tea a,b,c :out", 3],
  ["KICK #a,#b,#c a,b,c :out", 3],
  // A client joins its channels at once, and nobody joins and leaves all day.
  ["JOIN #tea", 1],
  [`JOIN ${list(100)}`, 4],
  [`JOIN :${list(100)}`, 4],
  [`JOIN ${list(100)}`, 100, { firstJoins: 0 }],
  ["JOIN #tea", 1, { firstJoins: 0 }],
  ["JOIN 0", 30, { channels: 30 }],
  // It is recorded in each channel of the user.
  ["NICK ann", 1],
  ["NICK ann", 11, { channels: 100 }],
  ["AWAY :out", 11, { channels: 100 }],
  ["SETNAME :Ann", 11, { channels: 100 }],
  // A client asks for these once for each conversation.
  ["MARKREAD #tea", 0.1],
  ["MARKREAD #tea timestamp=2026-01-01T00:00:00Z", 1],
  ["CHATHISTORY LATEST #tea * 50", 0.1],
  ["CHATHISTORY LATEST #tea * 500", 1],
  ["CHATHISTORY LATEST #tea * 100000", 1],
  ["CHATHISTORY LATEST #tea * 50 1", 1],
  // Readers without draft/multiline get five lines of a message, and one that its end pays for.
  ["BATCH +1 draft/multiline #tea", 1],
  [inBatch + "hello", 1, { batchLines: 0 }],
  [inBatch + "hello", 1, { batchLines: 4 }],
  [inBatch + "hello", 0.1, { batchLines: 5 }],
  [inBatch + "x".repeat(3_970), 1 + 0.9, { batchLines: 4 }],
  [inBatch + "x".repeat(3_970), 1, { batchLines: 400 }],
  [concat + "hello", 1, { batchLines: 9 }],
  [concat + "hello", 0.1, { batchLines: 10 }],
  [inBatch + "hello", 1, { batchLines: 400, plainLines: 0 }],
  ["BATCH -1", 1, { batchLines: 500 }],
  // Only messages belong to a batch.
  ["@batch=1 WHOIS ann", 1, { batchLines: 5 }],
  [inBatch + "hello", 1],
];

Deno.test("a line costs what readers receive from it and what the server does for it", () => {
  for (const [line, cost, state = {}] of costs) {
    let { firstJoins = 100 } = state;
    const found = costOf(payer(state), line, () => firstJoins-- > 0).cost;
    const start = typeof line === "string" ? line.slice(0, 40) : line;
    assertEquals([start, state, Math.round(found * 1000) / 1000], [
      start,
      state,
      Math.round(cost * 1000) / 1000,
    ]);
  }
});

Deno.test("an open message of several lines never waits, because it has a deadline", () => {
  for (const line of [inBatch + "hello", "BATCH -1"]) {
    assertEquals(costOf(payer({ batchLines: 3 }), line, () => false).isInBatch, true);
    assertEquals(costOf(payer({}), line, () => false).isInBatch, undefined);
  }
});
