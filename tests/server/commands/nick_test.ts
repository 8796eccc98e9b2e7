/** NICK: the refusals, and a change of the nick. */
import { assert, assertEquals } from "@std/assert";
import { formatVerifier, makeVerifier } from "../../../lib/irc/scram.ts";
import { password, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import { device } from "../../support/login.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

story("NICK refuses empty, malformed and taken nicks", refusedNicks);
story("NICK takes only ASCII letters, and proposes a nick in these", asciiOnly);
story("NICK takes letters of all scripts with --nick-letters unicode", {
  settings: { nickLetters: "unicode" },
}, allLetters);
story("an account with other letters keeps its nick", olderAccount);
story("NICK refuses a nick that is equal by RFC 1459 to one in use; look-ups stay ASCII", alikeInUse);
story("NICK and REGISTER refuse a name that is equal by RFC 1459 to an account", alikeAccount);
story("NICK refuses a nick that looks like one in use or an account", {
  settings: { nickLetters: "unicode" },
}, looksAlike);
story("nobody imitates an operator or a service, also in ASCII", imitated);
story("accounts that look alike from an older version keep their nicks", olderAlike);
story("NICK is sent once to everyone in the same channels", rename);
story("NICK accepts the user's own nick in another case", renameCase);

const ascii =
  "Erroneous nickname: this server allows the letters A to Z, digits and _-[]\\`^{|}, and no digit or hyphen first";
const inUse = "Nickname is already in use: many apps cannot tell it from";

async function asciiOnly(chat: Chat): Promise<void> {
  const bob = await chat.peer("bob");
  assertEquals(await ask(bob, "NICK Zoë", "NICK 太郎", "NICK Юля"), [
    `:chat.test 432 bob Zoë :${ascii}; try Zoe`,
    `:chat.test 432 bob 太郎 :${ascii}`,
    `:chat.test 432 bob Юля :${ascii}; try Yulya`,
  ]);
  const early = await chat.peer("zoe", { register: false });
  assertEquals(await ask(early, "NICK Zoë"), [`:chat.test 432 * Zoë :${ascii}; try Zoe`]);
}

async function allLetters(chat: Chat): Promise<void> {
  const bob = await chat.peer("bob");
  assertEquals(await ask(bob, "NICK Zoë", "NICK ☕zoe"), [
    ":bob NICK Zoë",
    ":chat.test 432 Zoë ☕zoe :Erroneous nickname: this server allows letters and digits, and no digit or hyphen first; try zoe",
  ]);
}

/** The account is older than the setting: its owner logs in, has its nick, and is reached by it; nobody else is. */
async function olderAccount(chat: Chat): Promise<void> {
  const verifier = formatVerifier(await makeVerifier(password, 4096));
  chat.hub.commit({ kind: "account created", name: "Zoë", verifier });
  const bob = await chat.peer("bob");
  const owned = "This nick belongs to an account; log in to use it";
  assertEquals(await ask(bob, "NICK Zoë", "NICK zoë"), [
    `:chat.test 433 bob Zoë :${owned}`,
    `:chat.test 433 bob zoë :${owned}`,
  ]);
  const { peer: zoe } = await device(chat, "Zoë");
  assertEquals(await ask(bob, "PRIVMSG zoë :hello"), []);
  assertEquals(await receive(zoe), [":bob PRIVMSG Zoë hello"]);
  // An app that knows only NickServ comes under another nick, and gets its own after the login.
  const app = await chat.peer("zoe");
  zoe.send("QUIT");
  await zoe.closed();
  app.send(`PRIVMSG NickServ :IDENTIFY Zoë ${password}`);
  await app.next(/ NICK /);
  assertEquals(chat.state.find("Zoë")?.account, "Zoë");
}

async function alikeInUse(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann[x]");
  const bob = await chat.peer("bob");
  assertEquals(await ask(bob, "NICK Ann{X}", "NICK ann{y}", "NICK bob", "PRIVMSG ann{x} :hello"), [
    `:chat.test 433 bob Ann{X} :${inUse} ann[x]`,
    ":bob NICK ann{y}",
    ":ann{y} NICK bob",
    ":chat.test 401 bob ann{x} :No such nick/channel",
  ]);
  const early = await chat.peer("ann|", { register: false });
  assertEquals(await ask(early, "NICK ann{x}"), [`:chat.test 433 * ann{x} :${inUse} ann[x]`]);
  // The user itself can change from one to the other, and nobody else can take either.
  assertEquals(await ask(ann, "NICK ann{x}"), [":ann[x] NICK ann{x}"]);
  assertEquals(await ask(bob, "NICK ann[x}"), [`:chat.test 433 bob ann[x} :${inUse} ann{x}`]);
  await ask(ann, "NICK eve");
  assertEquals(await ask(bob, "NICK ann[x]"), [":bob NICK ann[x]"]);
}

async function alikeAccount(chat: Chat): Promise<void> {
  const ann = await registered(chat, "ann\\");
  const bob = await chat.peer("bob");
  ann.send("QUIT");
  await ann.closed();
  assertEquals(await ask(bob, "NICK ann|"), [`:chat.test 433 bob ann| :${inUse} the account ann\\`]);
  const early = await chat.peer("eve", { register: false });
  await ask(early, "CAP REQ standard-replies", "NICK ann|");
  assertEquals(await ask(early, `REGISTER * * ${password}`), [
    ":chat.test FAIL REGISTER ACCOUNT_EXISTS ann| :This name is taken",
  ]);
  // Two accounts that are older than the rule can both log in, at the same time.
  const verifier = formatVerifier(await makeVerifier(password, 4096));
  chat.state.store?.accounts.save({ name: "ann|", verifier, role: "", suspended: undefined, createdMs: 0 });
  const { peer: one } = await device(chat, "ann\\");
  const { peer: other } = await device(chat, "ann|");
  assertEquals(await ask(one, "PRIVMSG ann| :hello"), []);
  assertEquals(await receive(other), [":ann\\ PRIVMSG ann| hello"]);
}

const similar = "Nickname is already in use: it looks like";

async function looksAlike(chat: Chat): Promise<void> {
  await chat.peer("ann");
  const owner = await registered(chat, "coco");
  owner.send("QUIT");
  await owner.closed();
  const bob = await chat.peer("bob");
  const erroneous = "Erroneous nickname: it mixes";
  assertEquals(await ask(bob, "NICK аnn", "NICK ａnn", "NICK 𝐚𝐧𝐧", "NICK сосо", "NICK Юля"), [
    `:chat.test 432 bob аnn :${erroneous} Cyrillic and Latin letters in one word`,
    `:chat.test 433 bob ａnn :${similar} ann`,
    `:chat.test 433 bob 𝐚𝐧𝐧 :${similar} ann`,
    `:chat.test 433 bob сосо :${similar} the account coco`,
    ":bob NICK Юля",
  ]);
  const early = await chat.peer("eve", { register: false });
  await ask(early, "CAP REQ standard-replies", "NICK сосо");
  assertEquals(await ask(early, `REGISTER * * ${password}`), [
    ":chat.test FAIL REGISTER ACCOUNT_EXISTS сосо :This name is taken",
  ]);
  assertEquals(await ask(early, "NICK юля"), [`:chat.test 433 сосо юля :${similar} Юля`]);
}

async function imitated(chat: Chat): Promise<void> {
  await registered(chat, "admin");
  await registered(chat, "modem");
  chat.hub.commit({ kind: "role set", account: "admin", role: "operator", by: "*" });
  const bob = await chat.peer("bob");
  const service = "Nickname is already in use: it is reserved for a service";
  const nicks = ["ADMlN", "adrnin", "N1ckServ", "OperServ", "modern", "pauI"];
  assertEquals(await ask(bob, ...nicks.map((nick) => `NICK ${nick}`)), [
    `:chat.test 433 bob ADMlN :${similar} the account admin`,
    `:chat.test 433 bob adrnin :${similar} the account admin`,
    `:chat.test 433 bob N1ckServ :${service}`,
    `:chat.test 433 bob OperServ :${service}`,
    ":bob NICK modern",
    ":modern NICK pauI",
  ]);
  const eve = await chat.peer("eve");
  assertEquals(await ask(eve, "NICK paul"), [`:chat.test 433 eve paul :${similar} pauI`]);
  chat.hub.commit({ kind: "role set", account: "admin", role: "", by: "*" });
  assertEquals(await ask(bob, "NICK adrnin"), [":pauI NICK adrnin"]);
}

async function olderAlike(chat: Chat): Promise<void> {
  const verifier = formatVerifier(await makeVerifier(password, 4096));
  const row = { verifier, role: "", suspended: undefined, createdMs: 0 } as const;
  for (const name of ["ann", "аnn", "BotServ"]) chat.state.store?.accounts.save({ ...row, name });
  for (const name of ["ann", "аnn", "BotServ"]) {
    const { peer } = await device(chat, name);
    assertEquals(await ask(peer, "NICK eve", `NICK ${name}`), [`:${name} NICK eve`, `:eve NICK ${name}`]);
  }
}

async function refusedNicks(chat: Chat): Promise<void> {
  await chat.peer("ann");
  const bob = await chat.peer("bob");
  bob.send("NICK", "NICK :", "NICK 1bob", "NICK b@b", `NICK ${"b".repeat(33)}`, "NICK ANN");
  assertEquals(await bob.lines(), [
    ":chat.test 431 bob :No nickname given",
    ":chat.test 431 bob :No nickname given",
    `:chat.test 432 bob 1bob :${ascii}; try _1bob`,
    `:chat.test 432 bob b@b :${ascii}; try bb`,
    `:chat.test 432 bob ${"b".repeat(33)} :Erroneous nickname: it is longer than 32 characters`,
    ":chat.test 433 bob ANN :Nickname is already in use",
  ]);
}

async function rename(chat: Chat): Promise<void> {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  await ann?.join("#den");
  await bob?.join("#den");
  await ann?.lines();
  ann?.send("NICK anna");
  const received = [/^:ann!~ann@\S+ NICK :?anna$/];
  const seen = await bob?.lines() ?? [];
  assertEquals(seen.length, received.length);
  assert(received[0]?.test(seen[0] ?? ""), seen[0]);
}

async function renameCase(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann");
  ann.send("NICK Ann");
  assert(/^:ann!\S+ NICK :?Ann$/.test((await ann.lines())[0] ?? ""));
}
