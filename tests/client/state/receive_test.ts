import { assertEquals } from "@std/assert";
import { receive } from "../../../lib/client/state/receive.ts";
import type { State } from "../../../lib/client/state/state.ts";
import {
  emptyState,
  findBuffer,
  membersByRank,
  nicksByActivity,
  nicksTyping,
  withoutConnection,
} from "../../../lib/client/state/state.ts";
import { parse } from "../../../lib/irc/message.ts";
import { summary } from "../core/wired_client.ts";

/** The state after lines, and a summary of the events. */
function after(
  lines: readonly string[],
  start: State = emptyState("bob"),
): { state: State; events: string[] } {
  const events: string[] = [];
  let state = start;
  for (const line of lines) {
    const message = parse(line);
    if (message === undefined) throw new Error(`Not a line: ${line}`);
    const step = receive(state, { message, at: 1000, history: false });
    state = step.state;
    events.push(...step.events.map(summary));
  }
  return { state, events };
}

const welcome = [
  ":srv 001 bob :Welcome",
  ":srv 005 bob PREFIX=(qaohv)~&@%+ CHANTYPES=# CHANMODES=beI,k,l,imnst NETWORK=A\\x20B :are supported",
  ":srv 376 bob :End",
];
const inTea = [
  ...welcome,
  ":bob!b@h JOIN #tea",
  ":srv 332 bob #tea :green tea",
  ":srv 353 bob = #tea :@ann bob",
  ":srv 353 bob = #tea :+cat!c@h",
  ":srv 366 bob #tea :End",
];

/** Members as "@ann +cat bob". */
function members(state: State, channel: string): string {
  const buffer = findBuffer(state, channel);
  return buffer === undefined
    ? "-"
    : membersByRank(state, buffer).map(({ ranks, nick }) => ranks + nick).join(" ");
}

Deno.test("receive() reads the properties of the server", () => {
  const { state, events } = after([...welcome, ":srv 005 bob -NETWORK X=1 :are supported"]);
  assertEquals([state.registered, state.nick, state.network], [true, "bob", "A B"]);
  assertEquals([state.isupport.has("NETWORK"), state.isupport.get("X")], [false, "1"]);
  assertEquals(events, []);
});

Deno.test("receive() hides the counts of users during the registration, and shows the message of the day", () => {
  const { events } = after([
    ":srv 001 bob :Hi",
    ":srv 251 bob :There are 3",
    ":srv 372 bob :- Be kind",
    ":srv 376 bob :",
  ]);
  assertEquals(events, ["notice: Be kind"]);
  assertEquals(after([...welcome, ":srv 251 bob :There are 3"]).events, ["notice: There are 3"]);
});

Deno.test("receive() shows help without its subject, and a notice of an operator with its author", () => {
  const { events } = after([
    ...welcome,
    ":srv 704 bob KICK :KICK <channel> <nick>",
    ":srv 705 bob KICK :Removes people from a channel",
    ":srv 706 bob KICK :End of help",
    ":ann!a@h WALLOPS :tea is ready",
  ]);
  assertEquals(events, [
    "notice: KICK <channel> <nick>",
    "notice: Removes people from a channel",
    "notice: End of help",
    "notice: Notice from ann: tea is ready",
  ]);
});

Deno.test("receive() reads the members of a channel and their ranks", () => {
  const { state, events } = after(inTea);
  assertEquals(members(state, "#TEA"), "@ann +cat bob");
  assertEquals(findBuffer(state, "#tea")?.topic, "green tea");
  assertEquals(events, ["joined #tea bob", "topic #tea: green tea", "members"]);
});

