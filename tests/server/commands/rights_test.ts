/**
 * Rights are derived from the account at the moment of use: a table of acts, and what must be gone after each; ranks and
 * operators whose right ends; commands that are still being carried out when the right ends.
 */
import { assert, assertEquals } from "@std/assert";
import { formatVerifier, makeVerifier } from "../../../lib/irc/scram.ts";
import { refusalToSend } from "../../../lib/server/web/upload_owner.ts";
import { makeOwnerCode } from "../../../lib/server/hub/owner_code.ts";
import { password, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import { device, logIn, scram } from "../../support/login.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const next = "another-long-battery";

/** ann, who owns the server. */
async function owner(chat: Chat): Promise<Peer> {
  const ann = await registered(chat, "ann");
  await ask(ann, `OWNER ${await makeOwnerCode(chat.hub, false)}`);
  return ann;
}

/** A token that uploads accept for the user of this nick. */
function token(chat: Chat, nick: string): string {
  const user = chat.state.find(nick);
  return user === undefined ? "" : chat.state.tokens.make(user);
}

/** Each act on the account bob; `asker` is the session of bob that does it, and stays. */
const acts: readonly {
  readonly act: string;
  readonly as: "bob" | "ann";
  readonly sentence: string;
  readonly asker: "stays" | "ends";
}[] = [
  {
    act: `ACCOUNT PASSWORD ${password} ${next}`,
    as: "bob",
    sentence:
      "Logged out: the password of your account was changed on another device; log in with the new one",
    asker: "stays",
  },
  {
    act: `ACCOUNT DELETE ${password}`,
    as: "bob",
    sentence: "Logged out: your account was deleted",
    asker: "stays",
  },
  {
    act: `ACCOUNT RESET bob ${next}`,
    as: "ann",
    sentence: "Logged out: the operator ann set a new password for your account",
    asker: "ends",
  },
  { act: "ACCOUNT SUSPEND bob :spam", as: "ann", sentence: "Your account is suspended: spam", asker: "ends" },
];

for (const { act, as, sentence, asker } of acts) {
  story(
    `${act.split(" ", 2).join(" ")} ends every other session, token and login of the account`,
    async (chat) => {
      const ann = await owner(chat);
      const bob = await registered(chat, "bob");
      await ask(ann, "ACCOUNT ROLE bob operator");
      const { peer: phone } = await device(chat, "bob");
      const { peer: second } = await device(chat, "bob", { nick: "bobby" });
      const early = await chat.peer("bob", { register: false });
      early.send("CAP LS 302", "CAP REQ :sasl", "NICK bob", "USER bob 0 * :bob");
      await logIn(early, "bob");
      const proving = await chat.peer("robert", { register: false });
      proving.send("CAP LS 302", "CAP REQ :sasl");
      const tokens = [token(chat, "bob"), token(chat, "bobby")];
      const senders = tokens.flatMap((one) => chat.state.tokens.read(one) ?? []);
      assertEquals(senders.map((one) => refusalToSend(chat.state, one, "127.0.0.1")), [undefined, undefined]);
      const proof = await scram(proving, "bob", password, async () => {
        (as === "bob" ? bob : ann).send(act);
        for (const ended of [phone, second, early]) {
          assertEquals(await ended.next(/^ERROR /), `ERROR :Closing link: ${sentence}`);
        }
      });
      assert(proof[0]?.includes(" 904 "), proof.join("\n"));
      assertEquals(tokens.map((one) => chat.state.tokens.read(one)), [undefined, undefined]);
      // An upload that is running asks this again.
      assert(senders.every((one) => refusalToSend(chat.state, one, "127.0.0.1") !== undefined));
      const left = [...chat.state.users.values()].filter(({ nick }) => nick !== "ann");
      assertEquals(left.map(({ devices }) => devices.size), asker === "stays" ? [1] : []);
      if (asker === "ends") {
        return assertEquals(await bob.next(/^ERROR /), `ERROR :Closing link: ${sentence}`);
      }
      await receive(bob);
      const isGone = act.includes("DELETE");
      assertEquals(left[0]?.isOperator, !isGone);
      const answers = await ask(bob, `ACCOUNT RESET ann ${next}`, "KILL nobody");
      assertEquals(answers.map((line) => line.split(" ")[1]), ["481", isGone ? "481" : "401"]);
    },
  );
}

story("a token from before a suspension does not work again after it", async (chat) => {
  const ann = await owner(chat);
  await registered(chat, "bob");
  const old = token(chat, "bob");
  await ask(ann, "ACCOUNT SUSPEND bob", "ACCOUNT RESTORE bob");
  assertEquals(chat.state.tokens.read(old), undefined);
});

story("an operator who deletes the account is told -o and can do nothing more", async (chat) => {
  const ann = await owner(chat);
  const bob = await registered(chat, "bob");
  await registered(chat, "cat");
  await ask(ann, "ACCOUNT ROLE bob operator");
  await receive(bob);
  const answers = await ask(
    bob,
    `ACCOUNT DELETE ${password}`,
    `ACCOUNT RESET cat ${next}`,
    "REHASH",
    "WALLOPS :hi",
  );
  assert(answers.some((line) => line.endsWith(" -o")), answers.join("\n"));
  assertEquals(answers.filter((line) => / 481 /.test(line)).length, 3);
  assertEquals((await ask(ann, "WHO * o")).filter((line) => / 352 .* H\S*\*/.test(line)).length, 1);
});

story("an act of an operator that is applied after the role ended changes nothing", async (chat) => {
  const ann = await owner(chat);
  const bob = await registered(chat, "bob");
  await registered(chat, "cat");
  await ask(ann, "ACCOUNT ROLE bob operator");
  const [session] = chat.state.find("bob")?.sessions ?? [];
  const before = chat.state.accounts.find("cat");
  await ask(ann, "ACCOUNT ROLE bob none");
  await receive(bob);
  // So it is when a password was hashed meanwhile, or when another machine took the role away.
  const verifier = formatVerifier(await makeVerifier(next, 4096));
  const by = "bob";
  chat.hub.commit({ kind: "password set", account: "cat", verifier, by }, session);
  chat.hub.commit({ kind: "account suspended", account: "cat", reason: "", by }, session);
  chat.hub.commit({ kind: "role set", account: "cat", role: "owner", by }, session);
  assertEquals((await receive(bob)).map((line) => line.split(" ")[1]), ["481", "481", "481"]);
  assertEquals(chat.state.accounts.find("cat"), before);
});

story("a device that was logged out cannot finish its own change of the password", async (chat) => {
  const bob = await registered(chat, "bob");
  const { peer: phone } = await device(chat, "bob");
  const session = chat.state.find("bob")?.sessions[1];
  await ask(bob, `ACCOUNT PASSWORD ${password} ${next}`);
  await phone.closed();
  const before = chat.state.accounts.find("bob");
  // So it is when the phone had hashed its own new password meanwhile.
  const verifier = formatVerifier(await makeVerifier("a-third-battery", 4096));
  chat.hub.commit({ kind: "password set", account: "bob", verifier, session: session?.id ?? "" }, session);
  chat.hub.commit({ kind: "account removed", account: "bob", session: session?.id ?? "" }, session);
  assertEquals(chat.state.accounts.find("bob"), before);
});

const entries = new Map([["root", await makeVerifier("open sesame", 4096)]]);
const others = new Map([["root", await makeVerifier("another sesame", 4096)]]);

for (
  const [change, operators] of [["loses the entry", new Map()], ["has another password", others]] as const
) {
  story(`when the operator file ${change}, REHASH ends the right that OPER gave`, {
    operators: entries,
    reread: () => ({ operators }),
  }, async (chat) => {
    const ann = await chat.peer("ann");
    await ask(ann, "OPER root :open sesame");
    assertEquals(await ask(ann, "REHASH", "KILL nobody"), [
      ":ann MODE ann -o",
      ":chat.test 382 ann chat.test Rehashing",
      ":chat.test 481 ann :Permission Denied- You're not an IRC operator",
    ]);
  });
}

story(
  "an operator by OPER stays one when the role of the account ends",
  { operators: entries },
  async (chat) => {
    const ann = await owner(chat);
    const bob = await registered(chat, "bob");
    await ask(bob, "OPER root :open sesame");
    await ask(ann, "ACCOUNT ROLE bob operator", "ACCOUNT ROLE bob none");
    await receive(bob);
    assertEquals((await ask(bob, "KILL nobody")).map((line) => line.split(" ")[1]), ["401"]);
  },
);

story("a person who deletes the account loses the ranks of the account", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await registered(chat, "bob");
  await ask(ann, "JOIN #tea", "PART #tea", "JOIN #tea");
  await ask(bob, "JOIN #tea");
  await ask(ann, "MODE #tea +h bob");
  await ask(bob, `ACCOUNT DELETE ${password}`);
  await ask(ann, `ACCOUNT DELETE ${password}`);
  const [channel] = chat.state.channels.values();
  assertEquals([...channel?.members.values() ?? []].map(({ prefixes }) => prefixes), ["", ""]);
});

