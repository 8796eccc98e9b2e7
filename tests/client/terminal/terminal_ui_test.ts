import { assertEquals, assertStringIncludes } from "@std/assert";
import { turn } from "../core/wired_client.ts";
import { EmulatedTerminal } from "./emulated_terminal.ts";

Deno.test("messages appear above the text that is being typed", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("half");
  await terminal.wire.say(
    ":ann!a@h PRIVMSG #tea :hello",
    ":cat!c@h PRIVMSG #tea :\x01ACTION waves at bob\x01",
  );
  assertEquals(await terminal.screen("joined"), [
    "12:00 → bob joined #tea",
    "12:00 · #tea, 3 people: @ann, bob, cat",
    "12:00 ann: hello",
    "12:00 » * cat waves at bob",
    "#tea> half|",
  ]);
});

Deno.test("Enter sends the line, which appears when the server echoes it", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("hello\r");
  assertEquals(await terminal.screen("people"), ["12:00 · #tea, 3 people: @ann, bob, cat", "#tea> |"]);
  assertEquals(await terminal.wire.sent(), ["PRIVMSG #tea :hello"]);
  await terminal.wire.say(":bob!b@h PRIVMSG #tea :hello");
  assertEquals(await terminal.screen("bob: "), ["12:00 bob: hello", "#tea> |"]);
});

Deno.test("an empty line is not sent, and a hint says so until the next key", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press(" \r");
  assertEquals((await terminal.screen("empty"))[0], "Cannot send an empty message: type something first");
  await terminal.press("x");
  assertEquals(await terminal.screen("#tea>"), ["#tea> x|"]);
  assertEquals(await terminal.wire.sent(), []);
});

Deno.test("a hint says that a long paste is cut", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press(`\x1b[200~${"x ".repeat(40_000)}\x1b[201~`);
  assertStringIncludes(
    (await terminal.screen("Pasted")).join("\n"),
    "Pasted only the first 65536 characters\nx x",
  );
  await terminal.press("\x03");
  assertEquals(await terminal.screen("#tea>"), ["#tea> |"]);
});

Deno.test("without colour, words in the prompt mark a command", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("/me waves");
  assertEquals(await terminal.screen("#tea>"), ["#tea> (command) /me waves|"]);
  await terminal.press("\x15/m");
  assertEquals(await terminal.screen("#tea>"), ["#tea> (command) /m|"]);
  await terminal.press("ee");
  assertEquals(await terminal.screen("#tea>"), ["#tea> (no such command) /mee|"]);
  await terminal.press("\x15//me");
  assertEquals(await terminal.screen("#tea>"), ["#tea> //me|"]);
});

Deno.test("joining a large channel shows some names, and /names shows all", async () => {
  await using terminal = await new EmulatedTerminal({ columns: 1000 }).enter();
  const nicks = Array.from({ length: 50 }, (_, at) => `p${at + 10}`);
  await terminal.wire.say(
    ":bob!b@h JOIN #den",
    `:srv 353 bob = #den :bob ${nicks.join(" ")}`,
    ":srv 366 bob #den :End",
  );
  const [line = ""] = await terminal.screen("51 people");
  assertStringIncludes(line, "#den, 51 people: bob, p10,");
  assertStringIncludes(line, ", p48 and 11 more: /names lists all");
  await terminal.press("/names #den\r");
  assertStringIncludes((await terminal.screen("p59")).join(""), "p57, p58, p59");
});

Deno.test("without a name the UI asks for one, and again when the server refuses it", async () => {
  await using terminal = new EmulatedTerminal({ nick: "" });
  assertEquals(await terminal.screen(), ["Your name: |"]);
  await terminal.press("\r");
  assertEquals(await terminal.screen(), ["A name cannot be empty", "Your name: |"]);
  await terminal.press("two words\r");
  assertEquals(await terminal.screen(), [
    "A name is one word, without spaces",
    "Your name: two words|".replace("two words", ""),
  ]);
  await terminal.press("ann\r");
  assertEquals((await terminal.wire.sent())[1], "NICK ann");
  await terminal.wire.say(":srv 433 * ann :Nickname is already in use");
  assertEquals(await terminal.screen(), [
    "12:00 ! Cannot use the name ann: another person uses it",
    "Another name: |",
  ]);
  await terminal.press("bob\r");
  assertEquals(await terminal.wire.sent(), ["USER bob 0 * :bob", "NICK bob"]);
  await terminal.wire.say(":srv 001 bob :Hi", ":srv 376 bob :End", ":bob!b@h JOIN #tea");
  assertStringIncludes(
    (await terminal.screen("joined"))[1] ?? "",
    "Enter sends your text to the channel",
  );
});