const changes: readonly (readonly [line: string, members: string, event: string | undefined])[] = [
  [":dora!d@h JOIN #tea", "@ann +cat bob dora", "joined #tea dora"],
  [":dora!d@h JOIN #tea dacc :Dora", "@ann +cat bob dora", "joined #tea dora"],
  [":cat!c@h PART #tea :bye", "@ann bob", "parted #tea cat"],
  [":cat!c@h QUIT :bye", "@ann bob", "quit cat from #tea"],
  [":ann!a@h KICK #tea cat :out", "@ann bob", "kicked #tea cat"],
  [":ann!a@h KICK #tea bob", "", "kicked #tea bob"],
  [":bob!b@h PART #tea", "", "parted #tea bob"],
  [":cat!c@h NICK kat", "@ann +kat bob", "renamed cat to kat in #tea"],
  [":ann!a@h MODE #tea +o-v cat cat", "@ann @cat bob", "mode #tea +o cat -v cat"],
  [":ann!a@h MODE #tea +ohv bob bob bob", "@ann @%+bob +cat", "mode #tea +o bob +h bob +v bob"],
  [":ann!a@h MODE #tea +mb-l+k *!*@x key", "@ann +cat bob", "mode #tea +m +b *!*@x -l +k key"],
  [":ann!a@h MODE #tea", "@ann +cat bob", "mode #tea "],
  [":bob!b@h MODE bob +i", "@ann +cat bob", undefined],
  [":ann!a@h TOPIC #tea :black tea", "@ann +cat bob", "topic #tea: black tea"],
  [":x!x@h JOIN #den", "@ann +cat bob", "joined #den x"],
  [":srv 353 bob = #den :@x y", "@ann +cat bob", undefined],
];

for (const [line, now, event] of changes) {
  Deno.test(`receive() reads ${line}`, () => {
    const before = after(inTea).state;
    const { state, events } = after([line], before);
    assertEquals(members(state, "#tea"), now);
    assertEquals(events, event === undefined ? [] : [event]);
    assertEquals(members(before, "#tea"), "@ann +cat bob");
    assertEquals(findBuffer(state, "#den"), undefined);
  });
}

const messages: readonly (readonly [line: string, event: string | undefined])[] = [
  [":ann!a@h PRIVMSG #tea :hello", "#tea ann message: hello"],
  [":ann!a@h PRIVMSG #tea :hello Bob!", "#tea ann (mention) message: hello Bob!"],
  [":ann!a@h PRIVMSG bob :psst", "ann ann message: psst"],
  [":bob!b@h PRIVMSG ann :psst", "ann bob (own) message: psst"],
  [":ann!a@h PRIVMSG @#tea :ops", "#tea ann message: ops"],
  [":ann!a@h PRIVMSG #tea :\x01ACTION waves\x01", "#tea ann action: waves"],
  [":ann!a@h PRIVMSG #tea :\x01ACTION waves", "#tea ann action: waves"],
  [":ann!a@h PRIVMSG bob :\x01VERSION\x01", undefined],
  [":ann!a@h PRIVMSG bob :\x01DCC SEND x\x01", undefined],
  [":ann!a@h NOTICE #tea :note", "#tea ann notice: note"],
  [":irc.example NOTICE bob :from the server", "notice: from the server"],
  ["NOTICE * :looking up", "notice: looking up"],
  [":loud!l@h PRIVMSG #tea :spam", undefined],
  [":ann!a@h PRIVMSG", "ann ann message: "],
  [":srv FAIL JOIN NO_ROOM #x :No such room", "refused NO_ROOM: No such room (JOIN)"],
  [":srv NOTE * INFO :All is well", "notice: All is well"],
  [":srv 404 bob #tea :Cannot send to channel (+m)", "refused ERR_CANNOTSENDTOCHAN: Cannot send to #tea"],
  [":srv 404 bob #tea :You are muted", "refused ERR_CANNOTSENDTOCHAN: Cannot send to #tea: You are muted"],
  [
    ":srv 475 bob #tea :Cannot join channel (+k)",
    "refused ERR_BADCHANNELKEY: Cannot join #tea: it needs a key, as in /join #tea KEY",
  ],
  [":srv 499 bob $& :odd words", "refused 499: $&: odd words"],
  [":srv 401 bob $& :No such nick", "refused ERR_NOSUCHNICK: There is nobody called $& here"],
];

for (const [line, event] of messages) {
  Deno.test(`receive() reads ${JSON.stringify(line)}`, () => {
    const start = { ...after(inTea).state, ignored: new Set(["loud!*@*"]) };
    assertEquals(after([line], start).events, event === undefined ? [] : [event]);
  });
}

Deno.test("a private message opens a conversation, which continues under a new nick", () => {
  const { state } = after([...inTea, ":ann!a@h PRIVMSG bob :psst", ":ann!a@h NICK anna"]);
  assertEquals([...state.buffers.values()].map(({ name, kind }) => `${kind} ${name}`), [
    "channel #tea",
    "person anna",
  ]);
  assertEquals(state.lastSender, "anna");
});

