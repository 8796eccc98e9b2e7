/** AUTHENTICATE: PLAIN and SCRAM-SHA-256, before and after registration; refusals and limits. */
import { assert, assertEquals } from "@std/assert";
import { encode64, utf8 } from "../../../lib/irc/digest.ts";
import { formatVerifier, makeVerifier } from "../../../lib/irc/scram.ts";
import { checkPassword } from "../../../lib/server/commands/login.ts";
import { password, registered } from "../../support/account.ts";
import type { Peer } from "../../support/peer.ts";
import { device, logIn, scram } from "../../support/login.ts";
import { ask, plain } from "../../support/transcript.ts";
import { visit } from "../../support/memory_connection.ts";
import { story } from "../../support/story.ts";

function blob(text: string): string {
  return encode64(utf8(text));
}

story("SASL offers only mechanisms that the connection can use", async (chat) => {
  const offered = async (peer: Peer, line = "CAP LS 302") => {
    return (await ask(peer, line)).join(" ").match(/\bsasl\S*/g);
  };
  const ann = await chat.peer("ann", { register: false });
  assertEquals(await offered(ann, "CAP LS"), ["sasl"]);
  assertEquals(await offered(ann), ["sasl=PLAIN,SCRAM-SHA-256"]);
  const open = await visit(chat.hub, "203.0.113.9", "bob", { register: false });
  assertEquals(await offered(open), ["sasl=SCRAM-SHA-256"]);
  const secure = await visit(chat.hub, "203.0.113.9", "cat", { register: false, secure: true });
  assertEquals(await offered(secure), ["sasl=PLAIN,SCRAM-SHA-256"]);
});

story("PLAIN and SCRAM log in to the same account, in any case", async (chat) => {
  await registered(chat, "Ann");
  for (const way of [logIn, scram]) {
    const peer = await chat.peer("bob", { register: false });
    assertEquals(await way(peer, "aNN"), [
      ":chat.test 900 * *!*@ann.localhost Ann :You are now logged in as Ann",
      ":chat.test 903 * :SASL authentication successful",
    ]);
  }
});

story("the answer to a login has the known part of the source", async (chat) => {
  await registered(chat, "ann");
  const peer = await chat.peer("bob", { register: false });
  peer.send("NICK bob", "USER bob 0 * :Bob");
  assertEquals((await logIn(peer, "ann"))[0]?.split(" ")[3], "bob!~bob@bob.localhost");
});

story("PLAIN and SCRAM refuse a wrong password and an unknown account in the same way", async (chat) => {
  await registered(chat, "ann");
  const refusal = [":chat.test 904 * :SASL authentication failed: Wrong name or password"];
  for (const way of [logIn, scram]) {
    for (const [name, secret] of [["ann", "wrong horse"], ["nobody", password], ["nobody", ""]] as const) {
      const peer = await chat.peer("bob", { register: false });
      assertEquals(await way(peer, name, secret), refusal);
    }
  }
});

story("PLAIN over plain TCP from another machine is refused, SCRAM is not", async (chat) => {
  await registered(chat, "ann");
  const open = await visit(chat.hub, "203.0.113.9", "bob", { register: false });
  assertEquals(await ask(open, "AUTHENTICATE PLAIN"), [
    ":chat.test 908 * SCRAM-SHA-256 :are available SASL mechanisms",
    ":chat.test 904 * :SASL authentication failed: PLAIN needs an encrypted connection",
  ]);
  assertEquals((await scram(open, "ann")).length, 2);
  const secure = await visit(chat.hub, "203.0.113.9", "cat", { register: false, secure: true });
  assertEquals((await logIn(secure, "ann")).length, 2);
});

const answers: readonly (readonly [message: string, words: string])[] = [
  ["\0\0secret", "Wrong name or password"],
  ["\0ann\0", "Wrong name or password"],
  ["ann", "Wrong name or password"],
  ["\0ann\0correct-horse-battery\0more", "Wrong name or password"],
  ["bob\0ann\0correct-horse-battery", "Wrong name or password"],
];

story("PLAIN needs three parts, and refuses another authorisation identity", async (chat) => {
  await registered(chat, "ann");
  await registered(chat, "bob");
  for (const [message, words] of answers) {
    const peer = await chat.peer("cat", { register: false });
    peer.send("AUTHENTICATE PLAIN");
    await peer.lines();
    assertEquals(await ask(peer, `AUTHENTICATE ${blob(message)}`), [
      `:chat.test 904 * :SASL authentication failed: ${words}`,
    ]);
  }
  const peer = await chat.peer("cat", { register: false });
  peer.send("AUTHENTICATE plain");
  await peer.lines();
  assertEquals((await ask(peer, `AUTHENTICATE ${blob("ANN\0ann\0correct-horse-battery")}`)).length, 2);
});