Deno.test("joins and leaves at the same time are one line", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.wire.say(
    ":eve!e@h JOIN #tea",
    ":fay!f@h JOIN #tea",
    ":cat!c@h QUIT :bye",
    ":ann!a@h PRIVMSG #tea :hm",
  );
  assertEquals(await terminal.screen("eve"), [
    "12:00 → eve, fay joined · cat left",
    "12:00 ann: hm",
    "#tea> |",
  ]);
});

Deno.test("/quiet hides joins and leaves, and /names is still right", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("/quiet\r");
  await terminal.wire.say(":eve!e@h JOIN #tea", ":cat!c@h QUIT :bye", ":ann!a@h PRIVMSG #tea :hm");
  await terminal.press("/names\r");
  assertEquals(await terminal.screen("hidden"), [
    "  Joins and leaves are hidden",
    "12:00 ann: hm",
    "  #tea, 3 people: @ann, bob, eve",
    "#tea> |",
  ]);
});

Deno.test("a restricted UI touches no files, and C-z does not suspend it", async () => {
  await using terminal = await new EmulatedTerminal({ restricted: true }).enter();
  await terminal.press("/send /etc/passwd\r");
  assertEquals(await terminal.screen("12:00 !"), ["12:00 ! Cannot use /send here", "#tea> |"]);
  await terminal.press("/get http://127.0.0.1/\r\x1a");
  assertEquals((await terminal.screen("/get"))[0], "12:00 ! Cannot use /get here");
  await terminal.press("/que\t");
  assertEquals((await terminal.screen("#tea> ")).at(-1), "#tea> (command) /query |");
});

Deno.test("with --bell, the bell rings for our name and for private messages", async () => {
  await using terminal = await new EmulatedTerminal({ bell: true }).enter();
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :hello", ":bob!b@h PRIVMSG #tea :bob");
  assertEquals(terminal.written.includes("\x07"), false);
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :hello bob", ":ann!a@h PRIVMSG bob :psst");
  assertEquals(terminal.written.split("\x07").length, 3);
});

Deno.test("there is no notification while the terminal has the focus", async () => {
  await using terminal = await new EmulatedTerminal({ bell: true, notify: "osc9" }).enter();
  await terminal.press("\x1b[I");
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :hello bob");
  assertEquals(terminal.written.includes("\x07"), false);
  await terminal.press("\x1b[O");
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :bob?");
  assertStringIncludes(terminal.written, "\x07\x1b]9;ann in #tea: bob?\x07");
  assertEquals(await terminal.screen("#tea>"), ["#tea> |"]);
});

Deno.test("a separator marks a new day", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  terminal.now += 24 * 3_600_000;
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :good morning");
  assertEquals(await terminal.screen("──"), [
    "── Monday 2 March 2026 ──",
    "12:00 ann: good morning",
    "#tea> |",
  ]);
});

Deno.test("the people who type are shown above the prompt, never as a line", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.wire.say("@+typing=active :ann!a@h TAGMSG #tea");
  assertEquals(await terminal.screen("typing"), ["ann is typing…", "#tea> |"]);
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :done");
  assertEquals(await terminal.screen("done"), ["12:00 ann: done", "#tea> |"]);
});

Deno.test("a lost connection is shown, and new messages are queued", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  terminal.wire.abort();
  await turn();
  await terminal.press("are you there?\r");
  assertEquals(await terminal.screen("lost"), [
    "12:00 ! The connection is lost: Connection closed",
    "Waiting for the connection: are you there?",
    "#tea> (offline) |",
  ]);
});

