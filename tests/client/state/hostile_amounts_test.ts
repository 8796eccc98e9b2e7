/** Very large amounts from a server stay bounded in the memory of the client, and cost no more than their length. */

import { cpuUsage } from "node:process";
import { assert, assertEquals } from "@std/assert";
import { parse } from "../../../lib/irc/message.ts";
import { Batches, isBatch, messagesOf } from "../../../lib/client/core/batches.ts";
import { receive } from "../../../lib/client/state/receive.ts";
import { emptyState, type State } from "../../../lib/client/state/state.ts";

function read(state: State, line: string): ReturnType<typeof receive> {
  const message = parse(line);
  assert(message !== undefined);
  return receive(state, { message, at: 0, history: false });
}

Deno.test("private messages of very many nicks are all shown, and do not open conversations without end", () => {
  let state = emptyState("ann");
  let said = 0;
  for (let number = 0; number < 3_000; number++) {
    const result = read(state, `:n${number}!u@h PRIVMSG ann :hello`);
    state = result.state;
    said += result.events.filter(({ kind }) => kind === "said").length;
  }
  assertEquals([said, state.buffers.size], [3_000, 2_000]);
});

Deno.test("floods of capabilities and tokens are cut off", () => {
  const words = Array.from({ length: 2_000 }, (_, at) => `word${at}=x`).join(" ");
  const offered = read(emptyState("ann"), `CAP * LS :${words}`).state.offered;
  assertEquals(offered.size, 500);
  let state = emptyState("ann");
  for (let line = 0; line < 50; line++) {
    const tokens = Array.from({ length: 20 }, (_, at) => `T${line * 20 + at}=x`).join(" ");
    state = read(state, `:srv 005 ann ${tokens} :are supported`).state;
  }
  assertEquals(state.isupport.size, 500);
});

Deno.test("the names of a channel with very many members are read in pieces, in linear time", () => {
  const timeOf = (lines: number): number => {
    let state = read(emptyState("ann"), ":ann!u@h JOIN #tea").state;
    const begun = cpuUsage();
    for (let line = 0; line < lines; line++) {
      const names = Array.from({ length: 50 }, (_, at) => `@n${line * 50 + at}`).join(" ");
      state = read(state, `:srv 353 ann = #tea :${names}`).state;
    }
    state = read(state, ":srv 366 ann #tea :End").state;
    const { user, system } = cpuUsage(begun);
    const members = [...state.buffers.values()][0]?.members;
    const last = lines * 50 - 1;
    assertEquals([members?.size, members?.get(`n${last}` as never)?.ranks], [lines * 50, "@"]);
    return (user + system) / 1000;
  };
  timeOf(100);
  // Without a new map for each name this needs a fifth of the limit.
  assert(timeOf(800) < 400);
});

Deno.test("batches inside each other a thousand times are dropped, not read without end", () => {
  const batches = new Batches();
  const add = (line: string) =>
    batches.add(parse(line) ?? { tags: new Map(), source: "", command: "", params: [] });
  // Each is put into the next one, so that only two are open at any time.
  add("@batch=b1 BATCH +b0 netsplit");
  add("@batch=b0 PRIVMSG #tea :lost in the depth");
  for (let at = 0; at < 1_000; at++) {
    add(`@batch=b${at + 2} BATCH +b${at + 1} netsplit`);
    add(`BATCH -b${at}`);
  }
  add("BATCH +b1001 netsplit");
  add("@batch=b1001 PRIVMSG #tea :here");
  add("BATCH -b1000");
  const last = add("BATCH -b1001");
  assert(last !== undefined && isBatch(last));
  assertEquals(messagesOf(last).at(0)?.params[1], "here");
});

Deno.test("batches that are never closed keep a bounded number of characters, also with long lines", () => {
  const batches = new Batches();
  const add = (line: string) =>
    batches.add(parse(line) ?? { tags: new Map(), source: "", command: "", params: [] });
  const text = "x".repeat(1024 * 1024);
  add("BATCH +open chathistory #tea");
  for (let line = 0; line < 40; line++) add(`@batch=open PRIVMSG #tea :${text}`);
  // The same characters count again after the end of a batch.
  add("BATCH +other chathistory #tea");
  add(`@batch=other PRIVMSG #tea :${text}`);
  const [open, other] = [add("BATCH -open"), add("BATCH -other")];
  assert(open !== undefined && isBatch(open) && other !== undefined && isBatch(other));
  assertEquals([open.items.length, open.dropped, other.items.length], [31, 9, 0]);
  add("BATCH +next chathistory #tea");
  add(`@batch=next PRIVMSG #tea :${text}`);
  const next = add("BATCH -next");
  assert(next !== undefined && isBatch(next));
  assertEquals(next.items.length, 1);
});