story("AUTHENTICATE accepts 400 bytes per message, and + ends a full last message", async (chat) => {
  const long = "x".repeat(592);
  const ann = await chat.peer("ann");
  ann.send(`REGISTER * * :${long}`);
  await ann.next(/ 900 /);
  const whole = blob(`ann\0ann\0${long}`);
  assertEquals(whole.length, 800);
  const peer = await chat.peer("bob", { register: false });
  const lines = [
    "AUTHENTICATE PLAIN",
    `AUTHENTICATE ${whole.slice(0, 400)}`,
    `AUTHENTICATE ${whole.slice(400)}`,
  ];
  assertEquals(await ask(peer, ...lines), [":chat.test AUTHENTICATE +"]);
  assertEquals((await ask(peer, "AUTHENTICATE +")).length, 2);
});

story(
  "AUTHENTICATE refuses messages that are too long, not base64, not UTF-8, aborted or unknown",
  async (chat) => {
    const peer = await chat.peer("ann", { register: false });
    const begin = async () =>
      assertEquals(await ask(peer, "AUTHENTICATE PLAIN"), [":chat.test AUTHENTICATE +"]);
    const cases: readonly (readonly [line: string, answer: string])[] = [
      [`AUTHENTICATE ${"A".repeat(401)}`, "905 * :SASL message too long"],
      ["AUTHENTICATE !!!", "904 * :SASL authentication failed"],
      ["AUTHENTICATE /w==", "904 * :SASL authentication failed"],
      ["AUTHENTICATE *", "906 * :SASL authentication aborted"],
    ];
    for (const [line, answer] of cases) {
      await begin();
      assertEquals(await ask(peer, line), [`:chat.test ${answer}`]);
    }
    await begin();
    const endless = Array.from({ length: 11 }, () => `AUTHENTICATE ${"A".repeat(400)}`);
    assertEquals(await ask(peer, ...endless), [
      ":chat.test 904 * :SASL authentication failed: The message is too long",
    ]);
  },
);

story("an unknown mechanism is answered with the supported ones, and does not count as an attempt", {
  settings: { loginTries: 1 },
}, async (chat) => {
  await registered(chat, "ann");
  const peer = await visit(chat.hub, "203.0.113.9", "bob", { register: false, secure: true });
  for (const name of ["SCRAM-SHA-1", "SCRAM-SHA-256-PLUS", "constructor", "plaintext"]) {
    assertEquals(await ask(peer, `AUTHENTICATE ${name}`), [
      ":chat.test 908 * PLAIN,SCRAM-SHA-256 :are available SASL mechanisms",
      ":chat.test 904 * :SASL authentication failed",
    ]);
  }
  assertEquals((await logIn(peer, "ann")).length, 2);
});

story("completing the connection ends a running login", async (chat) => {
  const ann = await chat.peer("ann", { register: false });
  ann.send("CAP LS 302", "NICK ann", "USER ann 0 * :Ann", "AUTHENTICATE PLAIN");
  await ann.lines();
  const lines = await ask(ann, "CAP END");
  assertEquals(lines[0], ":chat.test 906 ann :SASL authentication aborted");
  assert(lines[1]?.startsWith(":chat.test 001 ann "));
});

story("a connected user can log in, and later to another account", async (chat) => {
  await registered(chat, "ann");
  await registered(chat, "bob");
  const cat = await chat.peer("cat");
  await cat.join("#tea");
  const dan = await chat.peer("dan", { caps: ["account-notify", "extended-join"] });
  await dan.join("#tea");
  assertEquals(
    (await logIn(cat, "ann"))[0],
    ":chat.test 900 cat cat!~cat@cat.localhost ann :You are now logged in as ann",
  );
  assertEquals(await scram(cat, "ann"), [
    ":chat.test 900 cat cat!~cat@cat.localhost ann :You are now logged in as ann",
    ":chat.test 903 cat :SASL authentication successful",
  ]);
  await logIn(cat, "bob");
  await cat.lines();
  assertEquals(plain(await dan.lines()), [":cat ACCOUNT ann", ":cat ACCOUNT bob"]);
  await ask(cat, "PART #tea", "JOIN #tea");
  assertEquals(plain(await dan.lines()), [":cat PART #tea", ":cat JOIN #tea bob cat"]);
});

story("account-tag contains the sender's account", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob", { caps: ["account-tag"] });
  ann.send("PRIVMSG bob :hello");
  await ann.lines();
  assertEquals(await bob.lines(), ["@account=ann :ann!~ann@ann.localhost PRIVMSG bob :hello"]);
});

