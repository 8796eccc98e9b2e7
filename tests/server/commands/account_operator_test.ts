/** Accounts in the hands of operators and the owner: the owner code, roles, suspension, new passwords. */
import { assert, assertEquals } from "@std/assert";
import { makeOwnerCode } from "../../../lib/server/hub/owner_code.ts";
import { password, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import { device, logIn, scram } from "../../support/login.ts";
import type { Peer } from "../../support/peer.ts";
import { ask, receive } from "../../support/transcript.ts";
import { story } from "../../support/story.ts";

/** A user who registered an account and sent the owner code. */
async function owner(chat: Chat, nick: string): Promise<Peer> {
  const peer = await registered(chat, nick);
  await ask(peer, `OWNER ${await makeOwnerCode(chat.hub, false)}`);
  return peer;
}

story("the owner code makes an account the owner, once", async (chat) => {
  const code = await makeOwnerCode(chat.hub, false) ?? "";
  const ann = await chat.peer("ann");
  assertEquals(await ask(ann, `OWNER ${code}`), [
    ":chat.test FAIL OWNER ACCOUNT_REQUIRED :First register an account with REGISTER, or log in",
  ]);
  await ask(ann, `REGISTER * * ${password}`);
  assertEquals(await ask(ann, "OWNER aaaa-aaaa-aaaa-aaaa"), [
    ":chat.test FAIL OWNER INVALID_CODE :This is not the code that the server printed at its last start",
  ]);
  assertEquals(
    await ask(ann, `OWNER ${code.toUpperCase().replaceAll("-", " ").trim().replaceAll(" ", "")}`),
    [
      ":ann MODE ann +o",
      ":chat.test 381 ann :You are now an IRC operator",
      ':chat.test NOTICE ann :ann made account "ann" owner',
      ":chat.test NOTE OWNER CLAIMED ann :Your account is now the owner of this server",
    ],
  );
  const bob = await registered(chat, "bob");
  assert((await ask(bob, `OWNER ${code}`))[0]?.includes("INVALID_CODE"));
  assertEquals(await makeOwnerCode(chat.hub, false), undefined);
  assert(await makeOwnerCode(chat.hub, true) !== undefined);
  assert(!JSON.stringify([...chat.log]).includes(code));
});

story("a new code at the next start invalidates the previous one", async (chat) => {
  const first = await makeOwnerCode(chat.hub, false);
  await makeOwnerCode(chat.hub, false);
  const ann = await registered(chat, "ann");
  assert((await ask(ann, `OWNER ${first}`))[0]?.includes("INVALID_CODE"));
});

story("OWNER allows only a few attempts", async (chat) => {
  await makeOwnerCode(chat.hub, false);
  const ann = await registered(chat, "ann");
  const tries = await ask(ann, ...Array.from({ length: 8 }, (_, at) => `OWNER wrong-${at}`));
  assertEquals(tries.filter((line) => line.includes("INVALID_CODE")).length, 5);
  assertEquals(tries.filter((line) => line.includes("RATE_LIMITED")).length, 3);
});

story("an owner is operator after each login, and makes others operators", async (chat) => {
  const ann = await owner(chat, "ann");
  const bob = await registered(chat, "bob");
  assertEquals(await ask(bob, "ACCOUNT ROLE bob operator", "ACCOUNT LIST"), [
    ":chat.test 481 bob :Permission Denied- You're not an IRC operator",
    ":chat.test 481 bob :Permission Denied- You're not an IRC operator",
  ]);
  await ask(ann, "ACCOUNT ROLE bob operator");
  assertEquals((await receive(bob))[0], ":bob MODE bob +o");
  bob.send("QUIT");
  await bob.closed();
  const { peer, received } = await device(chat, "bob");
  assertEquals(received.map((line) => line.replace(/On \S+ \S+ UTC/, "Then")), [
    ":chat.test 221 bob +or",
    ":chat.test NOTE ACCOUNT OPERATOR_ACTED bob :Then the operator ann made your account operator",
  ]);
  await ask(ann, "ACCOUNT ROLE bob none");
  assertEquals((await receive(peer)).at(-1), ":bob MODE bob -o");
  assert((await ask(ann, "ACCOUNT ROLE ann none")).at(-1)?.includes("INVALID_PARAMS"));
  for (const role of ["king", "constructor"]) {
    assert((await ask(ann, `ACCOUNT ROLE bob ${role}`)).at(-1)?.includes("INVALID_PARAMS"), role);
  }
});

story("an operator cannot change accounts with a role", async (chat) => {
  const ann = await owner(chat, "ann");
  const bob = await registered(chat, "bob");
  await ask(ann, "ACCOUNT ROLE bob operator");
  await receive(bob);
  const refused = ":chat.test 481 bob :Permission Denied- You're not an IRC operator";
  assertEquals(
    await ask(bob, "ACCOUNT SUSPEND ann", "ACCOUNT RESET ann :taken over now", "ACCOUNT ROLE bob owner"),
    [refused, refused, refused],
  );
});

story("operators create accounts, list them, and set new passwords", async (chat) => {
  const ann = await owner(chat, "ann");
  assertEquals(
    await ask(
      ann,
      "ACCOUNT CREATE cat :a fine password",
      "ACCOUNT CREATE cat :a fine password",
      "ACCOUNT CREATE 1x :a fine password",
      "ACCOUNT CREATE dan :short",
    ),
    [
      ":chat.test NOTE ACCOUNT CREATED cat :The account was created",
      ":chat.test FAIL ACCOUNT ACCOUNT_EXISTS cat :This name is taken",
      ":chat.test FAIL ACCOUNT BAD_ACCOUNT_NAME CREATE :Erroneous nickname: this server allows the letters A to Z, digits and _-[]\\`^{|}, and no digit or hyphen first; try _1x",
      ":chat.test FAIL ACCOUNT WEAK_PASSWORD dan :The password is shorter than 8 characters",
    ],
  );
  const cat = await chat.peer("guest");
  assertEquals((await logIn(cat, "cat", "a fine password")).length, 2);
  assertEquals((await ask(ann, "ACCOUNT LIST c*")).map((line) => line.replace(/\d{4}-\d\d-\d\d/, "DAY")), [
    ":chat.test NOTE ACCOUNT LISTED cat :cat, created on DAY",
    ":chat.test NOTE ACCOUNT LIST_END 1 :1 account matches",
  ]);
  const answer = await ask(ann, "ACCOUNT RESET cat :another password");
  assertEquals(answer.at(-1), ":chat.test NOTE ACCOUNT PASSWORD_SET cat :The password was changed");
  assertEquals(
    (await cat.closed()).at(-1),
    "ERROR :Closing link: Logged out: the operator ann set a new password for your account",
  );
  const again = await chat.peer("guest", { register: false });
  assert((await logIn(again, "cat", "a fine password"))[0]?.includes(" 904 "));
  assertEquals((await logIn(again, "cat", "another password")).length, 2);
});

const suspended = "Your account is suspended: spam";

story("suspending an account disconnects all its devices, also those that are connecting", async (chat) => {
  const ann = await owner(chat, "ann");
  const bob = await registered(chat, "bob");
  const { peer: phone } = await device(chat, "bob");
  const early = await chat.peer("bob", { register: false });
  await ask(early, "CAP LS 302");
  await logIn(early, "bob");
  assertEquals(await ask(ann, "ACCOUNT SUSPEND ann"), [
    ":chat.test FAIL ACCOUNT INVALID_PARAMS ann :You cannot suspend your own account",
  ]);
  assert(
    (await ask(ann, "ACCOUNT SUSPEND bob spam")).at(-1)?.endsWith(
      " NOTE ACCOUNT SUSPENDED bob :Suspended: spam",
    ),
  );
  for (const one of [bob, phone, early]) {
    assertEquals((await one.closed()).at(-1), `ERROR :Closing link: ${suspended}`);
  }
  assertEquals(chat.state.find("bob"), undefined);
});

/** FEATURES: a login method without this check was the worst security hole of another server. */
story("every login method refuses a suspended account", async (chat) => {
  const ann = await owner(chat, "ann");
  await (await registered(chat, "bob")).lines();
  await ask(ann, "ACCOUNT SUSPEND bob spam");
  const cat = await chat.peer("cat");
  const wrong = ` 904 cat :SASL authentication failed: ${suspended}`;
  assert((await logIn(cat, "bob")).at(-1)?.endsWith(wrong));
  assert((await scram(cat, "bob")).at(-1)?.endsWith(wrong));
  assertEquals(await ask(cat, `PRIVMSG NickServ :IDENTIFY bob ${password}`), [
    `:NickServ NOTICE cat :${suspended}`,
  ]);
  const dan = await chat.peer("dan", { register: false });
  dan.send(`PASS bob:${password}`);
  assertEquals((await dan.closed()).at(-1), `ERROR :Closing link: ${suspended}`);
  const eve = await chat.peer("eve", { register: false });
  assert(
    (await ask(eve, "CAP LS 302", "NICK bob", `REGISTER * * ${password}`)).at(-1)?.includes(
      "REGISTER: This name is taken",
    ),
  );
  assert((await ask(eve, "USER eve 0 * :Eve", "CAP END")).at(-1)?.includes(" 433 "));
  assert((await logIn(cat, "bob", "wrong password")).at(-1)?.endsWith("Wrong name or password"));
  // An event that was decided before the suspension is refused when it is applied.
  const user = chat.state.find("cat")?.id ?? "";
  chat.hub.commit({ kind: "logged in", user, account: "bob" });
  assertEquals(chat.state.find("cat")?.account, undefined);
  await ask(ann, "ACCOUNT RESTORE bob");
  assertEquals((await logIn(cat, "bob")).length, 2);
});

story("operators get a notice about changes of accounts", async (chat) => {
  const ann = await owner(chat, "ann");
  const answer = await ask(
    ann,
    "ACCOUNT CREATE cat :a fine password",
    "ACCOUNT SUSPEND cat spam",
    "ACCOUNT RESTORE cat",
    "ACCOUNT RESET cat :yet another one",
  );
  assertEquals(answer.filter((line) => line.includes(" NOTICE ")), [
    ':chat.test NOTICE ann :ann suspended account "cat"',
    ':chat.test NOTICE ann :ann restored account "cat"',
    ':chat.test NOTICE ann :ann reset the password of account "cat"',
  ]);
  assertEquals(
    chat.entries.flatMap(([name, { act }]) => name === "operator acted" ? [act] : []),
    ["OWNER", "CREATE", "SUSPEND", "RESTORE", "RESET"],
  );
});

story("ACCOUNT LIST says when it does not list all accounts", async (chat) => {
  const ann = await owner(chat, "ann");
  const { store } = chat.state;
  const verifier = store?.accounts.find("ann")?.verifier ?? "";
  for (let at = 0; at < 201; at++) {
    store?.accounts.save({ name: `bob${at}`, verifier, role: "", suspended: undefined, createdMs: 0 });
  }
  const lines = await ask(ann, "ACCOUNT LIST bob*");
  assertEquals([lines.length, lines.at(-1)], [
    201,
    ":chat.test NOTE ACCOUNT LIST_END 201 :201 accounts match; only the first 200 are listed, so use a mask such as a*",
  ]);
});
