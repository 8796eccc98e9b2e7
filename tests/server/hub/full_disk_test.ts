import { assertEquals, assertMatch } from "@std/assert";
import { Clock } from "../../../lib/irc/clock.ts";
import { formatVerifier, makeVerifier } from "../../../lib/irc/scram.ts";
import { metricsText } from "../../../lib/server/web/metrics.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { password, registered } from "../../support/account.ts";
import { type Chat, startChat } from "../../support/chat.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { logIn } from "../../support/login.ts";
import type { Peer } from "../../support/peer.ts";
import { granted } from "../../support/permissions.ts";
import { onSmallDisk, type SmallDisk, smallDisk } from "../../support/small_disk.ts";
import { ask, receive } from "../../support/transcript.ts";

const caps = [
  "standard-replies",
  "echo-message",
  "message-tags",
  "batch",
  "draft/chathistory",
  "draft/message-redaction",
  "draft/read-marker",
  "draft/account-registration",
  "soju.im/search",
];
const refusal = "The server cannot save this now, because its disk is full or fails; try again later";
const failing =
  "The server cannot save messages now, because its disk is full or fails; new messages are lost if the server stops before it can save them";

diskStory(
  "while the disk is full, people find, mark and delete what they write, and know that it waits",
  async ({ disk, later, chat, store, ann, bob }) => {
    const say = async (text: string) =>
      /msgid=(\w+)/.exec((await tagged(ann, `PRIVMSG #tea :${text}`)).at(-1) ?? "")?.[1] ?? "";
    const saved = await say("saved secret");
    disk.fill();
    const id = await say("unsaved secret");
    assertEquals((await receive(bob)).slice(-2).sort(), [
      ":ann PRIVMSG #tea :unsaved secret",
      `:chat.test NOTICE bob :${failing}`,
    ]);
    await say("third");
    await receive(bob);
    const latest = "CHATHISTORY LATEST #tea * 10";
    assertEquals(await spoken(bob, latest), ["saved secret", "unsaved secret", "third"]);
    assertEquals(await spoken(bob, `CHATHISTORY BEFORE #tea msgid=${id} 10`), ["saved secret"]);
    assertEquals(await spoken(bob, `CHATHISTORY AFTER #tea msgid=${saved} 1`), ["unsaved secret"]);
    assertEquals((await spoken(bob, `CHATHISTORY AROUND #tea msgid=${id} 3`)).length, 3);
    assertEquals(await spoken(bob, "SEARCH text=secret"), ["saved secret", "unsaved secret"]);
    for (const one of [saved, id]) {
      assertEquals(await ask(ann, `REDACT #tea ${one}`), [`:ann REDACT #tea ${one}`]);
    }
    assertEquals(await spoken(bob, latest), ["third"]);
    assertEquals(await spoken(bob, "SEARCH text=secret"), []);
    assertMatch(metricsText(chat.hub), /^parley_saving 0$/m);
    disk.freeSpace();
    later(11_000);
    await store.upkeep();
    await say("fourth");
    assertEquals((await receive(bob)).slice(-2).sort(), [
      ":ann PRIVMSG #tea fourth",
      ":chat.test NOTICE bob :The server saves messages again",
    ]);
    assertMatch(metricsText(chat.hub), /^parley_saving 1$/m);
    assertEquals(await spoken(bob, latest), ["third", "fourth"]);
  },
);

diskStory(
  "while the disk is full, nobody is told that an account exists, is gone or has a new password",
  async ({ disk, chat, ann, bob }) => {
    await ask(ann, "REGISTER * * long-enough-password");
    // Nothing was written since, so the server does not know that the disk is full.
    disk.fill();
    assertEquals(await ask(bob, "REGISTER * * long-enough-password"), [
      `:chat.test FAIL REGISTER TEMPORARILY_UNAVAILABLE bob :${refusal}`,
    ]);
    for (const line of ["PASSWORD long-enough-password another-password", "DELETE long-enough-password"]) {
      assertEquals((await ask(ann, `ACCOUNT ${line}`)).filter((one) => !one.includes(failing)), [
        `:chat.test FAIL ACCOUNT TEMPORARILY_UNAVAILABLE ann :${refusal}`,
      ]);
    }
    assertEquals((await ask(ann, `CERT ADD ${"ab".repeat(32)}`)).filter((one) => !one.includes(failing)), [
      `:chat.test FAIL CERT TEMPORARILY_UNAVAILABLE ann :${refusal}`,
    ]);
    assertEquals(chat.state.accounts.find("bob"), undefined);
    await ask(ann, "PRIVMSG #tea :the disk is full");
    for (const peer of [ann, bob]) await receive(peer);
    assertEquals(await ask(bob, "REGISTER * * long-enough-password"), [
      `:chat.test FAIL REGISTER TEMPORARILY_UNAVAILABLE bob :${refusal}`,
    ]);
    const cat = await chat.peer("cat", { register: false });
    cat.send("NICK cat", "USER cat 0 * :cat");
    assertMatch(await cat.next(/because its disk is full/), / NOTICE cat /);
  },
);

