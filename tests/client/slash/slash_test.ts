import { assertEquals, assertRejects } from "@std/assert";
import { ActionError } from "../../../lib/client/state/action_error.ts";
import { commandsFor, expectsPassword, runInput, slashCommands } from "../../../lib/client/slash/slash.ts";
import { RecordingUi } from "../core/recording_ui.ts";
import { turn } from "../core/wired_client.ts";

/** The lines that an input in #tea sends, and its notes after "= ". */
async function typed(text: string): Promise<string[]> {
  await using ui = new RecordingUi();
  const server = await ui.enter("");
  await runInput(ui, text);
  const sent = (await server.sent()).filter((line) => line !== "PING settle");
  return [
    ...sent,
    ...ui.notes.map((note) => `= ${note}`),
    ...(ui.activeBuffer === "#tea" ? [] : [`in ${ui.activeBuffer}`]),
  ];
}

const rows: readonly (readonly [text: string, ...result: string[]])[] = [
  ["hello there", "PRIVMSG #tea :hello there"],
  ["//shrug is a command", "PRIVMSG #tea :/shrug is a command"],
  ["/say /me is text", "PRIVMSG #tea :/me is text"],
  ["/me waves", "PRIVMSG #tea :\x01ACTION waves\x01"],
  ["/ME waves", "PRIVMSG #tea :\x01ACTION waves\x01"],
  ["/msg ann one  two", "PRIVMSG ann :one  two"],
  ["/notice ann hi", "NOTICE ann :hi"],
  ["/query ann hi", "PRIVMSG ann :hi", "in ann"],
  ["/join den", "JOIN #den"],
  ["/j #den,#x key", "JOIN #den key", "JOIN #x key"],
  ["/j #den,#x one,two", "JOIN #den one", "JOIN #x two"],
  ["/join #tea"],
  ["/part", "PART #tea"],
  ["/part out for lunch", "PART #tea :out for lunch"],
  ["/leave #tea bye", "PART #tea :bye"],
  ["/topic", "= #tea has no topic"],
  ["/topic new words", "TOPIC #tea :new words"],
  ["/topic #den new", "TOPIC #den :new"],
  ["/names", "= #tea, 2 people: @ann, bob"],
  ["/nick rob", "NICK rob"],
  ["/away lunch now", "AWAY :lunch now"],
  ["/back", "AWAY"],
  ["/invite ann", "INVITE ann #tea"],
  ["/kick ann too loud", "KICK #tea ann :too loud"],
  ["/kick #den ann", "KICK #den ann"],
  ["/ban *!*@host", "MODE #tea +b *!*@host"],
  ["/unban *!*@host", "MODE #tea -b *!*@host"],
  ["/mode +o ann", "MODE #tea +o ann"],
  ["/quote WHO #tea %na", "WHO #tea %na"],
  ["/raw PING x", "PING x"],
  ["/clear", "= cleared"],
  ["/typing off", "= Others do not see that you are typing"],
  ["/typing", "= Others see that you are typing"],
  ["/quiet", "= Joins and leaves are hidden"],
  ["/quiet smart", "= Joins and leaves are shown only for people who wrote in the last five minutes"],
  ["/quiet off", "= Joins and leaves are shown"],
  ["/quit see you", "= left see you"],
  ["/ignore ann", "= You ignore ann now: /unignore ann ends that"],
  ["/ignore", "= You do not ignore anybody"],
  ["/help kick", "= /kick NICK [REASON]: Removes a person from the channel"],
  ["/he /kick", "= /kick NICK [REASON]: Removes a person from the channel"],
  ["/shrug", "PRIVMSG #tea :¯\\_(ツ)_/¯"],
  ["/tableflip no tea", "PRIVMSG #tea :no tea (╯°□°)╯︵ ┻━┻"],
];

for (const [text, ...result] of rows) {
  Deno.test(`"${text}" sends and notes the right lines`, async () => assertEquals(await typed(text), result));
}

