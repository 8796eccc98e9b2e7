/**
 * No client gets a line of more than 512 bytes without asking for it. The peers check every line of every test
 * (support/peer.ts); this file makes the longest lines that the limits allow, for clients with several capabilities.
 */
import { assert, assertEquals } from "@std/assert";
import { capabilities } from "../../../lib/irc/capabilities.ts";
import { parse } from "../../../lib/irc/message.ts";
import { utf8Bytes } from "../../../lib/irc/lines.ts";
import type { Settings } from "../../../lib/server/settings/settings.ts";
import { makeOperator } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { isupportTokens } from "../../../lib/server/render/isupport.ts";
import { visit } from "../../support/memory_connection.ts";
import { story } from "../../support/story.ts";
import { ask, plain } from "../../support/transcript.ts";

/** 32 characters, 96 bytes. */
const nickOf = (number: number) => "茶".repeat(31) + String.fromCodePoint(0x4e00 + number);
const channel = `#${"ж".repeat(59)}`;
const text = (bytes: number) => "слово ".repeat(Math.ceil(bytes / 11)).trim();
const settings: Partial<Settings> = {
  name: `${"s".repeat(58)}.test`,
  network: "n".repeat(100),
  description: text(600),
  admin: text(600),
  nickLetters: "unicode",
  realNameLength: 1000,
  awayLength: 1000,
  topicLength: 3000,
  reasonLength: 1000,
  channelsPerUser: 300,
  listLimit: 200,
  historyPage: 1000,
  plainLines: 0,
  replay: 50,
};
const long = Object.keys(capabilities).filter((name) =>
  name.includes("long-lines") || name.includes("multiline")
);
const others = Object.keys(capabilities).filter((name) => name !== "sts" && !long.includes(name));
/** A client without capabilities, with some that make lines longer, and with all of them. */
const combinations: readonly (readonly string[])[] = [
  [],
  ["userhost-in-names", "multi-prefix", "extended-join"],
  others,
];

/** The client gets at least these, so the test would notice if it asked nothing. */
const expected =
  `005 251 257 259 265 281 301 302 303 311 312 314 319 322 324 332 333 346 348 351 352 353 354 366 367 371 372
  375 378 391 400 401 403 410 417 421 432 524 704 705 730 731 732 734 CAP CHATHISTORY INVITE JOIN KICK MARKREAD MODE
  NICK NOTICE PART PRIVMSG QUIT TOPIC WALLOPS`.split(/\s+/);

for (const caps of combinations) {
  const name = caps === others ? "all other capabilities" : caps.join(", ") || "no capability";
  story(
    `no line has more than 512 bytes for a client with ${name}`,
    { settings, motd: [text(2000)] },
    async (chat) => {
      const [ann, bob] = await longNamed(chat, caps);
      const lines = await everything(chat, ann, bob);
      const seen = new Set(lines.map((line) => parse(line)?.command));
      assertEquals(expected.filter((command) => !seen.has(command)), []);
    },
  );
}

/** Two users with the longest names; ann has the capabilities. */
async function longNamed(chat: Chat, caps: readonly string[]): Promise<readonly [Peer, Peer]> {
  const peers: Peer[] = [];
  for (const at of [0, 1]) {
    const peer = await chat.peer(nickOf(at), { register: false });
    peer.send(
      "CAP LS 302",
      `CAP REQ :${(at === 0 ? caps : ["parley/long-lines"]).join(" ") || "cap-notify"}`,
    );
    peer.send(`NICK ${nickOf(at)}`, `USER ${"u".repeat(16)} 0 * :${text(1000)}`, "CAP END");
    await peer.next(/ (376|422) /);
    await peer.join(channel);
    peers.push(peer);
  }
  const [ann, bob] = peers;
  assert(ann && bob);
  makeOperator(chat, nickOf(0));
  for (const at of [0, 1]) chat.state.find(nickOf(at))?.changeHost("h".repeat(63));
  return [ann, bob];
}

