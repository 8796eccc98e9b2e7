/** Messages at the terminal that the server has not confirmed. */

import { assertEquals } from "@std/assert";
import { turn } from "../core/wired_client.ts";
import { EmulatedTerminal } from "./emulated_terminal.ts";

Deno.test("words that the server refuses return to the line, or stay until /retry when the line is in use", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  const refusal = ":srv 404 bob #tea :Cannot send to channel (+m)";
  await terminal.press("/etc is full\x01/\x05\r");
  await terminal.wire.say(refusal);
  assertEquals((await terminal.screen("Cannot send")).slice(1), ["#tea> //etc is full|"]);
  await terminal.press("\x15hello\rnext");
  await terminal.wire.say(refusal);
  assertEquals((await terminal.screen("Not sent")).slice(0, 3), [
    "12:00 ! Not sent to #tea: hello (Cannot send to #tea)",
    "1 message is not sent: /retry sends it, /discard deletes it",
    "#tea> next|",
  ]);
  await terminal.press("\x15/retry\r");
  assertEquals((await terminal.wire.sent()).at(-1), "PRIVMSG #tea :hello");
  await terminal.wire.say(":bob!b@h PRIVMSG #tea :hello");
  assertEquals(await terminal.screen("bob: hello"), ["12:00 bob: hello", "#tea> |"]);
});

Deno.test("the terminal UI prints unsent messages when it ends, and the text in the line", async () => {
  const terminal = await new EmulatedTerminal().enter();
  terminal.wire.abort();
  await turn();
  await terminal.press("first\rhalf a thou");
  await terminal[Symbol.asyncDispose]();
  assertEquals((await terminal.screen("Not sent")).slice(0, 2), [
    "12:00 ! Not sent to #tea: first",
    "12:00 ! Not sent: half a thou",
  ]);
});