Deno.test("expectsPassword() is true for commands that ask for a password only", () => {
  const texts = "/register /LOGIN ann,/reg,/logon,/pas,/me,/msg ann /login,//login,/r,/re,/list,login,/"
    .split(",");
  assertEquals(texts.filter(expectsPassword), ["/register /LOGIN ann", "/reg", "/logon", "/pas"]);
});

const refused: readonly (readonly [text: string, words: string])[] = [
  ["   ", "Cannot send an empty message"],
  ["/jion #den", "Unknown command /jion: did you mean /join?"],
  ["/oper me x", "Unknown command /oper: for the command of the server, write /quote OPER"],
  ["/xyzzy", "Unknown command /xyzzy: /help lists the commands, //xyzzy sends it as text"],
  [
    "/usr/bin is a path",
    "Unknown command /usr/bin: /help lists the commands, //usr/bin sends it as text",
  ],
  ["/", "Unknown command /: /help lists the commands, // sends it as text"],
  ["/n x", "Cannot use /n: it can mean /notice, /names or /nick"],
  ["/msg", "Write /msg NICK TEXT"],
  ["/msg ann", "Cannot send an empty message: write /msg ann TEXT"],
  ["/me", "Cannot send an empty message: write /me waves"],
  ["/reply hi", "You have no private message to answer yet"],
  ["/reply @ann hi", "There is no message from ann here yet"],
  ["/react", "Write /react EMOJI"],
  ["/react 👍", "There is no message from others here yet"],
  ["/redact", "You have no message here to delete"],
  ["/history many", "Write /history COUNT, with a number from 1 to 500"],
  ["/history", "This server stores no history"],
  ["/search", "Write /search WORDS"],
  ["/search tea", "This server cannot search"],
  ["/send", "Write /send FILE"],
  ["/send x.png", "This server accepts no files"],
  ["/get", "The last message here has no address: write /get ADDRESS"],
  ["/get file:///etc/passwd", 'Cannot download "file:///etc/passwd": it is not a web address'],
  ["/typing maybe", "Write /typing on or /typing off"],
  ["/register secret", "Write only /register: it then asks for the password and hides it"],
  ["/login bob secret", "Write only /login NAME: it then asks for the password and hides it"],
  ["/register", "This server has no accounts to register"],
  ["/login", "This server has no accounts"],
  ["/passwd", "You are not logged in: write /login first"],
  ["/nick", "Write /nick NAME"],
  ["/nick two words", "Cannot use that name: a name must be one word"],
  ["/query #den", "Cannot open a conversation with a channel: write /join #den"],
  ["/unignore ann", "You do not ignore ann"],
  ["/go nowhere", "Cannot show nowhere: it is not open; write /join #CHANNEL or /query NICK"],
  ["/help xyzzy", "Unknown command /xyzzy: /help lists the commands, //xyzzy sends it as text"],
  [
    "/constructor",
    "Unknown command /constructor: /help lists the commands, //constructor sends it as text",
  ],
];

for (const text of ["/register", "/login", "/passwd"]) {
  Deno.test(`"${text}" before there is a connection says so, and asks for no password`, async () => {
    await using ui = new RecordingUi();
    const error = await assertRejects(() => runInput(ui, text), ActionError);
    assertEquals(error.message, "Cannot do that yet: there is no connection to the server");
  });
}

for (const text of ["/reply @ann yes", "/react 👍", "/redact", "/redact @ann"]) {
  Deno.test(`"${text}" says that a message has no id`, async () => {
    await using ui = new RecordingUi();
    const server = await ui.enter("");
    await server.say(":ann!a@h PRIVMSG #tea :tea?");
    const sent = ui.client.sendMessage({ target: "#tea", manner: "message", text: "yes" });
    // Without echoes, an answer to this PING shows that the message arrived.
    await server.say(":chat.test PONG chat.test settle");
    await sent;
    const error = await assertRejects(() => runInput(ui, text), ActionError);
    assertEquals(error.message, "Cannot do that: this server gave the message no id");
  });
}

for (const [text, words] of refused) {
  Deno.test(`"${text}" is refused in one sentence`, async () => {
    const error = await assertRejects(() => typed(text), ActionError);
    assertEquals(error.message, words);
  });
}

