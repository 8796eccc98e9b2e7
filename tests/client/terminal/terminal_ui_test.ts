import { assertEquals, assertStringIncludes } from "@std/assert";
import { turn } from "../core/wired_client.ts";
import { Seat } from "./seat.ts";

Deno.test("a desk shows what is said above what is being typed", async () => {
  await using seat = await new Seat().enter();
  await seat.press("half");
  await seat.wire.say(":ann!a@h PRIVMSG #tea :hello", ":cat!c@h PRIVMSG #tea :\x01ACTION waves at bob\x01");
  assertEquals(await seat.screen("joined"), [
    "12:00 → bob joined #tea",
    "12:00 · #tea, 3 people: @ann, bob, cat",
    "12:00 ann: hello",
    "12:00 » * cat waves at bob",
    "#tea> half|",
  ]);
});

Deno.test("Enter says the line, which appears when it has come back", async () => {
  await using seat = await new Seat().enter();
  await seat.press("hello\r");
  assertEquals(await seat.screen("people"), ["12:00 · #tea, 3 people: @ann, bob, cat", "#tea> |"]);
  assertEquals(await seat.wire.sent(), ["PRIVMSG #tea :hello"]);
  await seat.wire.say(":bob!b@h PRIVMSG #tea :hello");
  assertEquals(await seat.screen("bob: "), ["12:00 bob: hello", "#tea> |"]);
});

Deno.test("an empty line is not sent, and says so until the next key", async () => {
  await using seat = await new Seat().enter();
  await seat.press(" \r");
  assertEquals((await seat.screen("empty"))[0], "Cannot send an empty message: type something first");
  await seat.press("x");
  assertEquals(await seat.screen("#tea>"), ["#tea> x|"]);
  assertEquals(await seat.wire.sent(), []);
});

Deno.test("a paste that is too long says so", async () => {
  await using seat = await new Seat().enter();
  await seat.press(`\x1b[200~${"x ".repeat(40_000)}\x1b[201~`);
  assertStringIncludes(
    (await seat.screen("Pasted")).join("\n"),
    "Pasted only the first 65536 letters of it\nx x",
  );
  await seat.press("\x03");
  assertEquals(await seat.screen("#tea>"), ["#tea> |"]);
});

Deno.test("without colour the prompt says in words that a line is a command", async () => {
  await using seat = await new Seat().enter();
  await seat.press("/me waves");
  assertEquals(await seat.screen("#tea>"), ["#tea> (command) /me waves|"]);
  await seat.press("\x15/m");
  assertEquals(await seat.screen("#tea>"), ["#tea> (command) /m|"]);
  await seat.press("ee");
  assertEquals(await seat.screen("#tea>"), ["#tea> (no such command) /mee|"]);
  await seat.press("\x15//me");
  assertEquals(await seat.screen("#tea>"), ["#tea> //me|"]);
});

Deno.test("a large room tells some of its names on entering, and all when asked", async () => {
  await using seat = await new Seat({ columns: 1000 }).enter();
  const nicks = Array.from({ length: 50 }, (_, at) => `p${at + 10}`);
  await seat.wire.say(
    ":bob!b@h JOIN #den",
    `:srv 353 bob = #den :bob ${nicks.join(" ")}`,
    ":srv 366 bob #den :End",
  );
  const [line = ""] = await seat.screen("51 people");
  assertStringIncludes(line, "#den, 51 people: bob, p10,");
  assertStringIncludes(line, ", p48 and 11 more: /names lists them");
  await seat.press("/names #den\r");
  assertStringIncludes((await seat.screen("p59")).join(""), "p57, p58, p59");
});

Deno.test("without a name it asks for one, and again when the server refuses it", async () => {
  await using seat = new Seat({ nick: "" });
  assertEquals(await seat.screen(), ["Your name: |"]);
  await seat.press("\r");
  assertEquals(await seat.screen(), ["A name cannot be empty", "Your name: |"]);
  await seat.press("two words\r");
  assertEquals(await seat.screen(), [
    "A name is one word, without spaces",
    "Your name: two words|".replace("two words", ""),
  ]);
  await seat.press("ann\r");
  assertEquals((await seat.wire.sent())[1], "NICK ann");
  await seat.wire.say(":srv 433 * ann :Nickname is already in use");
  assertEquals(await seat.screen(), [
    "12:00 ! Cannot use the name ann: somebody else uses it",
    "Another name: |",
  ]);
  await seat.press("bob\r");
  assertEquals(await seat.wire.sent(), ["USER bob 0 * :bob", "NICK bob"]);
  await seat.wire.say(":srv 001 bob :Hi", ":srv 376 bob :End", ":bob!b@h JOIN #tea");
  assertStringIncludes((await seat.screen("joined"))[1] ?? "", "Enter says what you type to all in the room");
});

