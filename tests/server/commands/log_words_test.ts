/** The log has no words of people: a canary word in every input of every command is in no line of it. */
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { encode64, utf8 } from "../../../lib/irc/digest.ts";
import { errorText } from "../../../lib/server/chat/error_text.ts";
import { allCommands } from "../../../lib/server/commands/all.ts";
import { failureLog, shownPath } from "../../../lib/server/web/request_log.ts";
import { makeOperator, registered } from "../../support/account.ts";
import { until } from "../../support/deadline.ts";
import { story } from "../../support/story.ts";
import { siteStory } from "../../support/site.ts";
import { logIn, scram } from "../../support/login.ts";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { ask } from "../../support/transcript.ts";
import { granted } from "../../support/permissions.ts";

const canary = "zqcanary";
/** Commands whose first word is a name that the log may have, or that end the session; the test sends them with care. */
const names = new Set(["NICK", "REGISTER", "QUIT", "OPER", "NS", "NICKSERV", "KILL", "DIE", "RESTART"]);
const shapes = [
  "c",
  "c c",
  "c c c c",
  "#tea c",
  "#tea bob :c c",
  "bob :c c",
  "* c",
  "#tea * :c",
  "LIST c",
  "c :",
];

/** Every command of the table, with the canary in every parameter. */
function everywhere(): string[] {
  return Object.keys(allCommands).filter((name) => !names.has(name)).flatMap((name) =>
    shapes.map((shape) => `${name} ${shape.replace(/\bc\b/g, canary)}`)
  );
}

/** Inputs that have an effect. */
const effective = [
  `PRIVMSG #tea :${canary}`,
  `PRIVMSG bob :${canary}`,
  `NOTICE #tea :${canary}`,
  `@+typing=${canary};label=${canary} TAGMSG #tea`,
  `TOPIC #tea :${canary}`,
  `AWAY :${canary}`,
  `SETNAME :${canary}`,
  `MODE #tea +k ${canary}`,
  `MODE #tea +b ${canary}!*@*`,
  `SEARCH ${canary}`,
  `KICK #tea bob :${canary}`,
  `OPER ${canary} ${canary}`,
  `PRIVMSG NickServ :IDENTIFY ${canary} ${canary}`,
  `NS IDENTIFY ann ${canary}`,
  `ACCOUNT PASSWORD ${canary} ${canary}12345`,
  `ACCOUNT DELETE ${canary}`,
  `OWNER ${canary}`,
  `INVITE bob #tea ${canary}`,
  `FLY ${canary}`,
  `${canary} ${canary}`,
  `PART #tea :${canary}`,
  `JOIN #tea ${canary}`,
];

const ofOperators = [
  `WALLOPS :${canary}`,
  `UBAN ADD 10.9.9.9 :${canary}`,
  `ACCOUNT SUSPEND dan :${canary}`,
  `ACCOUNT RESET dan ${canary}123456`,
  `CHGHOST ann ${canary}.example`,
  `KILL cat :${canary}`,
];

siteStory("the log has no word that anybody writes, whatever the command", async ({ chat, origin }) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  const dan = await registered(chat, "dan");
  await chat.peer("cat");
  await ask(bob, "JOIN #tea");
  await ask(ann, "JOIN #tea", ...effective, ...everywhere());
  makeOperator(chat, "ann");
  await ask(ann, ...ofOperators, ...everywhere());
  await dan.closed();
  await end(chat, ann, bob);
  const request = await fetch(`${origin}/${canary}?${canary}`, { headers: { [canary]: canary } });
  await request.body?.cancel();
  const shown = JSON.stringify([chat.log, chat.entries]);
  assert(!shown.includes(canary), shown.slice(shown.indexOf(canary) - 300, shown.indexOf(canary) + 100));
  const kinds = new Set(chat.entries.map(([name]) => name));
  for (
    const kind of [
      "login failed",
      "operator login failed",
      "operator acted",
      "connection closed",
      "web request failed",
    ] as const
  ) {
    assert(kinds.has(kind), kind);
  }
});

/** Registrations with the canary, and ends of sessions with words. */
async function end(chat: Chat, ann: Peer, bob: Peer): Promise<void> {
  const eve = await chat.peer("eve", { register: false });
  await logIn(eve, "ann", canary);
  await logIn(eve, canary, canary);
  await scram(eve, canary, canary);
  eve.send(`AUTHENTICATE ${canary}`, `AUTHENTICATE ${encode64(utf8(`${canary}\0${canary}`))}`);
  eve.send(`PASS ${canary}:${canary}`, "NICK eve", `USER ${canary} ${canary} ${canary} :${canary}`);
  await eve.closed();
  ann.send(`QUIT :${canary}`);
  bob.send(`QUIT :${canary}`);
  await ann.closed();
  await bob.closed();
}

story(
  "the log has the limits that somebody meets, once for each session",
  { settings: { flood: 1 }, sleep: () => Promise.resolve() },
  async (chat) => {
    const ann = await chat.peer("ann");
    ann.send(...Array(30).fill("PING x"));
    await until(() => chat.entries.some(([name]) => name === "limit met"));
    const limits = chat.entries.filter(([name]) => name === "limit met").map(([, { limit }]) => limit);
    assertEquals(limits, ["flood"]);
  },
);

Deno.test("the log has the beginning of a path only", { ignore: !granted("read") }, () => {
  const shown = ["/files/id/name.jpg", "/chat/text/a.b.c?token=x", "/upload", "/lib/irc/record.ts", "/x y"];
  assertEquals(shown.map(shownPath), ["/files/…", "/text/…", "/upload", "/lib/irc/record.ts", "…"]);
  const entries: unknown[] = [];
  const chat = { logEntry: (...entry: unknown[]) => entries.push(entry) } as unknown as Parameters<
    typeof failureLog
  >[0];
  const log = failureLog(chat);
  log({ method: "GET", url: "/files/secret" } as Parameters<typeof log>[0], 200, "10.0.0.1");
  log({ method: canary, url: `/files/${canary}` } as Parameters<typeof log>[0], 404, "10.0.0.1");
  assertEquals(entries, [
    ["web request failed", { method: "other", path: "/files/…", status: 404, address: "10.0.0.1" }],
  ]);
});

Deno.test("the text of an error does not repeat what could not be parsed", () => {
  for (const fail of [() => JSON.parse(canary), () => new URL(canary), () => new RegExp(`(${canary}`)]) {
    try {
      fail();
      assert(false);
    } catch (error) {
      assertEquals(errorText(error).includes(canary), false);
      assertNotEquals(errorText(error).indexOf("log_words_test.ts"), -1);
    }
  }
  assert(errorText(new TypeError("Cannot read properties of undefined")).includes("Cannot read properties"));
});
