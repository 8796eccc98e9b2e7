/**
 * An operator who sets a password cannot read what only that person could read: older private history is closed until the
 * person proves the old password or the owner opens it, and the person is told.
 */
import { assert, assertEquals } from "@std/assert";
import { encode64, utf8 } from "../../../lib/irc/digest.ts";
import { afterReset, withAct } from "../../../lib/server/chat/account_acts.ts";
import type { AccountRow } from "../../../lib/server/store/accounts.ts";
import { makeOwnerCode } from "../../../lib/server/hub/owner_code.ts";
import { password, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import { device } from "../../support/login.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask, receive } from "../../support/transcript.ts";

const [given, second] = ["given-by-operator", "second-by-operator"];
const caps = [
  "batch",
  "draft/chathistory",
  "draft/read-marker",
  "soju.im/search",
  "message-tags",
  "server-time",
];

/** A device of bob that knows this password; `told` is what it reads after the welcome. */
async function bobWith(chat: Chat, secret: string): Promise<{ peer: Peer; told: string[] }> {
  const { peer, received } = await device(chat, "bob", { caps, secret });
  return { peer, told: received.filter((line) => line.includes(" NOTE ")) };
}

const own = "my-own-battery";

/** bob after RESET, with a password that only bob knows. */
async function bobAlone(chat: Chat, secret: string): Promise<Peer> {
  const { peer } = await bobWith(chat, secret);
  await ask(peer, `ACCOUNT PASSWORD ${secret} ${own}`);
  return peer;
}

/** mallory, an operator, and bob, who told ann and himself secrets, and owns the closed channel #den. */
async function secrets(chat: Chat): Promise<{ ann: Peer; mallory: Peer; bob: Peer }> {
  const ann = await registered(chat, "ann");
  await ask(ann, `OWNER ${await makeOwnerCode(chat.hub, false)}`);
  const mallory = await registered(chat, "mallory");
  const bob = await registered(chat, "bob");
  await ask(ann, "ACCOUNT ROLE mallory operator");
  await ask(bob, "PRIVMSG ann :secret to ann", "PRIVMSG bob :secret note", "JOIN #den", "MODE #den +i");
  await ask(bob, "PRIVMSG #den :secret in the den", "JOIN #tea", "PRIVMSG #tea :said to all");
  await ask(ann, "PRIVMSG bob :secret answer", "JOIN #tea");
  await ask(bob, "MARKREAD ann timestamp=2026-01-31T15:04:05.678Z");
  for (const one of [ann, mallory]) await receive(one);
  return { ann, mallory, bob };
}

/** All that bob can get out of the server about the past. */
async function everything(bob: Peer): Promise<string> {
  const lines = await ask(
    bob,
    "JOIN #den",
    "JOIN #tea",
    "CHATHISTORY LATEST ann * 50",
    "CHATHISTORY LATEST bob * 50",
    "CHATHISTORY LATEST #den * 50",
    "CHATHISTORY LATEST #tea * 50",
    "CHATHISTORY AFTER ann timestamp=2020-01-01T00:00:00.000Z 50",
    "CHATHISTORY TARGETS timestamp=2020-01-01T00:00:00.000Z timestamp=2099-01-01T00:00:00.000Z 50",
    "SEARCH secret",
    "SEARCH in=ann;text=secret",
    "MARKREAD ann",
  );
  bob.send("ACCOUNT EXPORT");
  return [...lines, await bob.next(/ EXPORT_END /), ...await receive(bob)].join("\n");
}

story("after RESET older private history is closed in every way to ask for it", async (chat) => {
  const { ann, mallory } = await secrets(chat);
  await ask(mallory, `ACCOUNT RESET bob ${given}`);
  const { peer: bob } = await bobWith(chat, given);
  const closed = await everything(bob);
  assert(!closed.includes("secret"), closed);
  assert(!closed.includes(" TARGETS ann ") && !closed.includes("2026-01-31"), closed);
  assert(closed.includes("said to all"), closed);
  await ask(ann, "PRIVMSG bob :fresh word");
  await receive(bob);
  const after = (await ask(bob, "CHATHISTORY LATEST ann * 50", "SEARCH fresh")).join("\n");
  assertEquals(after.match(/fresh word/g)?.length, 2);
  assert(!after.includes("secret"), after);
});

story("the old password opens older history again, a wrong one does not", async (chat) => {
  const { mallory } = await secrets(chat);
  await ask(mallory, `ACCOUNT RESET bob ${given}`);
  // The operator could read what the person opens.
  const { peer: known } = await bobWith(chat, given);
  assertEquals((await ask(known, `ACCOUNT PROVE ${password}`)).map((line) => line.split(" ")[3]), [
    "PASSWORD_KNOWN",
  ]);
  assert(!(await everything(known)).includes("secret"));
  const bob = await bobAlone(chat, given);
  assertEquals(
    (await ask(bob, `ACCOUNT PROVE ${given}`, "ACCOUNT PROVE")).map((line) => line.split(" ")[3]),
    [
      "INVALID_CREDENTIALS",
      "NEED_MORE_PARAMS",
    ],
  );
  assertEquals(await ask(bob, `ACCOUNT PROVE BASE64 ${encode64(utf8(password))}`), [
    ":chat.test NOTE ACCOUNT HISTORY_OPENED bob :Your older messages are open again: connect again, and your app can show them",
  ]);
  const open = await everything(bob);
  for (const word of ["secret to ann", "secret note", "secret answer", "secret in the den"]) {
    assert(open.includes(word), `${word}\n${open}`);
  }
  assertEquals((await ask(bob, `ACCOUNT PROVE ${password}`)).map((line) => line.split(" ")[3]), [
    "NOTHING_CLOSED",
  ]);
});

story("the password of one operator does not open what an older one closed", async (chat) => {
  const { mallory } = await secrets(chat);
  await ask(mallory, `ACCOUNT RESET bob ${given}`);
  const { peer: first } = await bobWith(chat, given);
  await ask(first, "PRIVMSG ann :said between");
  await ask(mallory, `ACCOUNT RESET bob ${second}`);
  const bob = await bobAlone(chat, second);
  assertEquals((await ask(bob, `ACCOUNT PROVE ${given}`)).map((line) => line.split(" ")[3]), [
    "INVALID_CREDENTIALS",
  ]);
  const closed = await everything(bob);
  assert(!closed.includes("said between") && !closed.includes("secret"), closed);
  await ask(bob, `ACCOUNT PROVE ${password}`);
  const open = await everything(bob);
  assert(open.includes("said between") && open.includes("secret to ann"), open);
});

Deno.test("only passwords that the person chose open older history, however often operators set one", () => {
  const reset = (row: AccountRow, at: number) => ({
    ...afterReset(row, row.verifier, "mallory", at),
    verifier: `operator ${at}`,
  });
  const choose = ({ acts = [], ...row }: AccountRow, verifier: string) => ({
    ...row,
    verifier,
    acts: acts.filter(({ knowsPassword }) => !knowsPassword),
  });
  const fresh: AccountRow = {
    name: "bob",
    verifier: "own 0",
    role: "",
    suspended: undefined,
    createdMs: 0,
    epoch: 0,
  };
  let row = Array.from({ length: 12 }).reduce<AccountRow>((one, _, at) => reset(one, at + 1), fresh);
  assertEquals(row.closures, [{ until: 12, verifier: "own 0", by: "mallory" }]);
  row = reset(choose(row, "own 1"), 20);
  // Other acts do not push out that an operator knows the password.
  for (let ms = 0; ms < 30; ms++) row = withAct(row, { ms, by: "ann", did: "suspended your account" });
  row = reset(row, 30);
  assertEquals(row.closures?.map(({ until, verifier }) => [until, verifier]), [[12, "own 0"], [30, "own 1"]]);
});

story(
  "only the owner can open older history without the password, and the person reads who did it",
  async (chat) => {
    const { ann, mallory } = await secrets(chat);
    await ask(mallory, `ACCOUNT RESET bob ${given}`);
    assertEquals((await ask(mallory, "ACCOUNT OPEN bob :please")).map((line) => line.split(" ")[1]), ["481"]);
    await receive(ann);
    assertEquals((await ask(ann, "ACCOUNT OPEN bob :met in person")).map((line) => line.split(" ")[3]), [
      "PASSWORD_KNOWN",
    ]);
    await bobAlone(chat, given);
    assertEquals(
      (await ask(ann, "ACCOUNT OPEN bob", "ACCOUNT OPEN bob :met in person")).map((line) =>
        line.split(" ")[3]
      ),
      [
        "NEED_MORE_PARAMS",
        ":ann",
        "HISTORY_OPENED",
      ],
    );
    const { peer: bob, told } = await bobWith(chat, own);
    assertEquals(told.map((line) => line.replace(/On \S+ \S+ UTC the/, "The")), [
      ":chat.test NOTE ACCOUNT OPERATOR_ACTED bob :The operator ann opened the older history of your account: met in person",
    ]);
    assert((await everything(bob)).includes("secret to ann"));
    assertEquals(chat.state.store?.audit.all().map(({ act }) => act), ["OWNER", "ROLE", "RESET", "OPEN"]);
  },
);

story("the person is told of the operator's password at each login until it is changed", async (chat) => {
  const { mallory } = await secrets(chat);
  await ask(mallory, `ACCOUNT RESET bob ${given}`);
  for (const _ of [1, 2]) {
    const { peer, told } = await bobWith(chat, given);
    assertEquals(told.map((line) => line.split(" ")[3]), ["PASSWORD_KNOWN", "HISTORY_CLOSED"]);
    peer.send("QUIT");
    await peer.closed();
  }
  const { peer } = await bobWith(chat, given);
  await ask(peer, `ACCOUNT PASSWORD ${given} my-own-battery`);
  const { told } = await bobWith(chat, "my-own-battery");
  assertEquals(told.map((line) => line.split(" ")[3]), ["HISTORY_CLOSED"]);
});

story("a login tells what operators did while the person was away", async (chat) => {
  const { ann, mallory, bob } = await secrets(chat);
  bob.send("QUIT");
  await bob.closed();
  await ask(mallory, "ACCOUNT SUSPEND bob :spam", "ACCOUNT RESTORE bob", `ACCOUNT CREATE cat ${given}`);
  await ask(ann, "ACCOUNT ROLE bob operator");
  const { told } = await bobWith(chat, password);
  assertEquals(told.map((line) => line.replace(/^.* UTC the operator (.*)$/, "$1")), [
    "mallory suspended your account",
    "mallory restored your account",
    "ann made your account operator",
  ]);
  const { received } = await device(chat, "cat", { secret: given });
  assert(received.find((line) => line.includes("PASSWORD_KNOWN"))?.includes("created your account"));
});

story("a person who deletes an account after RESET does not learn with whom it talked", async (chat) => {
  const { ann, mallory } = await secrets(chat);
  await ask(mallory, `ACCOUNT RESET bob ${given}`);
  const { peer: bob } = await bobWith(chat, given);
  await receive(ann);
  ann.send("CAP REQ draft/message-redaction");
  bob.send("CAP REQ draft/message-redaction");
  await receive(bob);
  await receive(ann);
  const seen = (await ask(bob, `ACCOUNT DELETE ${given}`)).join("\n");
  assert(!/REDACT/.test(seen), seen);
  assert((await receive(ann)).some((line) => line.includes(" REDACT ")));
});

story(
  "an operator does not come in to the past of a channel through the account of its founder",
  async (chat) => {
    const { mallory } = await secrets(chat);
    await ask(mallory, `ACCOUNT RESET bob ${given}`);
    const { peer: bob } = await bobWith(chat, given);
    await ask(bob, "JOIN #den");
    const ways = [
      "MODE #den -i",
      "MODE #den +I *!*@*",
      "MODE #den +k tea",
      "INVITE mallory #den",
      "FOUNDER #den mallory",
    ];
    assertEquals(
      (await ask(bob, ...ways)).map((line) => line.split(" ")[3]),
      ways.map(() => "HISTORY_CLOSED"),
    );
    assert((await ask(mallory, "JOIN #den")).some((line) => line.includes(" 473 ")));
    chat.state.channel("#den")?.settings.set("k", "hush");
    const [modes = ""] = await ask(bob, "MODE #den");
    assert(/ 324 bob #den \+\w*k\w* \*$/.test(modes), modes);
    await ask(bob, `ACCOUNT PASSWORD ${given} ${own}`, `ACCOUNT PROVE ${password}`, "INVITE mallory #den");
    assert((await ask(mallory, "JOIN #den")).some((line) => line.includes("JOIN #den")));
  },
);
