/** Which history users can see, and which not: a leak here would be the worst fault of the server. */
import { assertEquals } from "@std/assert";
import { openStore } from "../../../lib/server/store/store.ts";
import { loggedIn, makeOperator, password, registered } from "../../support/account.ts";
import { type Chat, startChat } from "../../support/chat.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";
import type { Peer } from "../../support/peer.ts";
import { caps, finds, people, sees, targets } from "../../support/seen_history.ts";
import { logIn } from "../../support/login.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

story("members can see the history of a channel, and only while they are members", members);
story("only its two users can see a private conversation", two);
story("a user that takes a nick cannot see messages to the user that had it before", nicks);
story("an account sees its conversations from every device, and after it was offline", accounts);
story("history follows the nick of an account, and its last nick finds it offline", renamed);
story("a guest that registers or logs in keeps its private conversations", adopted);
story("registering a nick does not show earlier messages to this nick", registering);
story("a server operator sees no more history than other users", operators);
story("only the rank can see messages to a rank, later too", ranks);
story("a closed channel that is made again has no history, an open one has", anew);
story("messages that are too old are not shown, even if they are still stored", {
  startsAt: Date.now(),
  settings: { keepFor: 60_000 },
}, old);

async function members(chat: Chat): Promise<void> {
  const [ann, bob] = await people(chat, "ann", "bob");
  await ann.join("#tea");
  await ask(ann, "PRIVMSG #tea :secret one");
  for (const target of ["#tea", "#nowhere"]) {
    assertEquals(await sees(bob, target), "INVALID_TARGET", target);
  }
  assertEquals([await finds(bob), await targets(bob)], ["", ""]);
  bob.send("SEARCH in=#tea;text=secret", "SEARCH in=#nowhere;text=secret");
  const [real, made] = [await bob.next("FAIL"), await bob.next("FAIL")];
  assertEquals(real, made);
  await bob.join("#tea");
  assertEquals([await sees(bob, "#tea"), await finds(bob), await targets(bob)], [
    "secret one",
    "secret one",
    "#tea",
  ]);
  await ask(bob, "PART #tea");
  assertEquals([await sees(bob, "#tea"), await finds(bob)], ["INVALID_TARGET", ""]);
  await bob.join("#tea");
  await ask(ann, "KICK #tea bob");
  await bob.lines();
  assertEquals([await sees(bob, "#tea"), await finds(bob), await targets(bob)], ["INVALID_TARGET", "", ""]);
}

async function two(chat: Chat): Promise<void> {
  const [ann, bob, cat] = await people(chat, "ann", "bob", "cat");
  await ask(ann, "PRIVMSG bob :secret one");
  await ask(bob, "PRIVMSG ann :secret two");
  for (const peer of [ann, bob]) await peer.lines();
  for (const [peer, other] of [[ann, "bob"], [bob, "ann"]] as const) {
    assertEquals([await sees(peer, other), await finds(peer), await targets(peer)], [
      "secret one, secret two",
      "secret one, secret two",
      other,
    ]);
  }
  assertEquals([await sees(cat, "ann"), await sees(cat, "bob"), await sees(cat, "cat")], ["", "", ""]);
  assertEquals([
    await finds(cat),
    await finds(cat, ";in=ann"),
    await finds(cat, ";from=ann"),
    await targets(cat),
  ], ["", "", "", ""]);
}

async function nicks(chat: Chat): Promise<void> {
  const [ann, bob, cat] = await people(chat, "ann", "bob", "cat");
  await ask(ann, "PRIVMSG bob :secret one");
  bob.send("NICK robert");
  await ask(bob, "PRIVMSG robert :secret note");
  const both = "secret one, secret note";
  assertEquals([await sees(bob, "ann"), await finds(bob), await targets(bob)], [
    "secret one",
    both,
    "ann, robert",
  ]);
  cat.send("NICK bob");
  assertEquals([await sees(cat, "ann"), await finds(cat), await targets(cat)], ["", "", ""]);
  await ask(ann, "PRIVMSG bob :secret two");
  await cat.lines();
  assertEquals([await sees(cat, "ann"), await finds(cat)], ["secret two", "secret two"]);
  await quit(bob);
  const [late] = await people(chat, "robert");
  assertEquals([await sees(late, "robert"), await finds(late), await targets(late)], ["", "", ""]);
  // Ann still finds what she wrote, by the nick that each of them had last.
  assertEquals([await sees(ann, "robert"), await sees(ann, "bob"), await targets(ann)], [
    "secret one",
    "secret two",
    "robert, bob",
  ]);
  await quit(cat);
  // Somebody who had the nick before that person does not get into the same conversation.
  assertEquals([await sees(ann, "bob"), await finds(ann, ";in=bob")], ["secret two", "secret two"]);
}