Deno.test("without a connection no command says what the server cannot do", async () => {
  await using terminal = await new EmulatedTerminal().enter("draft/chathistory labeled-response batch");
  terminal.wire.abort();
  await turn();
  await terminal.press("/history\r/search tea\r");
  assertEquals((await terminal.screen("There is")).slice(0, 2), [
    "12:00 ! There is no connection to the server",
    "12:00 ! There is no connection to the server",
  ]);
});

Deno.test("C-c clears the line, and C-c twice on an empty line quits", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("text\x03");
  assertEquals(await terminal.screen("#tea>"), ["#tea> |"]);
  await terminal.press("\x10");
  assertEquals(await terminal.screen("#tea>"), ["#tea> text|"]);
  await terminal.press("\x15\x03");
  assertEquals((await terminal.screen("again"))[0], "Press Ctrl-C again to quit");
  await terminal.press("x\x7f\x03");
  assertEquals((await terminal.screen("again"))[0], "Press Ctrl-C again to quit");
  await terminal.press("\x03");
  terminal.wire.abort();
  assertEquals(await terminal.running, { kind: "interrupted" });
  assertEquals(await terminal.wire.sent(), ["QUIT"]);
});

Deno.test("C-d on an empty line quits", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("\x04");
  terminal.wire.abort();
  assertEquals(await terminal.running, { kind: "left" });
});

Deno.test("Tab completes the names in the channel, and C-r finds earlier lines", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.wire.say(":cat!c@h PRIVMSG #tea :me first");
  await terminal.press("\t");
  assertEquals(await terminal.screen("#tea>"), ["#tea> cat: |"]);
  await terminal.press("find me\r\x12fin");
  assertEquals(await terminal.screen("search"), ["search> fin: cat: find me|"]);
  await terminal.press("\x05!");
  assertEquals(await terminal.screen("#tea>"), ["#tea> cat: find me!|"]);
});

Deno.test("a pasted text of several lines is one message, and only Enter sends it", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.press("\x1b[200~one\rtwo\rthree\rfour\r\x1b[201~");
  assertEquals(await terminal.screen("lines"), [
    "4 lines: Enter sends one message, Ctrl-C deletes the text",
    "#tea> one",
    "two",
    "three",
    "four|",
  ]);
  assertEquals(await terminal.wire.sent(), []);
  await terminal.press("\r");
  assertEquals((await terminal.wire.sent()).length, 4);
});

Deno.test("colours fit the terminal's colour depth, and names are bold", async () => {
  await using terminal = await new EmulatedTerminal({ appearance: { depth: "256", theme: "dark" } }).enter();
  terminal.written = "";
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :hello");
  // deno-lint-ignore no-control-regex -- escape sequences begin with one
  assertEquals(/\x1b\[1;38;5;\d+mann\x1b\[0m: hello\r\n/.test(terminal.written), true);
  assertStringIncludes(terminal.written, "\x1b[1;38;5;231;48;5;61m #tea \x1b[0m");
});

Deno.test("a reply and a reaction quote their message, and a deletion does not repeat it", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.wire.say(
    "@msgid=a1 :ann!a@h PRIVMSG #tea :green or black?",
    "@msgid=c1;+draft/reply=a1 :cat!c@h PRIVMSG #tea :green",
    "@+draft/reply=c1;+draft/react=👍 :ann!a@h TAGMSG #tea",
    ":cat!c@h REDACT #tea c1 :black",
    "@msgid=a2;+reply=c1 :ann!a@h PRIVMSG #tea :why?",
    ":cat!c@h REDACT #tea a2",
    ":cat!c@h REDACT #tea unknown",
  );
  assertEquals(await terminal.screen("green or black?"), [
    "12:00 ann: green or black?",
    "12:00 cat: [re ann: green or black?] green",
    "12:00 · ann reacted with 👍 to cat: green",
    "12:00 · cat deleted a message from 12:00 (black)",
    "12:00 ann: why?",
    "12:00 · cat deleted a message by ann from 12:00",
    "12:00 · cat deleted a message",
    "#tea> |",
  ]);
});

Deno.test("a reaction in a private conversation does not repeat the nick", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  await terminal.wire.say("@msgid=a1 :ann!a@h PRIVMSG bob :tea?");
  await terminal.wire.say("@+draft/reply=a1;+draft/react=👍 :ann!a@h TAGMSG bob");
  assertEquals((await terminal.screen("reacted"))[0], "12:00 · ann reacted with 👍 to ann: tea?");
});

