/** A login, line by line. */

import { assertEquals, assertMatch } from "@std/assert";
import type { Account } from "../../../lib/client/core/login.ts";
import { Login } from "../../../lib/client/core/login.ts";
import type { ChannelBinding } from "../../../lib/irc/scram.ts";
import { parse } from "../../../lib/irc/message.ts";

const bob: Account = { name: "bob", password: "four green leaves" };

const plainFault = "Others can read this connection";

function login(account: Account, mechanisms: string, isConfidential: boolean, binding?: ChannelBinding) {
  const sent: string[] = [];
  const exchange = new Login({
    send: (line) => sent.push(line),
    account,
    mechanisms,
    plainFault: isConfidential ? "" : plainFault,
    binding,
  });
  const receive = async (line: string): Promise<void> => {
    const message = parse(line);
    if (message !== undefined) exchange.handle(message);
    await new Promise((resolve) => setTimeout(resolve));
  };
  exchange.start();
  return { sent, receive, outcome: exchange.outcome };
}

Deno.test("the login begins with the safest common mechanism", () => {
  const rows = [
    ["", true, ["AUTHENTICATE SCRAM-SHA-256"]],
    ["PLAIN,SCRAM-SHA-256", true, ["AUTHENTICATE SCRAM-SHA-256"]],
    ["PLAIN,EXTERNAL", true, ["AUTHENTICATE PLAIN"]],
    ["PLAIN", false, []],
    ["EXTERNAL", true, []],
  ] as const;
  for (const [mechanisms, isConfidential, lines] of rows) {
    assertEquals(login(bob, mechanisms, isConfidential).sent, [...lines]);
  }
});

Deno.test("a client certificate logs in, and the password if the server does not know it", async () => {
  const offered = "PLAIN,SCRAM-SHA-256,EXTERNAL";
  const only = login({ name: "bob", password: "", hasCertificate: true }, offered, true);
  await only.receive("AUTHENTICATE +");
  assertEquals(only.sent, ["AUTHENTICATE EXTERNAL", `AUTHENTICATE ${btoa("bob")}`]);
  await only.receive("903 * :SASL authentication successful");
  assertEquals(await only.outcome, { kind: "logged in" });
  const both = login({ ...bob, hasCertificate: true }, offered, true);
  await both.receive("AUTHENTICATE +");
  await both.receive("904 * :SASL authentication failed: This certificate is not one of the account");
  assertEquals(both.sent.at(-1), "AUTHENTICATE SCRAM-SHA-256");
});

Deno.test("a login is bound to its TLS connection where the server offers that", async () => {
  const binding = { type: "tls-server-end-point", data: new Uint8Array(32) } as const;
  const first = async (mechanisms: string, bound = true) => {
    const { sent, receive } = login(bob, mechanisms, true, bound ? binding : undefined);
    await receive("AUTHENTICATE +");
    const [mechanism = "", message = ""] = sent.map((line) => line.replace("AUTHENTICATE ", ""));
    return [mechanism, atob(message).split(",")[0]];
  };
  const plus = "SCRAM-SHA-256,SCRAM-SHA-256-PLUS";
  assertEquals(await first(plus), ["SCRAM-SHA-256-PLUS", "p=tls-server-end-point"]);
  assertEquals(await first(plus, false), ["SCRAM-SHA-256", "n"]);
  // "y": we could bind it, and somebody can have removed the offer.
  assertEquals(await first("SCRAM-SHA-256"), ["SCRAM-SHA-256", "y"]);
  assertEquals(await first(""), ["SCRAM-SHA-256", "n"]);
});

Deno.test("a mechanism in the account is the only one", async () => {
  const plain = { ...bob, mechanism: "PLAIN" } as const;
  assertEquals(login(plain, "", true).sent, ["AUTHENTICATE PLAIN"]);
  assertEquals(login(plain, "", false).sent, []);
  const { receive, outcome } = login({ ...bob, mechanism: "SCRAM-SHA-256" }, "", true);
  await receive("904 * :SASL authentication failed");
  assertEquals((await outcome).kind, "refused");
});

Deno.test("PLAIN names the account twice, in chunks of 400 with a chunk that marks the end", async () => {
  const password = "x".repeat(300 - "bob\0bob\0".length);
  const { sent, receive, outcome } = login({ ...bob, password }, "PLAIN", true);
  await receive("AUTHENTICATE +");
  assertEquals(sent, [
    "AUTHENTICATE PLAIN",
    `AUTHENTICATE ${btoa(`bob\0bob\0${password}`)}`,
    "AUTHENTICATE +",
  ]);
  await receive("903 * :SASL authentication successful");
  assertEquals(await outcome, { kind: "logged in" });
});

Deno.test("a server that cannot prove that it knows the password gets no further line", async () => {
  const { sent, receive, outcome } = login(bob, "SCRAM-SHA-256", false);
  await receive("AUTHENTICATE +");
  await receive("903 * :SASL authentication successful");
  assertEquals(sent.length, 2);
  assertEquals(await outcome, {
    kind: "refused",
    reason: "The server accepted the login but did not prove that it knows your password",
  });
});

Deno.test("a server that offers only PLAIN, where that is not safe, gets nothing, and the reason says why", async () => {
  const { sent, outcome } = login(bob, "PLAIN,EXTERNAL", false);
  assertEquals(await outcome, { kind: "refused", reason: plainFault, isFinal: true });
  assertEquals(sent, []);
  const refused = login(bob, "PLAIN,SCRAM-SHA-256", false);
  await refused.receive("904 * :SASL authentication failed");
  assertEquals(refused.sent, ["AUTHENTICATE SCRAM-SHA-256"]);
});

Deno.test("SCRAM with too few or too many rounds gets no proof", async () => {
  for (const rounds of [1, 4095, 2_000_001]) {
    const { sent, receive, outcome } = login(bob, "SCRAM-SHA-256", true);
    await receive("AUTHENTICATE +");
    const [, first = ""] = /r=(.*)$/.exec(atob(sent[1]?.split(" ")[1] ?? "")) ?? [];
    await receive(`AUTHENTICATE ${btoa(`r=${first}more,s=c2FsdHNhbHQ=,i=${rounds}`)}`);
    const { kind, reason = "" } = await outcome as { kind: string; reason?: string };
    assertEquals(kind, "refused");
    assertMatch(reason, new RegExp(`asks for ${rounds} rounds`));
    assertEquals(sent.slice(2), ["AUTHENTICATE *"]);
  }
});
