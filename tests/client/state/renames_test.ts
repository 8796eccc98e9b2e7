/** Following a person to another nick. */

import { assertEquals } from "@std/assert";
import { receive } from "../../../lib/client/state/receive.ts";
import { accountOf, currentBuffer, ignoreMask, withPersonOf } from "../../../lib/client/state/renames.ts";
import type { State } from "../../../lib/client/state/state.ts";
import {
  emptyState,
  findBuffer,
  ignoredAccount,
  nicksByActivity,
  nicksTyping,
  withBuffer,
  withOpenBuffer,
  withoutConnection,
} from "../../../lib/client/state/state.ts";
import { parse } from "../../../lib/irc/message.ts";
import { sampleMessage } from "./sample_message.ts";

const inTea = [":bob!b@h JOIN #tea", ":srv 353 bob = #tea :ann bob cat", ":srv 366 bob #tea :End"];

function after(lines: readonly string[], start: State = emptyState("bob")): State {
  return lines.reduce((state, line) => {
    const message = parse(line);
    if (message === undefined) throw new Error(`Not a line: ${line}`);
    return receive(state, { message, at: 1000, history: false }).state;
  }, start);
}

function people(state: State): string[] {
  return [...state.buffers.values()].filter(({ kind }) => kind === "person").map(({ name }) => name);
}

Deno.test("NICK moves a conversation, those who wrote last and those who type", () => {
  const state = after([
    ...inTea,
    ":cat!c@h PRIVMSG #tea :first",
    ":ann!a@h PRIVMSG #tea :second",
    ":ann!a@h PRIVMSG bob :psst",
    "@+typing=active :ann!a@h TAGMSG bob",
    ":ann!a@h NICK anna",
  ]);
  const [channel, conversation] = [findBuffer(state, "#tea"), findBuffer(state, "anna")];
  assertEquals(people(state), ["anna"]);
  assertEquals(channel && nicksByActivity(channel), ["anna", "cat", "bob"]);
  assertEquals([...conversation?.recent ?? []], ["anna"]);
  assertEquals(conversation && nicksTyping(conversation, 1000), []);
});

Deno.test("NICK to the name of another conversation makes one of both, in any order", () => {
  for (const names of [["ann", "anna"], ["anna", "ann"]]) {
    const open = names.reduce(withOpenBuffer, after(inTea));
    const read = withBuffer(open, "anna", (buffer) => ({ ...buffer, readUpTo: 5 }));
    const state = after([":ann!a@h NICK anna"], read);
    assertEquals(people(state), ["anna"]);
    assertEquals(findBuffer(state, "anna")?.readUpTo, 5);
  }
});

Deno.test("NICK that changes only the case keeps the conversation", () => {
  const state = after([...inTea, ":ann!a@h PRIVMSG bob :psst", ":ann!a@h NICK ANN"]);
  assertEquals(people(state), ["ANN"]);
});

Deno.test("a person who takes a free nick gets a conversation of their own", () => {
  const state = after([
    ...inTea,
    ":ann!a@h PRIVMSG bob :psst",
    ":ann!a@h NICK anna",
    ":ann!x@h PRIVMSG bob :hi",
  ]);
  assertEquals(people(state), ["anna", "ann"]);
});

Deno.test("a message that was not sent follows the person", () => {
  const message = {
    key: "out-1",
    target: "Ann",
    manner: "message",
    text: "hi",
    at: 1,
    status: "unsent",
    reason: "offline",
    isUnsure: false,
    isShown: false,
  } as const;
  const state = after([":ann!a@h NICK anna"], { ...after(inTea), outgoing: [message] });
  assertEquals(state.outgoing, [{ ...message, target: "anna" }]);
});