Deno.test("a file transfer shows a progress bar until it ends", async () => {
  await using terminal = await new EmulatedTerminal({ columns: 70 }).enter();
  terminal.ui.files?.showProgress("Sending tea.png", 500_000, 1_000_000);
  assertEquals(
    (await terminal.screen("Sending"))[0],
    "Sending tea.png ██████████░░░░░░░░░░ 50 %  500 kB of 1.0 MB",
  );
  terminal.ui.files?.showProgress("", 0, 0);
  assertEquals((await terminal.screen()).some((row) => row.includes("Sending")), false);
});

Deno.test("a key is drawn during a flood of lines", async () => {
  await using terminal = await new EmulatedTerminal().enter();
  const last = "line 3999";
  await terminal.wire.say(...Array.from({ length: 4000 }, (_, at) => `:ann!a@h PRIVMSG #tea :line ${at}`));
  await terminal.press("x");
  assertEquals([terminal.written.includes("#tea> x"), terminal.written.includes(last)], [true, false]);
  while (!terminal.written.includes(last)) await terminal.press("");
});

/** Pieces of lines with which a server could attack the terminal or crash the client. */
const tokens = [
  "PRIVMSG NOTICE JOIN PART QUIT KICK NICK MODE TOPIC 001 005 332 353 366 372 376 433 401 404 BATCH CAP FAIL TAGMSG AWAY",
  "INVITE ACCOUNT PING PONG ACK #tea #den bob ann cat * +o-v +x -x LS ACK DEL NEW labeled-response chathistory",
  "draft/multiline :text : :\x1b[2J\x1b]0;x\x07 :\x9b31m :\u202e :\x01ACTION :\x0399,99x\x02 PREFIX=(ov)@ PREFIX= CHANTYPES= __proto__",
].join(" ").split(" ");

Deno.test("random server lines neither crash the UI nor reach the terminal as control characters", async () => {
  await using terminal = await new EmulatedTerminal({ columns: 30, rows: 10 }).enter();
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
    await terminal.wire.say(...lines.map((line) => line.replace(/[\r\n\0]/g, "")));
  }
  await terminal.wire.say(":srv 001 bob :Hi", ":ann!a@h PRIVMSG bob :still there");
  assertStringIncludes((await terminal.screen()).join("\n").replaceAll(/\n +/g, " "), "still there");
  // deno-lint-ignore no-control-regex -- our own: cursor up, right, erase below, start of row
  const rest = terminal.written.replaceAll(/\x1b\[\d+[AC]|\x1b\[J|\r\n|\r/g, "");
  // deno-lint-ignore no-control-regex -- characters that a terminal obeys
  assertEquals(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/.exec(rest), null);
});

Deno.test("a notification that fails is one warning, and the chat goes on", async () => {
  await using terminal = await new EmulatedTerminal({ bell: true }).enter();
  const { write } = terminal;
  terminal.write = (text) => {
    if (text === "\x07") throw new Error("no bell here");
    write(text);
  };
  await terminal.wire.say(
    ":ann!a@h PRIVMSG bob :one",
    ":ann!a@h PRIVMSG bob :two",
    ":ann!a@h PRIVMSG #tea :x",
  );
  assertEquals((await terminal.screen("→ bob: one")).slice(0, 4), [
    "12:00 ann → bob: one",
    "12:00 ! A part of the program failed, and the chat goes on:",
    "        no bell here",
    "12:00 ann → bob: two",
  ]);
  assertEquals(terminal.wire.ended, undefined);
});