diskStory(
  "while the disk is full, a login succeeds whose verifier cannot be renewed",
  async ({ disk, chat, store }) => {
    await registered(chat, "dan");
    const row = chat.state.accounts.find("dan");
    if (row !== undefined) {
      store.accounts.save({ ...row, verifier: formatVerifier(await makeVerifier(password, 5000)) });
    }
    store.commit();
    disk.fill();
    const peer = await chat.peer("eve", { register: false });
    assertEquals((await logIn(peer, "dan")).at(-1), ":chat.test 903 * :SASL authentication successful");
  },
);

diskStory(
  "messages that not even memory can take are refused, and what happens anyway is counted as lost",
  async ({ disk, later, chat, store, ann, bob }) => {
    const old = await chat.peer("dan", { caps: [] });
    await old.join("#tea");
    await ask(old, "PRIVMSG #tea :early");
    store.commit();
    disk.fill();
    store.history.append(store.conversations.channel("#den", "#den"), 0, 1, "x".repeat(110_000));
    store.commit();
    await receive(ann);
    for (const peer of [bob, old]) await receive(peer);
    for (const command of ["PRIVMSG", "NOTICE"]) {
      assertEquals(await ask(ann, `${command} #tea :hello`), [
        `:chat.test FAIL ${command} TEMPORARILY_UNAVAILABLE #tea :${refusal}`,
      ]);
    }
    assertEquals(await ask(old, "PRIVMSG #tea :hello"), [`:chat.test 404 dan #tea :${refusal}`]);
    assertEquals(await ask(old, "PRIVMSG ann :hello"), [`:chat.test NOTICE dan :PRIVMSG: ${refusal}`]);
    await receive(bob);
    await ask(ann, "@+typing=active TAGMSG #tea", "PART #tea");
    assertEquals(await receive(bob), [":ann TAGMSG #tea", ":ann PART #tea"]);
    assertEquals(store.database.records.lost, 1);
    assertMatch(metricsText(chat.hub), /^parley_lost_records_total 1$/m);
    disk.freeSpace();
    later(60_000);
    await store.upkeep();
    await ask(ann, "JOIN #tea", "PRIVMSG #tea :hello");
    await receive(bob);
    assertEquals(await spoken(bob, "CHATHISTORY LATEST #tea * 10"), ["early", "hello"]);
    assertMatch(chat.log.join("\n"), /saved again; .* waited in memory: 1, lost: 1$/m);
  },
);

diskStory(
  "a disk that is full and not full every second does not fill the log",
  ({ later, chat, store }) => {
    const before = chat.log.length;
    for (let count = 1; count <= 20; count++) store.database.onProblem(`state ${count}`);
    assertEquals(chat.log.slice(before), [1, 2, 3, 4, 5, 6].map((count) => `error state ${count}`));
    later(60_000);
    chat.hub.sweep();
    assertEquals(chat.log.at(-1), "error state 20");
  },
);

interface Scene {
  readonly disk: SmallDisk;
  readonly store: Store;
  /** Moves the clocks. */
  readonly later: (ms: number) => void;
  readonly chat: Chat;
  readonly ann: Peer;
  readonly bob: Peer;
}

function diskStory(name: string, act: (scene: Scene) => Promise<void> | void): void {
  Deno.test(name, { ignore: onSmallDisk.ignore || !granted("net") }, async () => {
    using place = temporaryFolder();
    using disk = smallDisk();
    let passedMs = 0;
    const store = openStore({
      folder: place.folder,
      clock: new Clock({ monotonic: () => passedMs }),
      unsavedLimit: 100_000,
    });
    await using chat = startChat({ startsAt: 1_800_000_000_000, store });
    const later = (ms: number) => {
      passedMs += ms;
      chat.clock.nowMs += ms;
    };
    const ann = await chat.peer("ann", { caps });
    const bob = await chat.peer("bob", { caps });
    for (const peer of [ann, bob]) await peer.join("#tea");
    for (const peer of [ann, bob]) await peer.lines();
    await act({ disk, store, later, chat, ann, bob });
    disk.freeSpace();
  });
}

/** The answers with their tags. */
async function tagged(peer: Peer, line: string): Promise<string[]> {
  peer.send(line);
  return await peer.lines();
}

/** The texts of the messages in an answer. */
async function spoken(peer: Peer, line: string): Promise<string[]> {
  const lines = await tagged(peer, line);
  return lines.flatMap((one) => / PRIVMSG #tea :?(.*)$/.exec(one)?.[1] ?? []);
}
