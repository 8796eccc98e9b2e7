import { assertEquals, assertRejects } from "@std/assert";
import { ActionError } from "../../../lib/client/core/action_error.ts";
import { commandsFor, enter, expectsPassword, slashCommands } from "../../../lib/client/slash/slash.ts";
import { RecordingFace } from "../core/recording_face.ts";
import { turn } from "../core/wired_client.ts";

/** What a line typed in #tea sends, or with "= " what it tells. */
async function typed(text: string): Promise<string[]> {
  await using paper = new RecordingFace();
  const wire = await paper.enter("");
  await enter(paper, text);
  const sent = (await wire.sent()).filter((line) => line !== "PING settle");
  return [
    ...sent,
    ...paper.notes.map((note) => `= ${note}`),
    ...(paper.activeBuffer === "#tea" ? [] : [`in ${paper.activeBuffer}`]),
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
  ["/join #tea"],
  ["/part", "PART #tea"],
  ["/part gone for lunch", "PART #tea :gone for lunch"],
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
  Deno.test(`"${text}" does what it says`, async () => assertEquals(await typed(text), result));
}

Deno.test("expectsPassword() knows who waits to be asked for one, and nobody else", () => {
  const texts = "/register /LOGIN ann,/reg,/logon,/pas,/me,/msg ann /login,//login,/r,/re,/list,login,/"
    .split(",");
  assertEquals(texts.filter(expectsPassword), ["/register /LOGIN ann", "/reg", "/logon", "/pas"]);
});

const refused: readonly (readonly [text: string, words: string])[] = [
  ["   ", "Cannot send an empty message"],
  ["/jion #den", "Unknown command /jion: did you mean /join?"],
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
  ["/send x.png", "This server takes no files"],
  ["/get", "The last message here has no address: write /get ADDRESS"],
  ["/get file:///etc/passwd", 'Cannot download "file:///etc/passwd": it is not a web address'],
  ["/typing maybe", "Write /typing on or /typing off"],
  ["/register secret", "Write only /register: it asks for the password, and nobody can see it then"],
  ["/login bob secret", "Write only /login NAME: it asks for the password, and nobody can see it then"],
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

for (const [text, words] of refused) {
  Deno.test(`"${text}" is refused in one sentence`, async () => {
    const error = await assertRejects(() => typed(text), ActionError);
    assertEquals(error.message, words);
  });
}

Deno.test("/help lists every command under its group", async () => {
  const told = await typed("/help");
  for (const name of Object.keys(slashCommands)) {
    assertEquals(told.some((line) => line.startsWith(`=   /${name} `)), true, name);
  }
});

Deno.test("/whois, /list and /names of another room show the server's answer", async () => {
  await using paper = new RecordingFace();
  const wire = await paper.enter("");
  const asked = Promise.all([enter(paper, "/whois ann"), enter(paper, "/list"), enter(paper, "/names #den")]);
  await wire.say(
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
  assertEquals(paper.notes.toSorted(), [
    "#den    11",
    "#den: @dora, cat",
    "#tea     2  green tea",
    "ann connects from 0::1",
    "ann is Ann ␛[2J (a@host)",
    "ann is away: at lunch",
  ]);
});

Deno.test("/ban and /mode list the masks of a room in words", async () => {
  await using paper = new RecordingFace();
  const wire = await paper.enter("");
  const asked = enter(paper, "/ban");
  assertEquals(await wire.sent(), ["MODE #tea b"]);
  await wire.say(
    ":srv 367 bob #tea cat!*@* ann!~a@host 1767225600",
    ":srv 367 bob #tea *!*@bad",
    ":srv 368 bob #tea :End of channel ban list",
  );
  await asked;
  const none = enter(paper, "/mode #den +e");
  await wire.say(":srv 349 bob #den :End");
  await none;
  assertEquals(paper.notes, ["cat!*@* (ann, 2026-01-01 00:00 UTC)", "*!*@bad", "#den has no exceptions"]);
});

Deno.test("/whois of nobody is refused", async () => {
  await using paper = new RecordingFace();
  const wire = await paper.enter();
  const asked = assertRejects(
    () => enter(paper, "/whois nobody"),
    ActionError,
    "There is nobody called nobody here",
  );
  const [line = ""] = await wire.sent();
  const label = /label=(\w+)/.exec(line)?.[1];
  await wire.say(
    `@label=${label} :srv BATCH +x labeled-response`,
    "@batch=x :srv 401 bob nobody :No such nick",
  );
  await wire.say("@batch=x :srv 318 bob nobody :End", ":srv BATCH -x");
  await asked;
});

Deno.test("/whois of nobody is refused also where the nick is taken for a server", async () => {
  await using paper = new RecordingFace();
  const wire = await paper.enter("");
  const asked = assertRejects(
    () => enter(paper, "/whois nobody"),
    ActionError,
    "There is nobody called nobody here",
  );
  await wire.say(":srv 402 bob nobody :No such server");
  await asked;
});

Deno.test("without a connection a command says so, and words are kept", async () => {
  await using paper = new RecordingFace({ delay: () => 60_000 });
  (await paper.enter()).abort();
  await turn();
  await assertRejects(
    () => enter(paper, "/topic x"),
    ActionError,
    "Cannot do that: there is no connection to the server",
  );
});

Deno.test("a restricted face has no commands for files, lines of IRC and the password", async () => {
  await using paper = new RecordingFace();
  await paper.enter("");
  paper.restricted = true;
  await assertRejects(() => enter(paper, "/quote QUIT"), ActionError, "Cannot use /quote here");
  await assertRejects(() => enter(paper, "/passwd"), ActionError, "Cannot use /passwd here");
  await enter(paper, "/help");
  assertEquals(paper.notes.filter((note) => /\/(quote|passwd)/.test(note)), []);
  assertEquals(commandsFor(paper).includes("quote"), false);
});