story("a password that changes during the login is refused", async (chat) => {
  const { accounts } = chat.state;
  await registered(chat, "ann");
  const fresh = await accounts.newVerifier("new horse!", "::1");
  const outcome = await accounts.checkProof("ann", "::1", await accounts.verifierOf("ann"), () => {
    chat.hub.commit({ kind: "password set", account: "ann", verifier: fresh });
    return Promise.resolve(true);
  });
  assertEquals(outcome.kind, "wrong");
});

story("a login with the password renews a verifier that has other rounds than the settings", async (chat) => {
  const { accounts, store } = chat.state;
  await registered(chat, "ann");
  const challenge = async () => {
    const asking = await chat.peer("cat", { register: false });
    asking.send("AUTHENTICATE SCRAM-SHA-256", `AUTHENTICATE ${blob("n,,n=ann,r=abc")}`);
    await asking.next(/ AUTHENTICATE \+$/);
    const [, text = ""] = / AUTHENTICATE (\S+)$/.exec(await asking.next(/ AUTHENTICATE /)) ?? [];
    return /,i=\d+$/.exec(atob(text))?.[0];
  };
  const ways: Record<string, (peer: Peer) => Promise<unknown>> = {
    SASL: (peer) => logIn(peer, "ann"),
    PASS: (peer) => ask(peer, `PASS ann:${password}`),
    NickServ: (peer) => ask(peer, "NICK bob", "USER bob 0 * :Bob", `NICKSERV IDENTIFY ann ${password}`),
  };
  for (const [name, logInBy] of Object.entries(ways)) {
    const row = accounts.find("ann");
    assert(row !== undefined);
    store?.accounts.save({ ...row, verifier: formatVerifier(await makeVerifier(password, 5000)) });
    assertEquals(await challenge(), ",i=5000");
    const peer = await chat.peer("bob", { register: false });
    await logInBy(peer);
    assertEquals(await challenge(), ",i=4096", name);
    const again = await chat.peer("dan", { register: false });
    assertEquals((await scram(again, "ann")).at(-1)?.split(" ")[1], "903", name);
  }
});

story("devices that log in while another one renews the verifier are accepted", async (chat) => {
  const { accounts, store } = chat.state;
  await registered(chat, "ann");
  const row = accounts.find("ann");
  assert(row !== undefined);
  store?.accounts.save({ ...row, verifier: formatVerifier(await makeVerifier(password, 30_000)) });
  const ways = [logIn, logIn, logIn, logIn, scram, scram];
  const peers = await Promise.all(ways.map((_, at) => chat.peer(`cat${at}`, { register: false })));
  const renew = (peer: Peer) => logIn(peer, "ann");
  const [late, renewing] = await Promise.all(
    ["dan", "eve"].map((nick) => chat.peer(nick, { register: false })),
  );
  assert(late !== undefined && renewing !== undefined);
  const answers = await Promise.all([
    scram(late, "ann", password, () => renew(renewing)),
    ...peers.map((peer, at) => ways[at]?.(peer, "ann")),
  ]);
  assertEquals(answers.map((lines) => lines?.at(-1)?.split(" ")[1]), Array(7).fill("903"));
});

story("a password that is reset while a login renews the verifier ends the login", async (chat) => {
  const { accounts, store } = chat.state;
  await registered(chat, "ann");
  const row = accounts.find("ann");
  assert(row !== undefined);
  store?.accounts.save({ ...row, verifier: formatVerifier(await makeVerifier(password, 5000)) });
  const fresh = await accounts.newVerifier("new horse!", "::1");
  const session = { chat: chat.state, connection: { address: "::1" } } as never;
  const result = await checkPassword(
    {
      session,
      commit: (event) => {
        chat.hub.commit({ kind: "password set", account: "ann", verifier: fresh, by: "cat" });
        chat.hub.commit(event);
      },
    },
    "ann",
    password,
  );
  assertEquals(result.kind, "wrong");
});

story("a device that logs in before registration has its account at once", async (chat) => {
  const ann = await registered(chat, "ann");
  ann.send("QUIT");
  await ann.closed();
  const { received } = await device(chat, "ann");
  assertEquals(received, [":chat.test 221 ann +r"]);
  assertEquals(chat.state.find("ann")?.account, "ann");
});

story("SCRAM that ends late uses the current state of the account", async (chat) => {
  const ann = await registered(chat, "ann");
  const bob = await chat.peer("bob");
  await ask(bob, "CAP REQ sasl");
  const failed = (why: string) => [`:chat.test 904 bob :SASL authentication failed: ${why}`];
  const suspend = () =>
    chat.hub.commit({ kind: "account suspended", account: "ann", by: "cat", reason: "spam" });
  assertEquals(
    await scram(bob, "ann", password, () => ask(ann, `ACCOUNT PASSWORD ${password} another-long-one`)),
    failed("Wrong name or password"),
  );
  const suspended = failed("Your account is suspended: spam");
  assertEquals(await scram(bob, "ann", "another-long-one", suspend), suspended);
});