async function renamed(chat: Chat): Promise<void> {
  const ann = await registered(chat, "ann", { caps });
  const bob = await registered(chat, "bob", { caps });
  await ask(bob, "NICK bob8", "PRIVMSG ann :secret one");
  await ann.lines();
  assertEquals([await sees(ann, "bob8"), await targets(ann)], ["secret one", "bob8"]);
  assertEquals(await finds(ann, ";from=bob8"), "secret one");
  await ask(bob, "NICK bob9");
  await ann.lines();
  assertEquals([await sees(ann, "bob9"), await targets(ann)], ["secret one", "bob9"]);
  assertEquals([await finds(ann, ";from=bob9"), await finds(ann, ";in=bob9")], ["secret one", "secret one"]);
  assertEquals([await sees(bob, "ann"), await targets(bob)], ["secret one", "ann"]);
  await quit(bob);
  await ann.lines();
  // Offline, the account has its name; the nick that it had last finds it too.
  assertEquals([await sees(ann, "bob"), await sees(ann, "bob9"), await targets(ann)], [
    "secret one",
    "secret one",
    "bob",
  ]);
  // A client that did not see the changes asks for an old nick, until somebody else has it.
  assertEquals([await sees(ann, "bob8"), await finds(ann, ";in=bob8")], ["secret one", "secret one"]);
  const other = await registered(chat, "bob8", { caps });
  assertEquals([await sees(ann, "bob8"), await sees(other, "ann")], ["", ""]);
}

async function adopted(chat: Chat): Promise<void> {
  const ann = await registered(chat, "ann", { caps });
  const [bob, cat] = await people(chat, "bob", "cat");
  await ask(bob, "PRIVMSG ann :secret one", "PRIVMSG cat :secret two");
  await ask(ann, "PRIVMSG bob :secret three");
  bob.send(`REGISTER * * ${password}`);
  await bob.next(/ REGISTER SUCCESS /);
  await ask(bob, "PRIVMSG ann :secret four");
  for (const peer of [ann, bob, cat]) await peer.lines();
  const all = "secret one, secret three, secret four";
  assertEquals([await sees(bob, "ann"), await sees(bob, "cat"), await targets(bob)], [
    all,
    "secret two",
    "cat, ann",
  ]);
  assertEquals([await sees(ann, "bob"), await sees(cat, "bob")], [all, "secret two"]);
  await quit(bob);
  const later = await loggedIn(chat, "bob", { caps });
  assertEquals([await sees(later, "ann"), await sees(later, "cat")], [all, "secret two"]);
  // A login adds what the guest said to what the account has already.
  await quit(later);
  const [guest] = await people(chat, "guest");
  await ask(guest, "PRIVMSG ann :secret five");
  await logIn(guest, "bob");
  assertEquals([await sees(guest, "ann"), await targets(guest)], [`${all}, secret five`, "cat, ann"]);
  // Without the account it is a new guest.
  await ask(guest, `ACCOUNT DELETE ${password}`);
  assertEquals([await sees(guest, "ann"), await targets(guest)], ["", ""]);
  await ask(ann, `PRIVMSG ${chat.state.find("bob")?.nick ?? "guest"} :secret six`);
  await guest.lines();
  assertEquals(await sees(guest, "ann"), "secret six");
  const stranger = await registered(chat, "guest9", { caps });
  assertEquals([await sees(stranger, "ann"), await finds(stranger)], ["", ""]);
}

async function accounts(chat: Chat): Promise<void> {
  const ann = await registered(chat, "ann", { caps });
  const [bob] = await people(chat, "bob");
  await ask(bob, "PRIVMSG ann :secret one");
  const phone = await loggedIn(chat, "ann", { caps });
  await ask(phone, "PRIVMSG bob :secret two");
  for (const device of [ann, phone]) {
    await device.lines();
    assertEquals([await sees(device, "bob"), await finds(device), await targets(device)], [
      "secret one, secret two",
      "secret one, secret two",
      "bob",
    ]);
  }
  await quit(ann);
  await quit(phone);
  const later = await loggedIn(chat, "ann", { caps });
  assertEquals(await sees(later, "bob"), "secret one, secret two");
}