Deno.test("an ignored person stays ignored under another nick, and the old nick is free for others", () => {
  const start = { ...after(inTea), ignored: new Set([ignoreMask("ann")]) };
  const renamed = after([":ann!a@h NICK anna", ":anna!a@h NICK Annie"], start);
  assertEquals([...renamed.ignored], ["annie!*@*"]);
  assertEquals(people(after([":annie!a@h PRIVMSG bob :me", ":ann!x@h PRIVMSG bob :hi"], renamed)), ["ann"]);
  assertEquals([...after([":annie!a@h QUIT"], renamed).ignored], ["ann!*@*"]);
  assertEquals([...after([":annie!a@h NICK ann"], renamed).ignored], ["ann!*@*"]);
  assertEquals([...withoutConnection(renamed).ignored].sort(), ["ann!*@*", "annie!*@*"]);
});

Deno.test("a mask that is no nick stays as it is", () => {
  const start = { ...after(inTea), ignored: new Set(["*!*@h"]) };
  assertEquals([...after([":ann!a@h NICK anna"], start).ignored], ["*!*@h"]);
});

/** Conversations with accounts; nobody is in a channel with us. */
function talking(...conversations: readonly (readonly [nick: string, account?: string])[]): State {
  const start: State = { ...emptyState("bob"), caps: new Set(["account-tag"]) };
  return conversations.reduce<State>((state, [nick, account]) => {
    const open = withOpenBuffer(state, nick);
    return account === undefined ? open : withBuffer(open, nick, (buffer) => ({ ...buffer, account }));
  }, start);
}

Deno.test("a conversation continues when its account writes under another nick", () => {
  const found = withPersonOf(talking(["ann", "ann"], ["anna"]), { nick: "anna", account: "Ann" });
  assertEquals([people(found.state), found.renamedFrom], [["anna"], "ann"]);
  assertEquals(findBuffer(found.state, "anna")?.account, "Ann");
});

Deno.test("a person who is here under both nicks has two conversations", () => {
  const state = after([":bob!b@h JOIN #tea", ":ann!a@h JOIN #tea"], talking(["ann", "ann"], ["anna"]));
  assertEquals(withPersonOf(state, { nick: "anna", account: "ann" }).renamedFrom, undefined);
});

Deno.test("another account, or none, under a known nick is another person", () => {
  const state = talking(["ann", "ann"]);
  assertEquals(withPersonOf(state, { nick: "ann" }).isOther, true);
  assertEquals(withPersonOf(state, { nick: "ann", account: "zed" }).isOther, true);
  assertEquals(withPersonOf(state, { nick: "ann", account: "ANN" }).isOther, undefined);
  assertEquals(withPersonOf(talking(["ann"]), { nick: "ann" }).isOther, undefined);
  assertEquals(findBuffer(withPersonOf(state, { nick: "ann" }).state, "ann")?.account, undefined);
});

Deno.test("an older message belongs to the conversation as it is called now", () => {
  const old = { ...sampleMessage, buffer: "ann", to: "bob", direct: true, at: 1 };
  const renamed = after([":ann!a@h NICK anna", ":anna!a@h NICK annie"], withOpenBuffer(after(inTea), "ann"));
  assertEquals(currentBuffer(renamed, old), "annie");
  assertEquals(currentBuffer(renamed, { ...old, buffer: "#tea" }), "#tea");
  assertEquals(currentBuffer(after([":zed!z@h PRIVMSG bob :hi", ":zed!z@h NICK ann"], renamed), old), "ann");
  const byAccount = { ...old, from: { nick: "ann", account: "Ann" } };
  assertEquals(currentBuffer(talking(["anna", "ann"]), byAccount), "anna");
  assertEquals(currentBuffer(talking(["anna", "zed"]), byAccount), "ann");
});

Deno.test("an ignored account stays ignored under every nick", () => {
  const start = after(["@account=Ann :ann!a@h JOIN #tea"], after([":bob!b@h JOIN #tea"]));
  assertEquals(accountOf(start, "ANN"), "Ann");
  const ignoring = { ...start, ignored: new Set([ignoredAccount("Ann")]) };
  assertEquals(
    people(after(["@account=ann :zed!z@h PRIVMSG bob :me", ":ann!x@h PRIVMSG bob :hi"], ignoring)),
    ["ann"],
  );
});