Deno.test("/help lists every command", async () => {
  const lines = await typed("/help");
  for (const name of Object.keys(slashCommands)) {
    assertEquals(lines.some((line) => line.startsWith(`=   /${name} `)), true, name);
  }
});

Deno.test("/whois, /list and /names of another channel show the server's answer", async () => {
  await using ui = new RecordingUi();
  const server = await ui.enter("");
  const asked = Promise.all([runInput(ui, "/whois ann"), runInput(ui, "/list"), runInput(ui, "/names #den")]);
  await server.say(
    ":srv 311 bob ann a host * :Ann \x1b[2J",
    ":srv 301 bob ann :at lunch",
    ":srv 378 bob ann :is connecting from *@::1 ::1",
    ":srv 338 bob ann 0::1 :Is actually using host",
    ":srv 379 bob ann :is using modes +",
    ":srv 318 bob ann :End",
    ":srv 322 bob #tea 2 :green tea",
    ":srv 322 bob #den 11 :",
    ":srv 323 bob :End",
    ":srv 353 bob = #den :@dora cat!c@h",
    ":srv 366 bob #den :End",
  );
  await asked;
  assertEquals(ui.notes.toSorted(), [
    "#den    11",
    "#den: @dora, cat",
    "#tea     2  green tea",
    "ann connects from 0::1",
    "ann is Ann ␛[2J (a@host)",
    "ann is away: at lunch",
  ]);
});

Deno.test("/ban and /mode list the masks of a channel", async () => {
  await using ui = new RecordingUi();
  const server = await ui.enter("");
  const asked = runInput(ui, "/ban");
  assertEquals(await server.sent(), ["MODE #tea b"]);
  await server.say(
    ":srv 367 bob #tea cat!*@* ann!~a@host 1767225600",
    ":srv 367 bob #tea *!*@bad",
    ":srv 368 bob #tea :End of channel ban list",
  );
  await asked;
  const none = runInput(ui, "/mode #den +e");
  await server.say(":srv 349 bob #den :End");
  await none;
  assertEquals(ui.notes, ["cat!*@* (ann, 2026-01-01 00:00 UTC)", "*!*@bad", "#den has no exceptions"]);
});

Deno.test("/whois of an unknown nick is refused", async () => {
  await using ui = new RecordingUi();
  const server = await ui.enter();
  const asked = assertRejects(
    () => runInput(ui, "/whois nobody"),
    ActionError,
    "There is nobody called nobody here",
  );
  const [line = ""] = await server.sent();
  const label = /label=(\w+)/.exec(line)?.[1];
  await server.say(
    `@label=${label} :srv BATCH +x labeled-response`,
    "@batch=x :srv 401 bob nobody :No such nick",
  );
  await server.say("@batch=x :srv 318 bob nobody :End", ":srv BATCH -x");
  await asked;
});

Deno.test("/whois of an unknown nick is refused too when the server takes the nick for a server", async () => {
  await using ui = new RecordingUi();
  const server = await ui.enter("");
  const asked = assertRejects(
    () => runInput(ui, "/whois nobody"),
    ActionError,
    "There is nobody called nobody here",
  );
  await server.say(":srv 402 bob nobody :No such server");
  await asked;
});

Deno.test("a command without a connection is refused", async () => {
  await using ui = new RecordingUi({ delay: () => 60_000 });
  (await ui.enter()).abort();
  await turn();
  await assertRejects(
    () => runInput(ui, "/topic x"),
    ActionError,
    "Cannot do that: there is no connection to the server",
  );
});

Deno.test("a restricted UI has no /quote and no /passwd", async () => {
  await using ui = new RecordingUi();
  await ui.enter("");
  ui.restricted = true;
  await assertRejects(() => runInput(ui, "/quote QUIT"), ActionError, "Cannot use /quote here");
  await assertRejects(() => runInput(ui, "/passwd"), ActionError, "Cannot use /passwd here");
  await runInput(ui, "/help");
  assertEquals(ui.notes.filter((note) => /\/(quote|passwd)/.test(note)), []);
  assertEquals(commandsFor(ui).includes("quote"), false);
});
