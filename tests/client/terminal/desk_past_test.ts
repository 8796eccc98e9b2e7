import { assertEquals, assertStringIncludes } from "@std/assert";
import { Seat } from "./seat.ts";

const caps = "echo-message message-tags batch labeled-response draft/chathistory draft/read-marker";
const when = (minute: number): string => new Date(`2026-03-01T11:${minute}:00`).toISOString();
const before = (minute: number, text: string): string =>
  `@batch=x;msgid=m${minute};time=${when(minute)} :ann!a@h PRIVMSG #tea :${text}`;

/** Enters a room that has a past: 11:10 was read, 11:20 was not. */
async function entered(seat: Seat): Promise<void> {
  await seat.enter(caps);
  await seat.wire.say(`:srv MARKREAD #tea timestamp=${when(15)}`);
  await seat.wire.say(
    "@label=p1 :srv BATCH +x chathistory #tea",
    before(10, "read"),
    before(20, "unread"),
    ":srv BATCH -x",
  );
}

Deno.test("what was said before is shown under a title, and what is new under another", async () => {
  await using seat = new Seat({ backlog: 2 });
  await entered(seat);
  assertEquals(await seat.screen("last"), [
    "── last 2 messages in #tea ──",
    "11:10 ann: read",
    "── new ──",
    "11:20 ann: unread",
    "── until here ──",
    "#tea> |",
  ]);
  await seat.wire.say(":ann!a@h PRIVMSG #tea :now");
  assertEquals(await seat.screen("until"), ["── until here ──", "12:00 ann: now", "#tea> |"]);
});

Deno.test("a login that is refused on the way in is told again behind what was said before", async () => {
  const account = { name: "bob", password: "brown leaves" };
  await using seat = new Seat({ backlog: 2, account });
  await seat.screen();
  await seat.wire.say(`:srv CAP * LS :sasl=PLAIN ${caps}`, `:srv CAP * ACK :sasl ${caps}`);
  await seat.wire.say(":srv 904 bob :Wrong name or password");
  seat.now += 60_000;
  await seat.wire.say(":srv 001 bob :Hi", ":srv 376 bob :End", ":bob!b@h JOIN #tea");
  await seat.wire.say(
    "@label=p1 :srv BATCH +x chathistory #tea",
    before(10, "a"),
    before(20, "b"),
    ":srv BATCH -x",
  );
  assertEquals(await seat.screen("until"), [
    "── until here ──",
    "12:00 ! Cannot log in as bob: Wrong name or password",
    "#tea> |",
  ]);
});

Deno.test("a wrong password is asked for again, behind a name that is refused", async () => {
  const account = { name: "bob", password: "brown leaves" };
  await using seat = new Seat({ account, asksPassword: true });
  await seat.screen();
  await seat.wire.say(":srv CAP * LS :sasl=PLAIN", ":srv CAP * ACK :sasl", "AUTHENTICATE +");
  await seat.wire.say(":srv 433 * bob :Taken", ":srv 904 bob :Wrong name or password");
  await seat.press("rob\r");
  assertEquals(
    (await seat.screen("Cannot use"))[0],
    "12:00 ! Cannot use the name bob: somebody else uses it",
  );
  assertEquals(await seat.screen("Cannot log in"), [
    "12:00 ! Cannot log in as bob: Wrong name or password",
    "Password of bob: |",
  ]);
  await seat.wire.sent();
  await seat.press("green leaves\r");
  await seat.wire.say("AUTHENTICATE +");
  const [plain, proof] = await seat.wire.sent();
  assertEquals([plain, proof], ["AUTHENTICATE PLAIN", `AUTHENTICATE ${btoa("bob\0bob\0green leaves")}`]);
  await seat.wire.say(":srv 900 * * bob :In", ":srv 903 * :Done");
  assertEquals(await seat.wire.sent(), ["CAP END"]);
});

Deno.test("nothing written for a wrong password enters without the account", async () => {
  const account = { name: "bob", password: "brown leaves" };
  await using seat = new Seat({ account, asksPassword: true });
  await seat.screen();
  await seat.wire.say(":srv CAP * LS :sasl=PLAIN", ":srv CAP * ACK :sasl", ":srv 904 bob :Wrong");
  await seat.wire.sent();
  await seat.press("\r");
  assertEquals(await seat.wire.sent(), ["CAP END"]);
});

Deno.test("a key in a room says how far one has read, once", async () => {
  await using seat = new Seat({ backlog: 2 });
  await entered(seat);
  await seat.wire.sent();
  await seat.press("ab");
  assertEquals(await seat.wire.sent(), [`MARKREAD #tea timestamp=${when(20)}`]);
});

Deno.test("a password is neither shown nor kept, for C-p, C-y or the screen", async () => {
  await using seat = await new Seat().enter("echo-message message-tags sasl=PLAIN");
  await seat.press("/login ann\r");
  await seat.press("four leaves\x15four leaves");
  assertEquals((await seat.screen("Password")).at(-1), "Password of ann: |");
  await seat.press("\r");
  await seat.press("\x19");
  assertEquals(await seat.screen("#tea>"), ["#tea> |"]);
  await seat.press("\x10");
  assertEquals(await seat.screen("#tea>"), ["#tea> (command) /login ann|"]);
  assertEquals([seat.written.includes("leaves"), await seat.wire.sent()], [false, ["AUTHENTICATE PLAIN"]]);
});

