import { assertEquals, assertMatch, assertRejects, assertStringIncludes } from "@std/assert";
import { ActionError } from "../../../lib/client/state/action_error.ts";
import { NewServerEnd, turn, WiredClient } from "../core/wired_client.ts";
import { EmulatedTerminal } from "./emulated_terminal.ts";

Deno.test("a wrong password is asked again, after a refused name", async () => {
  const account = { name: "bob", password: "brown leaves" };
  await using terminal = new EmulatedTerminal({ account, asksPassword: true });
  await terminal.screen();
  await terminal.wire.say(":srv CAP * LS :sasl=PLAIN", ":srv CAP * ACK :sasl", "AUTHENTICATE +");
  await terminal.wire.say(":srv 433 * bob :Taken", ":srv 904 bob :Wrong name or password");
  await terminal.press("rob\r");
  assertEquals(
    (await terminal.screen("Cannot use"))[0],
    "12:00 ! Cannot use the name bob: another person uses it",
  );
  assertEquals(await terminal.screen("Cannot log in"), [
    "12:00 ! Cannot log in as bob: Wrong name or password",
    "Password of bob: |",
  ]);
  await terminal.wire.sent();
  await terminal.press("green leaves\r");
  await terminal.wire.say("AUTHENTICATE +");
  const [plain, proof] = await terminal.wire.sent();
  assertEquals([plain, proof], ["AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa("bob\0bob\0green leaves")}`]);
  await terminal.wire.say(":srv 900 * * bob :In", ":srv 903 * :Done");
  assertEquals(await terminal.wire.sent(), ["CAP END"]);
});

Deno.test("an empty answer after a wrong password joins without the account", async () => {
  const account = { name: "bob", password: "brown leaves" };
  await using terminal = new EmulatedTerminal({ account, asksPassword: true });
  await terminal.screen();
  await terminal.wire.say(":srv CAP * LS :sasl=PLAIN", ":srv CAP * ACK :sasl", ":srv 904 bob :Wrong");
  await terminal.wire.sent();
  await terminal.press("\r");
  assertEquals(await terminal.wire.sent(), ["CAP END"]);
});

Deno.test("a password is not shown, and not remembered for C-p or C-y", async () => {
  await using terminal = await new EmulatedTerminal().enter("echo-message message-tags sasl=PLAIN");
  await terminal.press("/login ann\r");
  await terminal.press("four leaves\x15four leaves");
  assertEquals((await terminal.screen("Password")).at(-1), "Password of ann: |");
  await terminal.press("\r");
  await terminal.press("\x19");
  assertEquals(await terminal.screen("#tea>"), ["#tea> |"]);
  await terminal.press("\x10");
  assertEquals(await terminal.screen("#tea>"), ["#tea> (command) /login ann|"]);
  assertEquals([terminal.written.includes("leaves"), await terminal.wire.sent()], [false, [
    "AUTHENTICATE PLAIN",
  ]]);
});

Deno.test("C-c cancels the question for a password", async () => {
  await using terminal = await new EmulatedTerminal().enter("echo-message sasl=PLAIN");
  await terminal.press("/login ann\r");
  await terminal.press("\x03");
  assertEquals((await terminal.screen("Nothing"))[0], "12:00 ! Nothing changed: you wrote no password");
  assertEquals(await terminal.wire.sent(), []);
});

Deno.test("a password that is typed before its question is not sent to the channel", async () => {
  await using terminal = await new EmulatedTerminal().enter(
    "echo-message sasl=PLAIN labeled-response batch draft/account-registration",
  );
  await terminal.press("/register\rgreen leaves\rbrown leaves\rgreen leaves\rgreen leaves\r");
  await terminal.screen();
  await terminal.screen();
  assertEquals(await terminal.wire.sent(), ["@label=p1 REGISTER * * :green leaves"]);
});

Deno.test("a refused login is shown, and the session continues", async () => {
  await using terminal = await new EmulatedTerminal().enter("echo-message sasl=PLAIN");
  await terminal.press("/login ann\r");
  await terminal.press("wrong\r");
  await terminal.wire.say(
    "AUTHENTICATE +",
    ":srv 904 bob :SASL authentication failed: Wrong name or password",
  );
  assertStringIncludes((await terminal.screen("Cannot log in"))[0] ?? "", "! Cannot log in as ann: ");
});

const caps = "draft/account-registration";

for (
  const [command, sent] of [
    ["/register\r", /REGISTER \* \* :green leaves/],
    ["/login bob\r", /AUTHENTICATE PLAIN/],
  ] as const
) {
  Deno.test(`${command.trim()} sends no secret to a new server before the person confirms it`, async () => {
    await using terminal = await new EmulatedTerminal({ columns: 90, makeServer: () => new NewServerEnd() })
      .enter(caps);
    await terminal.wire.say(":srv CAP bob NEW :sasl=PLAIN", ":srv CAP bob ACK :sasl");
    await terminal.wire.sent();
    await terminal.press(`${command}no\r`);
    assertStringIncludes((await terminal.screen()).join("\n"), "its certificate is AB:CD");
    assertStringIncludes((await terminal.screen()).join("\n"), "the server is not confirmed");
    assertEquals(await terminal.wire.sent(), []);
    await terminal.press(`${command}maybe\r\x15yes\rgreen leaves\r`);
    if (command === "/register\r") await terminal.press("green leaves\r");
    assertMatch((await terminal.wire.sent()).join("\n"), sent);
  });
}

Deno.test("nothing but a confirmed server gets a password from the client", async () => {
  const server = new NewServerEnd();
  await using wired = new WiredClient({ connect: () => Promise.resolve(server) });
  await turn();
  const { account } = wired.client;
  await server.say(":srv CAP * LS :", ":srv 001 bob :Hi", ":srv 376 bob :End");
  await server.sent();
  const acts = [
    () => account.register("four leaves"),
    () => account.changePassword("old leaves", "new leaves"),
    () => account.prove("old leaves"),
  ];
  for (const act of acts) {
    const error = await assertRejects(act, ActionError);
    assertStringIncludes(error.message, "add --fingerprint AB:CD");
  }
  assertEquals(await server.sent(), []);
  server.firstContact?.confirm();
  const set = account.register("five green leaves").catch(() => {});
  assertMatch((await server.sent()).join(), /^REGISTER \* \* :five green leaves$/);
  server.abort();
  await set;
});
