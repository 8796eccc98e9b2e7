/** Information about the server: MOTD, LUSERS, VERSION, TIME, ADMIN, INFO, LINKS, STATS, HELP. */
import { assert, assertEquals } from "@std/assert";
import { allCommands } from "../../../lib/server/commands/all.ts";
import { makeOperator } from "../../support/account.ts";
import { startChat } from "../../support/chat.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

const start = Date.UTC(2026, 10, 23, 15, 4, 5);

story("MOTD shows the text, or an error if there is none", { motd: ["Be kind", ""] }, async (chat) => {
  await using empty = startChat();
  assertEquals(await ask(await chat.peer("ann"), "MOTD"), [
    ":chat.test 375 ann :- chat.test message of the day -",
    ":chat.test 372 ann :- Be kind",
    ":chat.test 372 ann :- ",
    ":chat.test 376 ann :End of /MOTD command.",
  ]);
  assertEquals(await ask(await empty.peer("ann"), "MOTD"), [":chat.test 422 ann :MOTD File is missing"]);
});

story(
  "LUSERS counts visible and invisible users, unregistered connections, operators and channels",
  async (chat) => {
    const [ann, bob] = await chat.join("#tea", "ann", "bob");
    await chat.peer("cat", { register: false });
    makeOperator(chat, "ann");
    await ask(bob, "MODE bob +i");
    assertEquals(await ask(ann, "LUSERS"), [
      ":chat.test 251 ann :There are 1 users and 1 invisible on 1 servers",
      ":chat.test 252 ann 1 :operator(s) online",
      ":chat.test 253 ann 1 :unknown connection(s)",
      ":chat.test 254 ann 1 :channels formed",
      ":chat.test 255 ann :I have 2 clients and 0 servers",
      ":chat.test 265 ann 2 2 :Current local users 2, max 2",
      ":chat.test 266 ann 2 2 :Current global users 2, max 2",
    ]);
  },
);

story(
  "TIME, STATS u, LINKS and INFO answer",
  { startsAt: start, version: "parley-9" },
  async (chat) => {
    const ann = await chat.peer("ann");
    chat.clock.nowMs += 90_061_000;
    assertEquals(await ask(ann, "TIME", "STATS u", "STATS x", "LINKS", "INFO"), [
      ":chat.test 391 ann chat.test :Tue, 24 Nov 2026 16:05:06 GMT",
      ":chat.test 242 ann :Server Up 1 days 1:01:01",
      ":chat.test 219 ann u :End of /STATS report",
      ":chat.test 219 ann x :End of /STATS report",
      ":chat.test 364 ann chat.test chat.test :0 A chat for everyone",
      ":chat.test 365 ann * :End of /LINKS list",
      ":chat.test 371 ann :parley-9: a chat server that speaks IRCv3, in TypeScript on Deno",
      ":chat.test 371 ann :A chat for everyone",
      ":chat.test 371 ann :Running since Mon, 23 Nov 2026 15:04:05 GMT",
      ":chat.test 374 ann :End of INFO list",
    ]);
  },
);

story("VERSION shows the version and ISUPPORT again; ADMIN shows the contact", {
  version: "parley-9",
  settings: { admin: "ann@chat.test" },
}, async (chat) => {
  await using other = startChat();
  const ann = await chat.peer("ann");
  const lines = await ask(ann, "VERSION");
  assertEquals(lines[0], ":chat.test 351 ann parley-9 chat.test :A chat for everyone");
  assert(lines.slice(1).every((line) => line.includes(" 005 ann ")) && lines.length > 2);
  assertEquals(await ask(ann, "ADMIN"), [
    ":chat.test 256 ann chat.test :Administrative info",
    ":chat.test 257 ann :A chat for everyone",
    ":chat.test 259 ann ann@chat.test",
  ]);
  assertEquals(await ask(await other.peer("ann"), "ADMIN"), [
    ":chat.test 423 ann chat.test :No administrative info available",
  ]);
});

story("a request can name this server, by a mask or by a user on it, and no other server", async (chat) => {
  const ann = await chat.peer("ann");
  const count = async (...lines: string[]) => (await ask(ann, ...lines)).length;
  assertEquals(await count("TIME chat.test", "TIME *.test", "TIME ann"), 3);
  for (const command of ["TIME", "INFO", "MOTD", "ADMIN", "VERSION", "STATS u", "LUSERS *"]) {
    assertEquals(await ask(ann, `${command} other.test`), [
      ":chat.test 402 ann other.test :No such server",
    ]);
  }
});

story("HELP describes every command, and commands of operators to operators only", async (chat) => {
  const ann = await chat.peer("ann");
  assertEquals(await ask(ann, "HELP ping", "HELPOP kill", "HELP FLY"), [
    ":chat.test 704 ann PING :PING <token>",
    ":chat.test 705 ann PING :Asks for a PONG",
    ":chat.test 706 ann PING :End of help",
    ":chat.test 704 ann KILL :KILL <nick> [<reason>]",
    ":chat.test 705 ann KILL :Disconnects a user (server operators only)",
    ":chat.test 706 ann KILL :End of help",
    ":chat.test 524 ann FLY :No help available on this topic",
  ]);
  const index = async () => (await ask(ann, "HELP")).join(" ");
  assert((await index()).includes("PRIVMSG") && !(await index()).includes("KILL"));
  makeOperator(chat, "ann");
  const all = await index();
  assertEquals(Object.keys(allCommands).filter((name) => !all.includes(name)), []);
});

Deno.test("every command has a text for HELP", () => {
  const faults = Object.entries(allCommands).filter(([, { help }]) => !/^[A-Z].*[^.]$/.test(help));
  assertEquals(faults.map(([name]) => name), []);
});