Deno.test("C-c at the question for a password gives it up", async () => {
  await using seat = await new Seat().enter("echo-message sasl=PLAIN");
  await seat.press("/login ann\r");
  await seat.press("\x03");
  assertEquals((await seat.screen("Nothing"))[0], "12:00 ! Nothing changed: you wrote no password");
  assertEquals(await seat.wire.sent(), []);
});

Deno.test("a password that is typed ahead of the question for it is not said in the room", async () => {
  await using seat = await new Seat().enter(
    "echo-message sasl=PLAIN labeled-response batch draft/account-registration",
  );
  await seat.press("/register\rgreen leaves\rbrown leaves\rgreen leaves\rgreen leaves\r");
  await seat.screen();
  await seat.screen();
  assertEquals(await seat.wire.sent(), ["@label=p1 REGISTER * * :green leaves"]);
});

for (const command of ["/register", "/passwd", "/regsiter", "/reg", "/login ann my-own"]) {
  Deno.test(`what is typed blindly behind a refused ${command} is neither said, shown nor kept`, async () => {
    await using seat = await new Seat({ columns: 100 }).enter("echo-message message-tags");
    await seat.press(`${command}\rgreen leaves\rgreen leaves\r`);
    assertEquals((await seat.screen("Held")).length, 1);
    await seat.press("green leaves\r\r\x10");
    assertEquals(await seat.screen("#tea>"), [
      `#tea> (${command === "/regsiter" ? "no such " : ""}command) ${command}|`,
    ]);
    assertEquals([await seat.wire.sent(), seat.written.includes("leaves")], [[], false]);
  });
}

Deno.test("what was held as it may be a password is said when that is wanted", async () => {
  await using seat = await new Seat({ columns: 100 }).enter("echo-message");
  await seat.press("/register\rhello\r");
  assertEquals(await seat.wire.sent(), []);
  await seat.press("yes\r");
  assertEquals(await seat.wire.sent(), ["PRIVMSG #tea :hello"]);
});

Deno.test("C-c throws away what was held, and what is typed after a pause is said", async () => {
  await using seat = await new Seat({ columns: 100 }).enter("echo-message");
  await seat.press("/register\rgreen leaves\r\x03hello\r");
  await seat.press("/register\r");
  await seat.screen();
  await seat.press("again\r");
  assertEquals(await seat.wire.sent(), ["PRIVMSG #tea :hello", "PRIVMSG #tea :again"]);
});

Deno.test("others see that one types words, not commands, and that one ceased", async () => {
  await using seat = await new Seat({ typing: true }).enter();
  await seat.press("/me");
  assertEquals(await seat.wire.sent(), []);
  await seat.press("\x15hel");
  await seat.press("lo");
  await seat.press("\x15");
  assertEquals(await seat.wire.sent(), ["@+typing=active TAGMSG #tea", "@+typing=done TAGMSG #tea"]);
});

Deno.test("with --typing off nobody is told, until /typing on", async () => {
  await using seat = await new Seat({ typing: false }).enter();
  await seat.press("hello\x15");
  assertEquals(await seat.wire.sent(), []);
  await seat.press("/typing on\r");
  await seat.press("hello");
  assertEquals(await seat.wire.sent(), ["@+typing=active TAGMSG #tea"]);
});

Deno.test("an answer, a reaction and a message taken back show what they are about", async () => {
  await using seat = await new Seat().enter();
  await seat.wire.say(
    "@msgid=a1 :ann!a@h PRIVMSG #tea :green or black?",
    "@msgid=c1;+draft/reply=a1 :cat!c@h PRIVMSG #tea :green",
    "@+draft/reply=c1;+draft/react=👍 :ann!a@h TAGMSG #tea",
    ":cat!c@h REDACT #tea c1 :black",
  );
  assertEquals(await seat.screen("green or black?"), [
    "12:00 ann: green or black?",
    "12:00 cat: [re ann: green or black?] green",
    "12:00 · ann reacted with 👍 to cat: green",
    "12:00 · cat took a message back (black): cat: green",
    "#tea> |",
  ]);
});

Deno.test("a file on its way shows a bar that goes when it is there", async () => {
  await using seat = await new Seat({ columns: 70 }).enter();
  seat.desk.files?.progress("Sending tea.png", 500_000, 1_000_000);
  assertEquals(
    (await seat.screen("Sending"))[0],
    "Sending tea.png ██████████░░░░░░░░░░ 50 %  500 kB of 1.0 MB",
  );
  seat.desk.files?.progress("", 0, 0);
  assertEquals((await seat.screen()).some((row) => row.includes("Sending")), false);
});

Deno.test("a login that is refused is told, and one stays", async () => {
  await using seat = await new Seat().enter("echo-message sasl=PLAIN");
  await seat.press("/login ann\r");
  await seat.press("wrong\r");
  await seat.wire.say("AUTHENTICATE +", ":srv 904 bob :SASL authentication failed: Wrong name or password");
  assertStringIncludes((await seat.screen("Cannot log in"))[0] ?? "", "! Cannot log in as ann: ");
});

Deno.test("a flood of lines keeps no key waiting until it is over", async () => {
  await using seat = await new Seat().enter();
  const last = "line 3999";
  await seat.wire.say(...Array.from({ length: 4000 }, (_, at) => `:ann!a@h PRIVMSG #tea :line ${at}`));
  await seat.press("x");
  assertEquals([seat.written.includes("#tea> x"), seat.written.includes(last)], [true, false]);
  while (!seat.written.includes(last)) await seat.press("");
});
