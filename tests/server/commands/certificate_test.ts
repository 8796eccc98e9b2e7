/** CERT, and logging in by client certificate (SASL EXTERNAL) and with channel binding (SCRAM-SHA-256-PLUS). */
import { assertEquals } from "@std/assert";
import { encode64, utf8 } from "../../../lib/irc/digest.ts";
import { serverEndPoint } from "../../../lib/net/tls_identity.ts";
import { openStore, type Store } from "../../../lib/server/store/store.ts";
import { password, registered } from "../../support/account.ts";
import type { Chat } from "../../support/chat.ts";
import { arrive, scram } from "../../support/login.ts";
import { startMachines } from "../../support/machine_pair.ts";
import { visit } from "../../support/memory_connection.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask, plain, receive } from "../../support/transcript.ts";

const mine = "a1".repeat(32);
const written = "A1:".repeat(32).slice(0, -1);
const endPoint = new Uint8Array(32).fill(7);

/** A connection with a client certificate. */
function withCertificate(chat: Chat, clientCertificate: string | undefined, nick: string, register = true) {
  const tls = { clientCertificate, serverEndPoint: endPoint };
  return visit(chat.hub, "203.0.113.9", nick, { tls, register, caps: ["standard-replies", "sasl"] });
}

async function external(chat: Chat, clientCertificate: string, account = ""): Promise<string[]> {
  const peer = await withCertificate(chat, clientCertificate, "eve", false);
  peer.send("AUTHENTICATE EXTERNAL");
  await peer.next(/ AUTHENTICATE \+$/);
  peer.send(`AUTHENTICATE ${account === "" ? "+" : encode64(utf8(account))}`);
  const answer = plain(await peer.until(/ (903|904) /));
  peer.send("QUIT");
  await peer.closed();
  return answer.map((line) => line.replace(/^\S+ /, "")).filter((line) => !line.startsWith("900"));
}

const loggedIn = ["903 * :SASL authentication successful"];
const unknown = [
  "904 * :SASL authentication failed: This certificate is not one of the account: log in with the password, then write CERT ADD",
];

story("CERT ADD makes the certificate of the connection a way to log in, until CERT REMOVE", async (chat) => {
  const ann = await withCertificate(chat, mine, "ann");
  assertEquals(
    (await ask(ann, "CERT ADD"))[0],
    ":chat.test FAIL CERT ACCOUNT_REQUIRED :First log in, or register an account with REGISTER",
  );
  await ask(ann, `REGISTER * * ${password}`);
  assertEquals(await external(chat, mine), unknown);
  assertEquals(
    await ask(
      ann,
      "CERT",
      "CERT ADD",
      "CERT ADD",
      "CERT ADD abc",
      `CERT ADD ${"b2".repeat(32)}`,
      "NS CERT LIST",
    ),
    [
      ":chat.test NOTE CERT LIST :Your account has no client certificate",
      `:chat.test NOTE CERT ADDED ${mine} :This certificate can log in to your account now`,
      `:chat.test FAIL CERT CERTIFICATE_IN_USE ${mine} :This certificate belongs to your account`,
      ":chat.test FAIL CERT INVALID_FINGERPRINT :A fingerprint is SHA-256: 64 hexadecimal digits",
      `:chat.test NOTE CERT ADDED ${"b2".repeat(32)} :This certificate can log in to your account now`,
      `:chat.test NOTE CERT LIST ${mine} :${mine}, added on ${today(chat)}, used by this connection`,
      `:chat.test NOTE CERT LIST ${"b2".repeat(32)} :${"b2".repeat(32)}, added on ${today(chat)}`,
    ],
  );
  assertEquals(await external(chat, mine), loggedIn);
  assertEquals(await external(chat, "b2".repeat(32), "ANN"), loggedIn);
  assertEquals(await external(chat, mine, "bob"), unknown);
  const bob = await withCertificate(chat, mine, "bob");
  await ask(bob, `REGISTER * * ${password}`);
  assertEquals(await ask(bob, "CERT ADD"), [
    `:chat.test FAIL CERT CERTIFICATE_IN_USE ${mine} :This certificate belongs to another account`,
  ]);
  assertEquals(await ask(ann, `CERT REMOVE ${written}`, `CERT REMOVE ${written}`), [
    `:chat.test NOTE CERT REMOVED ${mine} :This certificate cannot log in any more`,
    ":chat.test FAIL CERT UNKNOWN_CERTIFICATE :Your account has no such certificate: see CERT LIST",
  ]);
  assertEquals(await external(chat, mine), unknown);
});

function today({ state }: Chat): string {
  return new Date(state.now()).toISOString().slice(0, 10);
}

story("the other devices of an account are told of a certificate, and an account has ten", async (chat) => {
  const ann = await withCertificate(chat, mine, "ann");
  await ask(ann, `REGISTER * * ${password}`);
  const other = await withCertificate(chat, undefined, "ann", false);
  await arrive(other, "ann");
  for (let at = 0; at < 10; at++) await ask(ann, `CERT ADD ${String(at).repeat(64)}`);
  assertEquals(
    (await receive(other))[0],
    `:chat.test NOTE CERT CHANGED ann :Certificate ${"0".repeat(64)} can log in to your account now`,
  );
  assertEquals(await ask(ann, "CERT ADD"), [
    `:chat.test FAIL CERT TOO_MANY_CERTIFICATES ${mine} :An account can have 10 certificates`,
  ]);
  assertEquals(await ask(other, "CERT ADD"), [
    ":chat.test FAIL CERT NO_CERTIFICATE :This connection has no client certificate: write CERT ADD <fingerprint>",
  ]);
});