story("a founder who gives the channel away is an operator of it", async (chat) => {
  const ann = await registered(chat, "ann");
  await registered(chat, "bob");
  await ask(ann, "JOIN #tea", "PART #tea", "JOIN #tea");
  const lines = await ask(ann, "FOUNDER #tea bob", "FOUNDER #tea ann", "MODE #tea +m");
  assertEquals(lines.filter((line) => / (MODE|482) /.test(line)), [
    ":chat.test MODE #tea -q+o ann ann",
    ":chat.test 482 ann #tea :You're not channel operator",
    ":ann MODE #tea +m",
  ]);
});

story("nobody takes the nick of a deleted account until an operator frees it", async (chat) => {
  const ann = await owner(chat);
  const bob = await registered(chat, "bob");
  await ask(ann, "JOIN #tea", "MODE #tea +I a:bob", "PRIVMSG bob :for the first bob only");
  await ask(bob, `ACCOUNT DELETE ${password}`);
  const eve = await chat.peer("eve", { caps: ["batch", "draft/chathistory", "sasl"] });
  assertEquals(await ask(eve, "NICK bob", "ACCOUNT FREE bob"), [
    ":chat.test 433 eve bob :Nickname is already in use: it belonged to an account that was deleted",
    ":chat.test 481 eve :Permission Denied- You're not an IRC operator",
  ]);
  await receive(ann);
  assertEquals((await ask(ann, "ACCOUNT FREE bob", "ACCOUNT FREE ann")).slice(1), [
    ":chat.test NOTE ACCOUNT FREED bob :Everybody can use this name again",
    ":chat.test FAIL ACCOUNT ACCOUNT_UNKNOWN :There is no deleted account with this name",
  ]);
  assertEquals(await ask(eve, "NICK bob"), [":eve NICK bob"]);
  assert((await ask(eve, `REGISTER * * ${password}`)).some((line) => line.includes("SUCCESS")));
  const past = await ask(eve, "CHATHISTORY LATEST ann * 50", `ACCOUNT PROVE ${password}`);
  assert(!past.join().includes("first bob only"), past.join("\n"));
  assert(past.some((line) => line.includes("None of your messages")), past.join("\n"));
  assert((await ask(ann, "ACCOUNT OPEN bob :please")).some((line) => line.includes("NOTHING_CLOSED")));
  assertEquals(chat.state.channel("#tea")?.lists.get("I") ?? [], []);
});
