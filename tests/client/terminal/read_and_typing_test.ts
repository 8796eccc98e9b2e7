import { assert, assertEquals } from "@std/assert";
import { joinWithHistory, when } from "./channel_history.ts";
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