async function everything(chat: Chat, ann: Peer, bob: Peer): Promise<string[]> {
  const [annNick, bobNick] = [ann.nick, bob.nick];
  const crowd = Array.from({ length: 12 }, (_, at) => nickOf(at + 100));
  for (const nick of crowd) await (await visit(chat.hub, "10.0.0.1", nick)).join(channel);
  const masks = Array.from({ length: 60 }, (_, at) => `${at}${"茶".repeat(55)}!*@${"h".repeat(20)}`);
  for (const letter of "beI") {
    for (let at = 0; at < masks.length; at += 20) {
      ann.send(`MODE ${channel} +${letter.repeat(20)} ${masks.slice(at, at + 20).join(" ")}`);
    }
    ann.send(`MODE ${channel} ${letter}`);
  }
  ann.send(
    `MODE ${channel} +o-b+o-b ${bobNick} ${masks[0]} ${crowd[0]} ${masks[1]}`,
    `MODE ${channel} +kl ${"k".repeat(32)} 99`,
  );
  ann.send(`MODE ${channel}`, `MODE ${channel} -bbb ${masks.slice(5, 8).join(" ")}`);
  ann.send(`TOPIC ${channel} :${text(3000)}`, `MODE ${annNick} +w`, `INVITE ${annNick} #other`);
  bob.send(`AWAY :${text(1000)}`, "JOIN #other", `INVITE ${annNick} #other`, `SETNAME :${text(1000)}`);
  for (const target of [channel, `@${channel}`, annNick]) {
    for (const command of ["PRIVMSG", "NOTICE"]) {
      bob.send(`${command} ${target} :${text(3400)}`, `${command} ${target} :${"x".repeat(3400)}`);
      bob.send(
        `${command} ${target} :\x01ACTION ${text(3300)}\x01`,
        `${command} ${target} :\x01VERSION ${text(3300)}\x01`,
      );
    }
  }
  await bob.lines();
  for (let at = 0; at < 60; at++) bob.send(`JOIN #${at}${"д".repeat(55)}`);
  await bob.lines();
  ann.send(`PRIVMSG ${bobNick} :hello`, `PRIVMSG ${annNick} :${text(3300)}`, `WALLOPS :${text(3400)}`);
  const questions = [
    "NAMES",
    "WHO",
    "TOPIC",
    "CHATHISTORY LATEST * 100",
    "MARKREAD",
    "FOUNDER",
  ].map((one) => one.replace(/^(\S+ ?\S*)/, (first) => `${first} ${channel}`));
  ann.send(...questions, `CHATHISTORY LATEST ${channel} * 500`, `CHATHISTORY LATEST ${"x".repeat(2000)} * 5`);
  ann.send(`CHATHISTORY TARGETS timestamp=2000-01-01T00:00:00.000Z timestamp=2100-01-01T00:00:00.000Z 50`);
  ann.send(
    `SEARCH in=${channel};text=слово;limit=50`,
    "LIST",
    `WHO ${channel} %tcuihsnfdlaor,999`,
    "WHO * n",
  );
  ann.send(
    `WHOIS ${bobNick}`,
    `WHOIS ${annNick},${bobNick}`,
    `WHOWAS ${bobNick}`,
    "LUSERS",
    "VERSION",
    "ADMIN",
    "INFO",
  );
  ann.send(
    "MOTD",
    "HELP",
    "HELP UBAN",
    "HELP ACCOUNT",
    "TIME",
    "LINKS",
    "STATS u",
    "ISUPPORT",
    "CAP LS 302",
    "CAP LIST",
  );
  ann.send(
    `ISON :${crowd.join(" ")}`,
    `USERHOST ${crowd.slice(0, 5).join(" ")}`,
    `MONITOR + ${crowd.join(",")}`,
  );
  ann.send(
    `MONITOR + ${Array.from({ length: 60 }, (_, at) => `away${at}${"x".repeat(20)}`).join(",")}`,
    "MONITOR L",
    "MONITOR S",
  );
  ann.send(`MONITOR + ${Array.from({ length: 40 }, (_, at) => `more${at}${"x".repeat(25)}`).join(",")}`);
  ann.send(
    `UBAN ADD ${"m".repeat(100)}!*@* ${text(900)}`,
    "UBAN LIST",
    `UBAN INFO ${"m".repeat(100)}!*@*`,
    "UBAN INFO *!*@*",
  );
  ann.send(
    `ACCEPT ${crowd.join(",")}`,
    "ACCEPT *",
    `INVITE ${nickOf(99)} ${channel}`,
    "ACCOUNT LIST",
    "ACCOUNT EXPORT",
  );
  ann.send(...hostile());
  ann.send(`CHGHOST ${bobNick} ${"g".repeat(63)}`, `KICK ${channel} ${crowd[1]} :${text(1000)}`);
  bob.send(
    `PART ${channel} :${text(1000)}`,
    `JOIN ${channel} ${"k".repeat(32)}`,
    `PRIVMSG ${channel} :x`,
    `REDACT ${channel} 1 :${text(900)}`,
  );
  bob.send(`NICK ${nickOf(2)}`, `AWAY`, `AWAY :${text(900)}`);
  const lines = await ann.lines();
  ann.send(`PART ${channel}`, `JOIN ${channel} ${"k".repeat(32)}`);
  lines.push(...await ann.lines());
  ann.send(`KILL ${crowd[2]} :${text(1000)}`, `KILL ${nickOf(2)} :${text(1000)}`);
  await bob.closed();
  return [...lines, ...await ann.lines()];
}

