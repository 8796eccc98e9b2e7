/** Pasted text in the terminal: sent and shown as it is. */

import { assertEquals } from "@std/assert";
import { pastedText } from "../../../lib/client/slash/paste.ts";
import { EmulatedTerminal } from "./emulated_terminal.ts";

const batching = "echo-message message-tags batch draft/multiline";

async function paste(terminal: EmulatedTerminal, text: string): Promise<void> {
  // A terminal gives a paste in pieces that end anywhere.
  const bytes = `\x1b[200~${text}\x1b[201~`;
  for (let at = 0; at < bytes.length; at += 7) await terminal.press(bytes.slice(at, at + 7));
}

Deno.test("a pasted piece of code is sent with its tabs, its spaces and its empty lines", async () => {
  await using terminal = await new EmulatedTerminal().enter(batching);
  await paste(terminal, "\tif (tea) {\r\n\t\tpour();  \r\n\r\n\t}  \r\n");
  assertEquals(
    await terminal.screen("4 lines"),
    [
      "4 lines: Enter sends one message, Ctrl-C deletes the text",
      "#tea>   if (tea) {",
      "        pour();  ",
      "",
      "    }  |",
    ].map((row) => row),
  );
  await terminal.press("\r");
  const lines = (await terminal.wire.sent()).filter((line) => line.includes("PRIVMSG"));
  assertEquals(lines.map((line) => line.replace(/^.* PRIVMSG #tea :/, "")), [
    "\tif (tea) {",
    "\t\tpour();  ",
    "",
    "\t}  ",
  ]);
});

Deno.test("tabs of others are shown as columns", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :a\tb\t\tc", ":ann!a@h PRIVMSG #tea :\tindented");
  assertEquals((await terminal.screen("ann: a")).slice(0, 2), [
    "12:00 ann: a  b       c",
    "12:00 ann:    indented",
  ]);
});

Deno.test("a pasted text that begins with a slash is sent as text, and a hint says so", async () => {
  for (const text of ["/quit now", "// a comment", "  // indented", "/me\tis text\nin two lines", "/"]) {
    await using terminal = await new EmulatedTerminal().enter(batching);
    await paste(terminal, text);
    assertEquals((await terminal.screen("The pasted text begins")).length > 1, true);
    await terminal.press("\r");
    const lines = (await terminal.wire.sent()).filter((line) => line.includes("PRIVMSG"));
    assertEquals(lines.map((line) => line.replace(/^.*PRIVMSG #tea :/, "")).join("\n"), text);
  }
});

Deno.test("a paste inside a line, into a question, or with a password is left as it is", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("see ");
  await paste(terminal, "/etc");
  assertEquals(await terminal.screen("#tea>"), ["#tea> see /etc|"]);
  for (const text of ["/login ann secret", "/register secret", "/quote OWNER 1234", "/oper me secret"]) {
    assertEquals(pastedText(text), text);
  }
});

Deno.test("a hint that is wider than the terminal is broken between words", async () => {
  await using terminal = await new EmulatedTerminal({ columns: 40 }).enter();
  await paste(terminal, "/etc");
  assertEquals(await terminal.screen("The pasted"), [
    'The pasted text begins with "/" and is',
    "  sent as text: for a command, delete",
    '  one "/"',
    "#tea> //etc|",
  ]);
});

Deno.test("a paste into a search is searched", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("green tea\rblack tea\r\x12");
  await paste(terminal, "green");
  assertEquals(await terminal.screen("search>"), ["search> green: green tea|"]);
});