Deno.test("nicksByActivity() begins with the people who wrote last", () => {
  const { state } = after([
    ...inTea,
    ":cat!c@h PRIVMSG #tea :a",
    ":ann!a@h PRIVMSG #tea :b",
    ":cat!c@h PRIVMSG #tea :c",
  ]);
  const channel = findBuffer(state, "#tea");
  assertEquals(channel && nicksByActivity(channel), ["cat", "ann", "bob"]);
});

Deno.test("typing expires after six seconds, ends with a message, and is never our own", () => {
  const typing = (who: string, how: string) => `@+typing=${how} :${who}!x@h TAGMSG #tea`;
  const { state } = after([
    ...inTea,
    typing("ann", "active"),
    typing("cat", "paused"),
    typing("bob", "active"),
  ]);
  const channel = findBuffer(state, "#tea");
  assertEquals(channel && nicksTyping(channel, 2000), ["ann", "cat"]);
  assertEquals(channel && nicksTyping(channel, 8000), ["cat"]);
  const later = findBuffer(after([":ann!a@h PRIVMSG #tea :hi", typing("cat", "done")], state).state, "#tea");
  assertEquals(later && nicksTyping(later, 2000), []);
});

Deno.test("a nick can be __proto__", () => {
  const { state, events } = after([
    ...inTea,
    ":__proto__!x@h JOIN #tea",
    ":constructor!x@h PRIVMSG bob :hi",
    ":s toString x",
  ]);
  assertEquals(members(state, "#tea"), "@ann +cat __proto__ bob");
  assertEquals(events.at(-1), "constructor constructor message: hi");
});

Deno.test("a private notice names its channel under either tag, when its author is there with us", () => {
  const context = (tags: string, nick = "ann") => {
    const message = parse(`@${tags} :${nick}!a@h NOTICE bob :help`);
    if (message === undefined) throw new Error("not a line");
    const [event] = receive(after(inTea).state, { message, at: 1, history: false }).events;
    return event?.kind === "said" ? event.context : "-";
  };
  assertEquals(["+channel-context=#TEA", "+draft/channel-context=#tea"].map((tags) => context(tags)), [
    "#tea",
    "#tea",
  ]);
  assertEquals([context("+channel-context=#den"), context("+channel-context=tea"), context("x=y")], [
    undefined,
    undefined,
    undefined,
  ]);
  assertEquals(context("+channel-context=#tea", "dan"), undefined);
});

Deno.test("receive() knows our own messages of the history by the account, whatever nick we had", () => {
  const state: State = { ...emptyState("ann"), account: "ann" };
  const line = "@account=ann;msgid=1 :anna!a@h PRIVMSG bob :hello";
  const event = (text: string, history: boolean) => {
    const message = parse(text);
    const [first] = message === undefined ? [] : receive(state, { message, at: 1000, history }).events;
    return first !== undefined && "own" in first && [first.own, "buffer" in first && first.buffer];
  };
  assertEquals(event(line, true), [true, "bob"]);
  assertEquals(event("@account=bob :bob!b@h PRIVMSG ann :hi", true), [false, "bob"]);
  // Another client of the same account, on a server where both have a nick of their own.
  assertEquals(event("@account=ann :anna!a@h PRIVMSG ann :hi", true), [false, "anna"]);
  assertEquals(event("@account=ann :anna!a@h PRIVMSG #tea :hi", false), [false, "#tea"]);
});

Deno.test("receive() takes no nick for the reason of a KICK", () => {
  const reasons = ["out", "ann", "cat", ""].map((reason) => {
    const message = parse(`:ann!a@h KICK #tea cat :${reason}`);
    const [event] = message === undefined
      ? []
      : receive(emptyState("bob"), { message, at: 0, history: false }).events;
    return event?.kind === "kicked" ? event.reason : undefined;
  });
  assertEquals(reasons, ["out", "", "", ""]);
});

Deno.test("a missed message calls us by the nick that we had before the connection was lost", () => {
  const state = { ...withoutConnection(after(inTea).state), nick: "bob_" };
  const message = parse(":ann!a@h PRIVMSG #tea :bob: tea?");
  const calls = message &&
    [true, false].map((history) =>
      receive(state, { message, at: 1, history }).events.map((event) =>
        event.kind === "said" && event.mention
      )
    );
  assertEquals(calls, [[true], [false]]);
});
