import { assert, assertEquals } from "@std/assert";
import { joinWithHistory, when } from "./channel_history.ts";
import { HistoryServer, type StoredMessage } from "../core/history_server.ts";
import { turn } from "../core/wired_client.ts";
import { EmulatedTerminal } from "./emulated_terminal.ts";

Deno.test("a key marks the channel as read, once; a refusal is not shown", async () => {
  await using terminal = new EmulatedTerminal({ backlog: 2 });
  await joinWithHistory(terminal);
  await terminal.wire.sent();
  await terminal.press("ab");
  const [line = "", ...others] = await terminal.wire.sent();
  const [, label = "", command = ""] = /^@label=(\S+) (.*)$/.exec(line) ?? [];
  assertEquals([command, ...others], [`MARKREAD #tea timestamp=${when(20)}`]);
  await terminal.wire.say(`@label=${label} :srv FAIL MARKREAD TEMPORARILY_UNAVAILABLE #tea :Not now`);
  assert(!(await terminal.screen()).join("\n").includes("Not now"));
});

Deno.test("others see when the person types a message or stops, but not a command", async () => {
  await using terminal = await new EmulatedTerminal({ typing: true }).enter();
  await terminal.press("/me");
  assertEquals(await terminal.wire.sent(), []);
  await terminal.press("\x15hel");
  await terminal.press("lo");
  await terminal.press("\x15");
  assertEquals(await terminal.wire.sent(), ["@+typing=active TAGMSG #tea", "@+typing=done TAGMSG #tea"]);
});

Deno.test("with --typing off others see nothing, until /typing on", async () => {
  await using terminal = await new EmulatedTerminal({ typing: false }).enter();
  await terminal.press("hello\x15");
  assertEquals(await terminal.wire.sent(), []);
  await terminal.press("/typing on\r");
  await terminal.press("hello");
  assertEquals(await terminal.wire.sent(), ["@+typing=active TAGMSG #tea"]);
});

Deno.test("messages missed without a connection ring once, and are unread until the person sees them", async () => {
  const messages: StoredMessage[] = [];
  const server = () => {
    const made = new HistoryServer({ messages });
    made.now = Date.parse(when(10));
    return made;
  };
  await using terminal = new EmulatedTerminal({ bell: true, backlog: 2, makeServer: server, delay: () => 0 });
  const enter = async () => {
    await turn();
    if (terminal.wire instanceof HistoryServer) await terminal.wire.welcome();
    for (let turns = 0; turns < 20; turns++) await turn();
  };
  const rings = () => terminal.written.split("\x07").length - 1;
  await enter();
  terminal.wire.abort();
  await turn();
  const at = Date.parse(when(20));
  messages.push({ target: "#tea", at, id: "m1", text: "bob: tea?" });
  messages.push({ target: "cat", at: at + 1, id: "m2", text: "psst" }, {
    target: "cat",
    at: at + 2,
    id: "m3",
  });
  await enter();
  assertEquals(rings(), 1);
  assertEquals(await terminal.screen("missed message in #tea"), [
    "── 1 missed message in #tea ──",
    "11:20 » ann: bob: tea?",
    "── end of history ──",
    "── 2 missed messages with cat ──",
    "11:20 cat → bob: psst",
    "11:20 cat → bob: m3",
    "── end of history ──",
    "Unread: cat 2",
    "#tea> |",
  ]);
  await terminal.press("/go cat\r");
  await terminal.press("x");
  assertEquals(await terminal.screen("── cat"), ["── cat ──", "cat> x|"]);
});
