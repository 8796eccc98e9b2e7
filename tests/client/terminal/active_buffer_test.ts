import { assertEquals } from "@std/assert";
import { EmulatedTerminal } from "./emulated_terminal.ts";

Deno.test("a line from another buffer names its buffer", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("/join #den\r");
  await terminal.wire.say(
    ":bob!b@h JOIN #den",
    ":ann!a@h PRIVMSG #tea :in tea",
    ":ann!a@h PRIVMSG bob :psst",
  );
  await terminal.press("/msg cat hi\r");
  await terminal.wire.say(":bob!b@h PRIVMSG cat :hi");
  assertEquals(await terminal.screen("──"), [
    "── #den ──",
    "12:00 → bob joined #den",
    "12:00 #tea ann: in tea",
    "12:00 ann → bob: psst",
    "12:00 bob → cat: hi",
    "Unread: ann 1",
    "#den> |",
  ]);
});

Deno.test("leaving the active channel activates another", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("/join #den\r");
  await terminal.wire.say(":bob!b@h JOIN #den", ":bob!b@h PART #den");
  assertEquals(await terminal.screen("left"), ["12:00 ← bob left #den", "── #tea ──", "#tea> |"]);
  await terminal.press("/part\r");
  await terminal.wire.say(":bob!b@h PART #tea");
  assertEquals(await terminal.screen("left #tea"), ["12:00 ← bob left #tea", "parley> |"]);
});

Deno.test("a text that a person types stays in its channel, whatever another device does", async () => {
  await using terminal = new EmulatedTerminal({ columns: 90 });
  // The other device is in #den already.
  await terminal.wire.say(
    ":srv 001 bob :Hi",
    ":srv 376 bob :End",
    ":bob!b@h JOIN #den",
    ":bob!b@h JOIN #tea",
  );
  await terminal.press("for tea");
  await terminal.wire.say(":bob!b@h JOIN #jam");
  assertEquals((await terminal.screen()).at(-1), "#tea> for tea|");
  await terminal.wire.say(":ann!a@h KICK #tea bob :hush");
  await terminal.wire.sent();
  await terminal.press("\r");
  assertEquals((await terminal.screen("any more")).slice(-2), [
    "12:00 ! You are not in #tea any more: Ctrl-X shows another channel",
    "parley> for tea|",
  ]);
  await terminal.wire.say(":bob!b@h JOIN #pie", ":bob!b@h JOIN #tea");
  await terminal.press("\r");
  assertEquals((await terminal.wire.sent()).at(0), "PRIVMSG #tea :for tea");
});

Deno.test("a channel of another device is shown when the own channel refuses us", async () => {
  await using terminal = new EmulatedTerminal();
  await terminal.wire.say(":srv 001 bob :Hi", ":srv 376 bob :End", ":bob!b@h JOIN #den");
  assertEquals((await terminal.screen()).at(-1), "parley> |");
  await terminal.wire.say(":srv 474 bob #tea :Banned");
  assertEquals((await terminal.screen()).at(-1), "#den> |");
});