story(
  "a new password, a suspension and a deletion end the login by certificate",
  async (chat) => {
    for (const nick of ["ann", "bob", "cat", "dan"]) {
      await registered(chat, nick);
      chat.hub.commit({
        kind: "certificate added",
        account: nick,
        fingerprint: nick.charCodeAt(0).toString(16).repeat(32),
      });
    }
    const [ann, bob, cat, dan] = ["61", "62", "63", "64"].map((digits) => digits.repeat(32));
    assertEquals(await external(chat, ann ?? ""), loggedIn);
    const verifier = chat.state.accounts.find("bob")?.verifier ?? "";
    chat.hub.commit({ kind: "password set", account: "ann", verifier, by: "op" });
    chat.hub.commit({ kind: "password set", account: "dan", verifier });
    chat.hub.commit({ kind: "account suspended", account: "bob", by: "op", reason: "spam" });
    chat.hub.commit({ kind: "account removed", account: "cat" });
    assertEquals(await external(chat, ann ?? ""), unknown);
    assertEquals(await external(chat, bob ?? ""), [
      "904 * :SASL authentication failed: Your account is suspended: spam",
    ]);
    assertEquals(await external(chat, cat ?? ""), unknown);
    assertEquals(await external(chat, dan ?? ""), unknown);
    assertEquals([...chat.state.store?.accounts.all() ?? []].map((row) => row.certificates?.length ?? 0), [
      0,
      1,
      0,
      0,
    ]);
  },
);

story("SASL offers EXTERNAL only with a certificate, and -PLUS only where TLS is ours", async (chat) => {
  await registered(chat, "ann");
  const offered = async (peer: Peer) => /sasl=(\S+)/.exec((await ask(peer, "CAP LS 302")).join(" "))?.[1];
  const bound = await withCertificate(chat, undefined, "bob", false);
  assertEquals(await offered(bound), "PLAIN,SCRAM-SHA-256,SCRAM-SHA-256-PLUS");
  assertEquals(
    await offered(await withCertificate(chat, mine, "bob", false)),
    "PLAIN,SCRAM-SHA-256,SCRAM-SHA-256-PLUS,EXTERNAL",
  );
  assertEquals(await ask(bound, "AUTHENTICATE EXTERNAL"), [
    ":chat.test 908 * PLAIN,SCRAM-SHA-256,SCRAM-SHA-256-PLUS :are available SASL mechanisms",
    ":chat.test 904 * :SASL authentication failed: EXTERNAL needs a client certificate, and a connection by TLS",
  ]);
  const chosen = { type: "tls-server-end-point", data: endPoint } as const;
  const through = { ...chosen, data: new Uint8Array(32) };
  const wrong = [":chat.test 904 * :SASL authentication failed: Wrong name or password"];
  assertEquals(await scram(bound, "ann", password, undefined, { chosen: through }), wrong);
  bound.send("AUTHENTICATE SCRAM-SHA-256");
  await bound.next(/ AUTHENTICATE \+$/);
  assertEquals(await ask(bound, `AUTHENTICATE ${encode64(utf8("y,,n=ann,r=abc"))}`), [
    ":chat.test 904 * :SASL authentication failed: This server offers SCRAM-SHA-256-PLUS, and your app did not see that; somebody in between can hide it",
  ]);
  assertEquals(
    (await scram(bound, "ann", password, undefined, { chosen })).at(-1),
    ":chat.test 903 * :SASL authentication successful",
  );
});

Deno.test("two machines know the same certificates, and the first account keeps one", async () => {
  using one: Store = openStore();
  using other: Store = openStore();
  const [first, second] = startMachines([one, other]);
  await using ann = await visit(first.hub, "10.1.1.1", "ann", { secure: true });
  await using bob = await visit(second.hub, "10.1.2.1", "bob", { secure: true, caps: ["standard-replies"] });
  for (const peer of [ann, bob]) await ask(peer, `REGISTER * * ${password}`);
  const [session] = second.chat.sessions.values();
  await Promise.all([
    first.commit({ kind: "certificate added", account: "ann", fingerprint: mine }),
    second.commit({ kind: "certificate added", account: "bob", fingerprint: mine }, session),
  ]);
  assertEquals(
    (await receive(bob)).at(-1),
    `:chat.test FAIL CERT CERTIFICATE_IN_USE ${mine} :Somebody added a certificate before you`,
  );
  for (const { chat } of [first, second]) assertEquals(chat.accounts.findByCertificate(mine)?.name, "ann");
  await receive(ann);
});

Deno.test("the channel binding is the digest of the signature, and SHA-256 for the old ones", () => {
  const raw = new Uint8Array([1, 2, 3]) as never;
  const lengths = [
    "ecdsa-with-SHA384",
    "sha256WithRSAEncryption",
    "sha512WithRSAEncryption",
    "sha1WithRSAEncryption",
    "ED25519",
  ]
    .map((signatureAlgorithm) => serverEndPoint({ raw, signatureAlgorithm } as never)?.length);
  assertEquals(lengths, [48, 32, 64, 32, undefined]);
});
