import { assertEquals } from "@std/assert";
import { earlier, historyCaps, joinWithHistory } from "./channel_history.ts";
import { EmulatedTerminal } from "./emulated_terminal.ts";

Deno.test("history is between two separators, and another one is before the new messages", async () => {
  await using terminal = new EmulatedTerminal({ backlog: 2 });
  await joinWithHistory(terminal);
  assertEquals(await terminal.screen("last"), [
    "── last 2 messages in #tea ──",
    "11:10 ann: read",
    "── new ──",
    "11:20 ann: unread",
    "── end of history ──",
    "#tea> |",
  ]);
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :now");
  assertEquals(await terminal.screen("end of"), ["── end of history ──", "12:00 ann: now", "#tea> |"]);
});

Deno.test("a refused login is shown again after the history", async () => {
  const account = { name: "bob", password: "brown leaves" };
  await using terminal = new EmulatedTerminal({ backlog: 2, account });
  await terminal.screen();
  await terminal.wire.say(`:srv CAP * LS :sasl=PLAIN ${historyCaps}`, `:srv CAP * ACK :sasl ${historyCaps}`);
  await terminal.wire.say(":srv 904 bob :Wrong name or password");
  terminal.now += 60_000;
  await terminal.wire.say(":srv 001 bob :Hi", ":srv 376 bob :End", ":bob!b@h JOIN #tea");
  await terminal.wire.say(
    "@label=p2 :srv BATCH +x chathistory #tea",
    earlier(10, "a"),
    earlier(20, "b"),
    ":srv BATCH -x",
  );
  assertEquals(await terminal.screen("end of"), [
    "── end of history ──",
    "12:00 ! Cannot log in as bob: Wrong name or password",
    "#tea> |",
  ]);
});
