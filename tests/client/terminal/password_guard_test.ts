import { assertEquals } from "@std/assert";
import { EmulatedTerminal } from "./emulated_terminal.ts";

for (const command of ["/register", "/passwd", "/regsiter", "/reg", "/login ann my-own"]) {
  Deno.test(`text after a refused ${command} is not sent, shown or remembered`, async () => {
    await using terminal = await new EmulatedTerminal({ columns: 100 }).enter("echo-message message-tags");
    await terminal.press(`${command}\rgreen leaves\rgreen leaves\r`);
    assertEquals((await terminal.screen("Send the hidden")).length, 1);
    await terminal.press("green leaves\r\r\x10");
    assertEquals(await terminal.screen("#tea>"), [
      `#tea> (${command === "/regsiter" ? "no such " : ""}command) ${command}|`,
    ]);
    assertEquals([await terminal.wire.sent(), terminal.written.includes("leaves")], [[], false]);
  });
}

Deno.test("hidden text is sent when the person says yes", async () => {
  await using terminal = await new EmulatedTerminal({ columns: 100 }).enter("echo-message");
  await terminal.press("/register\rhello\r");
  assertEquals(await terminal.wire.sent(), []);
  await terminal.press("yes\r");
  assertEquals(await terminal.wire.sent(), ["PRIVMSG #tea :hello"]);
});

Deno.test("C-c deletes hidden text, and text after a pause is sent", async () => {
  await using terminal = await new EmulatedTerminal({ columns: 100 }).enter("echo-message");
  await terminal.press("/register\rgreen leaves\r\x03hello\r");
  await terminal.press("/register\r");
  await terminal.screen();
  await terminal.press("again\r");
  assertEquals(await terminal.wire.sent(), ["PRIVMSG #tea :hello", "PRIVMSG #tea :again"]);
});