Deno.test("joins and leaves of one burst are one line", async () => {
  await using seat = await new Seat().enter();
  await seat.wire.say(
    ":eve!e@h JOIN #tea",
    ":fay!f@h JOIN #tea",
    ":cat!c@h QUIT :bye",
    ":ann!a@h PRIVMSG #tea :hm",
  );
  assertEquals(await seat.screen("eve"), ["12:00 → eve, fay joined · cat left", "12:00 ann: hm", "#tea> |"]);
});

Deno.test("/quiet hides joins and leaves, and who is there stays known", async () => {
  await using seat = await new Seat().enter();
  await seat.press("/quiet\r");
  await seat.wire.say(":eve!e@h JOIN #tea", ":cat!c@h QUIT :bye", ":ann!a@h PRIVMSG #tea :hm");
  await seat.press("/names\r");
  assertEquals(await seat.screen("hidden"), [
    "  Joins and leaves are hidden",
    "12:00 ann: hm",
    "  #tea, 3 people: @ann, bob, eve",
    "#tea> |",
  ]);
});

Deno.test("a restricted desk touches no files, and is not suspended", async () => {
  await using seat = await new Seat({ restricted: true }).enter();
  await seat.press("/send /etc/passwd\r");
  assertEquals(await seat.screen("12:00 !"), ["12:00 ! Cannot use /send here", "#tea> |"]);
  await seat.press("/get http://127.0.0.1/\r\x1a");
  assertEquals((await seat.screen("/get"))[0], "12:00 ! Cannot use /get here");
  await seat.press("/que\t");
  assertEquals((await seat.screen("#tea> ")).at(-1), "#tea> (command) /query |");
});

Deno.test("what happens elsewhere tells where", async () => {
  await using seat = await new Seat().enter();
  await seat.press("/join #den\r");
  await seat.wire.say(":bob!b@h JOIN #den", ":ann!a@h PRIVMSG #tea :in tea", ":ann!a@h PRIVMSG bob :psst");
  await seat.press("/msg cat hi\r");
  await seat.wire.say(":bob!b@h PRIVMSG cat :hi");
  assertEquals(await seat.screen("──"), [
    "── #den ──",
    "12:00 → bob joined #den",
    "12:00 #tea ann: in tea",
    "12:00 ann → bob: psst",
    "12:00 bob → cat: hi",
    "#den> |",
  ]);
});

Deno.test("leaving the room in front brings another to the front", async () => {
  await using seat = await new Seat().enter();
  await seat.wire.say(":bob!b@h JOIN #den", ":bob!b@h PART #den");
  assertEquals(await seat.screen("left"), ["12:00 ← bob left #den", "── #tea ──", "#tea> |"]);
  await seat.press("/part\r");
  await seat.wire.say(":bob!b@h PART #tea");
  assertEquals(await seat.screen("left #tea"), ["12:00 ← bob left #tea", "parley> |"]);
});

Deno.test("the bell rings for our name and for private messages, when it is wanted", async () => {
  await using seat = await new Seat({ bell: true }).enter();
  await seat.wire.say(":ann!a@h PRIVMSG #tea :hello", ":bob!b@h PRIVMSG #tea :bob");
  assertEquals(seat.written.includes("\x07"), false);
  await seat.wire.say(":ann!a@h PRIVMSG #tea :hello bob", ":ann!a@h PRIVMSG bob :psst");
  assertEquals(seat.written.split("\x07").length, 3);
});

Deno.test("nothing calls while the terminal has the focus", async () => {
  await using seat = await new Seat({ bell: true, notify: "osc9" }).enter();
  await seat.press("\x1b[I");
  await seat.wire.say(":ann!a@h PRIVMSG #tea :hello bob");
  assertEquals(seat.written.includes("\x07"), false);
  await seat.press("\x1b[O");
  await seat.wire.say(":ann!a@h PRIVMSG #tea :bob?");
  assertStringIncludes(seat.written, "\x07\x1b]9;ann in #tea: bob?\x07");
  assertEquals(await seat.screen("#tea>"), ["#tea> |"]);
});

Deno.test("a new day has a line of its own", async () => {
  await using seat = await new Seat().enter();
  seat.now += 24 * 3_600_000;
  await seat.wire.say(":ann!a@h PRIVMSG #tea :good morning");
  assertEquals(await seat.screen("──"), ["── Monday 2 March 2026 ──", "12:00 ann: good morning", "#tea> |"]);
});

Deno.test("who types is shown above the prompt, never as a line", async () => {
  await using seat = await new Seat().enter();
  await seat.wire.say("@+typing=active :ann!a@h TAGMSG #tea");
  assertEquals(await seat.screen("typing"), ["ann is typing…", "#tea> |"]);
  await seat.wire.say(":ann!a@h PRIVMSG #tea :done");
  assertEquals(await seat.screen("done"), ["12:00 ann: done", "#tea> |"]);
});