/** Words that replies repeat. */
function hostile(): string[] {
  const words = [
    `${"é".repeat(900)}`,
    `#${"茶".repeat(600)}`,
    "🍵".repeat(500),
  ];
  const commands = [
    "",
    "JOIN",
    "PART",
    "NAMES",
    "WHO",
    "WHOIS",
    "WHOWAS",
    "MODE",
    "TOPIC",
    "INVITE x",
    "KICK #x",
    "PRIVMSG",
    "NICK",
    "PING",
    "HELP",
    "MONITOR",
    "MONITOR +",
    "ISON",
    "USERHOST",
    "LIST",
    "STATS",
    "ADMIN",
    "TIME",
    "MOTD",
    "KILL",
    "UBAN",
    "UBAN DEL",
    "CHATHISTORY",
    "CHATHISTORY LATEST",
    "MARKREAD",
    "REDACT #x",
    "SEARCH",
    "REGISTER",
    "VERIFY x",
    "ACCOUNT",
    "ACCOUNT SUSPEND",
    "OWNER",
    "TOKEN",
    "TOKEN GENERATE",
    "CAP",
    "CAP REQ",
    "BATCH",
    "ACCEPT",
    "FOUNDER",
    "AUTHENTICATE",
    "CHGHOST x",
    "SETNAME",
    "USER a b c",
    "TAGMSG",
    "LUSERS x",
    "LINKS",
    "INFO",
    "WALLOPS",
  ];
  return commands.flatMap((command) => words.map((word) => `${command} ${word} ${word}`.trim()));
}

story("a reason of an end is cut in the ERROR", { settings }, async (chat) => {
  const ann = await chat.peer("ann");
  ann.send(`QUIT :${text(1000)}`);
  const error = (await ann.closed()).at(-1) ?? "";
  assert(error.startsWith("ERROR :Closing link: Quit: слово") && utf8Bytes(error) > 480);
});

story("a client that asks for long lines gets them", async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  const words = text(1400);
  for (const caps of [["parley/long-lines"], ["batch", "draft/multiline"]]) {
    const bob = await chat.peer("bob", { caps });
    await bob.join("#tea");
    await ask(ann, `PRIVMSG #tea :${words}`);
    assertEquals(plain(await bob.lines()), [`:ann PRIVMSG #tea :${words}`]);
    bob.send("QUIT");
    await bob.closed();
  }
});