async function registering(chat: Chat): Promise<void> {
  const [ann, bob] = await people(chat, "ann", "bob");
  await ask(ann, "PRIVMSG bob :secret one");
  await quit(bob);
  const other = await registered(chat, "bob", { caps });
  assertEquals([await sees(other, "ann"), await finds(other), await targets(other)], ["", "", ""]);
  await ask(ann, "PRIVMSG bob :secret two");
  await other.lines();
  assertEquals(await sees(other, "ann"), "secret two");
  // For ann both are the conversation with bob.
  assertEquals([await sees(ann, "bob"), await targets(ann)], ["secret one, secret two", "bob"]);
}

async function operators(chat: Chat): Promise<void> {
  const [ann, bob, cat] = await people(chat, "ann", "bob", "cat");
  await ann.join("#tea");
  await ask(ann, "PRIVMSG #tea :secret one", "PRIVMSG bob :secret two");
  await bob.lines();
  makeOperator(chat, "cat");
  assertEquals([await sees(cat, "#tea"), await sees(cat, "ann"), await finds(cat), await targets(cat)], [
    "INVALID_TARGET",
    "",
    "",
    "",
  ]);
}

async function ranks(chat: Chat): Promise<void> {
  const [ann, bob, cat] = await people(chat, "ann", "bob", "cat");
  for (const peer of [ann, bob, cat]) await peer.join("#tea");
  await ask(
    ann,
    "MODE #tea +v bob",
    "PRIVMSG +#tea :secret one",
    "PRIVMSG @#tea :secret two",
    "PRIVMSG #tea :secret three",
  );
  for (const peer of [bob, cat]) await peer.lines();
  const all = "secret one, secret two, secret three";
  for (
    const [peer, expected] of [[ann, all], [bob, "secret one, secret three"], [cat, "secret three"]] as const
  ) {
    assertEquals([await sees(peer, "#tea"), await finds(peer)], [expected, expected]);
  }
}

Deno.test({
  name: "after a restart a guest with the same nick is another person, also when the clock was set back",
  ignore: !granted("net", "read", "write"),
  async fn() {
    using place = temporaryFolder();
    const start = (startsAt: number) => startChat({ store: openStore({ folder: place.folder }), startsAt });
    {
      await using chat = start(Date.now());
      const [ann, bob] = await people(chat, "ann", "bob");
      await ask(ann, "PRIVMSG bob :secret one");
      await bob.lines();
      assertEquals(await sees(bob, "ann"), "secret one");
    }
    await using chat = start(Date.now() - 3_600_000);
    const [bob, ann] = await people(chat, "bob", "ann");
    assertEquals([await sees(bob, "ann"), await finds(bob), await targets(bob)], ["", "", ""]);
    assertEquals([await sees(ann, "bob"), await finds(ann), await targets(ann)], ["", "", ""]);
  },
});

async function anew(chat: Chat): Promise<void> {
  const [ann, bob] = await people(chat, "ann", "bob");
  for (
    const [channel, modes, expected] of [
      ["#open", "+ns", "secret one"],
      ["#keyed", "+k sesame", ""],
      ["#invited", "+i", ""],
      ["#reopened", "+i-i", "secret one"],
    ] as const
  ) {
    await ann.join(channel);
    await ask(ann, `MODE ${channel} ${modes}`, `PRIVMSG ${channel} :secret one`, `PART ${channel}`);
    await bob.join(channel);
    assertEquals(
      [await sees(bob, channel), await finds(bob, `;in=${channel}`)],
      [expected, expected],
      channel,
    );
  }
}

async function old(chat: Chat): Promise<void> {
  const [ann] = await people(chat, "ann");
  await ann.join("#tea");
  await ask(ann, "PRIVMSG #tea :secret one");
  assertEquals([await sees(ann, "#tea"), await finds(ann)], ["secret one", "secret one"]);
  chat.clock.nowMs += 61_000;
  assertEquals([await sees(ann, "#tea"), await finds(ann)], ["", ""]);
}

async function quit(peer: Peer): Promise<void> {
  peer.send("QUIT");
  await peer.closed();
}