Deno.test("a lost connection is told, and what is typed meanwhile is kept", async () => {
  await using seat = await new Seat().enter();
  seat.wire.abort();
  await turn();
  await seat.press("are you there?\r");
  assertEquals(await seat.screen("lost"), [
    "12:00 ! The connection is lost: Connection closed",
    "12:00 · Kept until the connection is back: are you there?",
    "#tea> (offline) |",
  ]);
});

Deno.test("C-c clears the line, twice on an empty one it leaves", async () => {
  await using seat = await new Seat().enter();
  await seat.press("text\x03");
  assertEquals(await seat.screen("#tea>"), ["#tea> |"]);
  await seat.press("\x03");
  assertEquals((await seat.screen("again"))[0], "Press C-c again to quit");
  await seat.press("x\x7f\x03");
  assertEquals((await seat.screen("again"))[0], "Press C-c again to quit");
  await seat.press("\x03");
  seat.wire.abort();
  assertEquals(await seat.running, { kind: "interrupted" });
  assertEquals(await seat.wire.sent(), ["QUIT"]);
});

Deno.test("C-d on an empty line leaves", async () => {
  await using seat = await new Seat().enter();
  await seat.press("\x04");
  seat.wire.abort();
  assertEquals(await seat.running, { kind: "left" });
});

Deno.test("Tab completes those who are there, C-r finds what was typed", async () => {
  await using seat = await new Seat().enter();
  await seat.wire.say(":cat!c@h PRIVMSG #tea :me first");
  await seat.press("\t");
  assertEquals(await seat.screen("#tea>"), ["#tea> cat: |"]);
  await seat.press("find me\r\x12fin");
  assertEquals(await seat.screen("search"), ["search> fin: cat: find me|"]);
  await seat.press("\x05!");
  assertEquals(await seat.screen("#tea>"), ["#tea> cat: find me!|"]);
});

Deno.test("a pasted text of several lines is one message, sent by Enter only", async () => {
  await using seat = await new Seat().enter();
  await seat.press("\x1b[200~one\rtwo\rthree\rfour\r\x1b[201~");
  assertEquals(await seat.screen("lines"), [
    "4 lines: Enter sends them as one message, C-c clears them",
    "#tea> one",
    "two",
    "three",
    "four|",
  ]);
  assertEquals(await seat.wire.sent(), []);
  await seat.press("\r");
  assertEquals((await seat.wire.sent()).length, 4);
});

Deno.test("colours are written in the depth of the terminal, and names are bold", async () => {
  await using seat = await new Seat({ look: { depth: "256", theme: "dark" } }).enter();
  seat.written = "";
  await seat.wire.say(":ann!a@h PRIVMSG #tea :hello");
  // deno-lint-ignore no-control-regex -- escape sequences begin with one
  assertEquals(/\x1b\[1;38;5;\d+mann\x1b\[0m: hello\r\n/.test(seat.written), true);
  assertStringIncludes(seat.written, "\x1b[1;38;5;231;48;5;61m #tea \x1b[0m");
});

/** What a server could send to take over a terminal, or make a client fall over. */
const tokens = [
  "PRIVMSG NOTICE JOIN PART QUIT KICK NICK MODE TOPIC 001 005 332 353 366 372 376 433 401 404 BATCH CAP FAIL TAGMSG AWAY",
  "INVITE ACCOUNT PING PONG ERROR ACK #tea #den bob ann cat * +o-v +x -x LS ACK DEL NEW labeled-response chathistory",
  "draft/multiline :text : :\x1b[2J\x1b]0;x\x07 :\x9b31m :\u202e :\x01ACTION :\x0399,99x\x02 PREFIX=(ov)@ PREFIX= CHANTYPES= __proto__",
].join(" ").split(" ");

Deno.test("whatever a server sends, a desk goes on and writes nothing of it to the terminal unread", async () => {
  await using seat = await new Seat({ columns: 30, rows: 10 }).enter();
  let seed = 42;
  const pick = (): string => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return tokens[(seed >> 8) % tokens.length] ?? "";
  };
  for (let round = 0; round < 300; round++) {
    const lines = Array.from({ length: 10 }, () => {
      const words = Array.from({ length: 1 + (pick().length % 6) }, pick).join(" ");
      const tags = pick() < "M" ? `@batch=x;label=p1;time=${pick()};+typing=active;account=${pick()} ` : "";
      return `${tags}:${pick()}!u@h ${words}`;
    });
    await seat.wire.say(...lines.map((line) => line.replace(/[\r\n\0]/g, "")));
  }
  await seat.wire.say(":srv 001 bob :Hi", ":ann!a@h PRIVMSG bob :still there");
  assertStringIncludes((await seat.screen()).join("\n").replaceAll(/\n +/g, " "), "still there");
  // deno-lint-ignore no-control-regex -- ours: cursor up, right, erase below, start of row
  const rest = seat.written.replaceAll(/\x1b\[\d+[AC]|\x1b\[J|\r\n|\r/g, "");
  // deno-lint-ignore no-control-regex -- anything a terminal would act on
  assertEquals(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/.exec(rest), null);
});