story(
  "the first piece of a message has its msgid, and all have its time",
  { settings: { plainLines: 0 } },
  async (chat) => {
    const [ann] = await chat.join("#tea", "ann");
    const bob = await chat.peer("bob", {
      caps: ["message-tags", "server-time", "labeled-response", "batch", "echo-message"],
    });
    await bob.join("#tea");
    await ask(ann, `@+draft/reply=x PRIVMSG #tea :${text(1000)}`, `PRIVMSG #tea :${text(1000)}`);
    const tags = (await bob.lines()).map((line) => line.replace(/ .*/, "").replaceAll(/=[^;]+/g, ""));
    assertEquals(tags, [
      "@time;msgid;+draft/reply",
      "@time;+draft/reply",
      "@time;+draft/reply",
      "@time;msgid",
      "@time",
      "@time",
    ]);
    bob.send(`@label=7 PRIVMSG #tea :${text(700)}`);
    const echo = (await bob.lines()).map((line) => line.replace(/ .*|^:.*/, "").replaceAll(/=[^; ]+/g, ""));
    assertEquals(echo, ["@label", "@batch;time;msgid", "@batch;time", ""]);
  },
);

story("CHATHISTORY counts messages, not their pieces", { settings: { plainLines: 0 } }, async (chat) => {
  const [ann] = await chat.join("#tea", "ann");
  await ask(ann, ...["one", "two", "three"].map((word) => `PRIVMSG #tea :${word} ${text(1000)}`));
  const shown = await ask(ann, "CHATHISTORY LATEST #tea * 2");
  assertEquals(shown.length, 6);
  assert(shown[0]?.startsWith(":ann PRIVMSG #tea :two"));
});

story("lists in several lines lose no entry", { settings: { channelsPerUser: 200 } }, async (chat) => {
  const nicks = Array.from({ length: 60 }, (_, at) => `guest${at}${"x".repeat(24)}`);
  for (const nick of nicks) await (await visit(chat.hub, "10.0.0.1", nick)).join("#tea");
  const ann = await chat.peer("ann", { caps: ["userhost-in-names"] });
  const words = async (line: string, code: string) => {
    const found = (await ask(ann, line)).map((one) => parse(one)).filter((one) => one?.command === code);
    assert(found.length > 1, `${line} has ${found.length} lines`);
    return found.flatMap((one) => (one?.params.at(-1) ?? "").split(/[ ,]/)).map((one) =>
      one.replace(/[!=*].*/, "")
    );
  };
  assertEquals((await words("NAMES #tea", "353")).length, nicks.length);
  assertEquals(await words(`ISON :${nicks.join(" ")}`, "303"), nicks);
  assertEquals(await words(`MONITOR + ${nicks.join(",")}`, "730"), nicks);
  assertEquals(await words("MONITOR L", "732"), nicks);
  const channels = Array.from({ length: 40 }, (_, at) => `#channel${at}${"x".repeat(24)}`);
  await ask(ann, `JOIN ${channels.join(",")}`);
  assertEquals((await words("WHOIS ann", "319")).map((name) => name.replace("@", "")), channels);
  const session = chat.state.find("ann")?.sessions[0];
  assert(session);
  const tokens = (await ask(ann, "VERSION")).map((line) => parse(line)).filter((one) =>
    one?.command === "005"
  );
  assertEquals(tokens.flatMap((one) => one?.params.slice(1, -1) ?? []), isupportTokens(chat.state, session));
});

story("the tags of a client have at most 4094 bytes, and arrive whole", async (chat) => {
  const [ann, bob] = [await chat.peer("ann"), await chat.peer("bob", { caps: others })];
  const tags = `@+x=${"y".repeat(4091)}`;
  assertEquals(await ask(ann, `${tags} PRIVMSG bob hello`, `${tags}y PRIVMSG bob hello`), [
    ":chat.test 417 ann :Input line was too long",
  ]);
  const [line = "", ...more] = await bob.lines();
  assert(line.includes(tags.slice(1)) && line.includes("msgid=") && line.includes("time="));
  assertEquals(more, []);
});
