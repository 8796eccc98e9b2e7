/** SCRAM-SHA-256: the vector of RFC 7677, verifiers as text, and messages to refuse. */
import { assert, assertEquals } from "@std/assert";
import { decode64, encode64, equalBytes, utf8 } from "../../lib/irc/digest.ts";
import {
  decoyVerifier,
  formatVerifier,
  isPassword,
  makeVerifier,
  parseVerifier,
  preparePassword,
  ScramServer,
  type ServerBinding,
  type Verifier,
} from "../../lib/irc/scram.ts";
import { type ClientBinding, ScramClient } from "../../lib/irc/scram_client.ts";

/** RFC 7677 §3. */
const vector = {
  clientNonce: "rOprNGfwEbeRWgbNEkqO",
  serverNonce: "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0",
  salt: "W22ZaJ0SNY7soEsUEjb6gQ==",
  messages: [
    "n,,n=user,r=rOprNGfwEbeRWgbNEkqO",
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=",
    "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
  ],
};
const rounds = 4096;
const pencil = await makeVerifier("pencil", rounds, decode64(vector.salt));

function finder(verifier: Verifier): () => Promise<Verifier> {
  return () => Promise.resolve(verifier);
}

Deno.test("SCRAM follows the vector of RFC 7677 on both sides", async () => {
  const client = new ScramClient("user", "pencil", vector.clientNonce);
  const server = new ScramServer(vector.serverNonce);
  const messages = [client.first()];
  messages.push(await server.first(messages[0] ?? "", finder(pencil)) ?? "");
  messages.push(await client.final(messages[1] ?? "") ?? "");
  messages.push(await server.final(messages[2] ?? "") ?? "");
  assertEquals(messages, vector.messages);
  assertEquals(server.name, "user");
  assert(client.proves(messages[3] ?? ""));
});

Deno.test("SCRAM refuses a wrong password and sends no proof to that client", async () => {
  const client = new ScramClient("user", "pen");
  const server = new ScramServer();
  const challenge = await server.first(client.first(), finder(pencil)) ?? "";
  assertEquals(await server.final(await client.final(challenge) ?? ""), undefined);
  assert(!client.proves(""));
  assert(!client.proves(vector.messages[3] ?? ""));
});

Deno.test("SCRAM refuses an altered nonce, header, proof and order", async () => {
  const [, , proof = ""] = vector.messages;
  const altered = [
    proof.replace("Ilj)", "Ilk)"),
    proof.replace("c=biws", "c=eSws"),
    proof.replace("p=d", "p=e"),
    proof.replace(/=$/, ""),
    proof.replace(",p=", ",x=1,p="),
    "",
    "e=other-error",
  ];
  for (const one of altered) {
    const server = new ScramServer(vector.serverNonce);
    assertEquals(await server.final(one), undefined, one);
    await server.first(vector.messages[0] ?? "", finder(pencil));
    assertEquals(await server.final(one), undefined, one);
  }
});

const firsts: readonly (readonly [message: string, name: string | undefined])[] = [
  ["n,,n=ann,r=abc", "ann"],
  ["y,,n=ann,r=abc", "ann"],
  ["n,a=ann,n=ann,r=abc", "ann"],
  ["n,,n=a=2Cb=3Dc,r=abc", "a,b=c"],
  ["n,,n=ann,r=abc,x=more", "ann"],
  ["n,a=bob,n=ann,r=abc", undefined],
  ["p=tls-unique,,n=ann,r=abc", undefined],
  ["n,,m=what,n=ann,r=abc", undefined],
  ["n,,n=a=2cb,r=abc", undefined],
  ["n,,n=,r=abc", undefined],
  ["n,,n=ann,r=", undefined],
  ["n,,n=ann", undefined],
  ["", undefined],
];

Deno.test("SCRAM parses the first message by RFC 5802", async () => {
  for (const [message, name] of firsts) {
    const server = new ScramServer();
    const challenge = await server.first(message, finder(pencil));
    assertEquals(challenge === undefined ? undefined : server.name, name, message);
  }
});

Deno.test("a SCRAM client does not answer malformed messages", async () => {
  const answers = [
    "",
    "e=unknown-user",
    "r=other,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "r=mine,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096",
    "r=mineyours,s=%%%,i=4096",
    "r=mineyours,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999",
    "r=mineyours,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=0",
  ];
  for (const one of answers) {
    assertEquals(await new ScramClient("user", "pencil", "mine").final(one), undefined, one);
  }
});

Deno.test("a verifier accepts its password only", async () => {
  assert(await isPassword(pencil, "pencil"));
  for (const wrong of ["Pencil", "pencil ", "", "\0"]) assert(!await isPassword(pencil, wrong), wrong);
});

Deno.test("a verifier is one line of text, and other text is refused", async () => {
  const text = formatVerifier(pencil);
  assert(text.startsWith("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"));
  assertEquals(parseVerifier(text), pencil);
  const wrong = [
    "",
    "pencil",
    text.slice(0, -2),
    text.replace("4096", "1"),
    text.replace("256", "1"),
    `${text} `,
  ];
  for (const one of wrong) assertEquals(parseVerifier(one), undefined, one);
  assert(!text.includes("pencil"));
  assert(await isPassword(parseVerifier(text) ?? pencil, "pencil"));
});

Deno.test("the same password gives a different verifier each time", async () => {
  assert(
    formatVerifier(await makeVerifier("pencil", rounds)) !==
      formatVerifier(await makeVerifier("pencil", rounds)),
  );
});

Deno.test("a decoy has the same salt each time for one name, and it accepts no password", async () => {
  const secret = utf8("a secret of the server's own");
  const [one, again, other] = await Promise.all(
    ["ann", "ann", "bob"].map((name) => decoyVerifier(name, secret, () => rounds)),
  );
  assertEquals(one?.salt, again?.salt);
  assert(encode64(one?.salt ?? new Uint8Array()) !== encode64(other?.salt ?? new Uint8Array()));
  assert(one !== undefined && !await isPassword(one, "pencil"));
});

const prepared: readonly (readonly [password: string, as: string])[] = [
  ["pencil", "pencil"],
  ["I\u00ADX", "IX"],
  ["\u00AA", "a"],
  ["\u2168", "IX"],
  ["e\u0301", "\u00E9"],
  ["two\u00A0words", "two words"],
  ["\u00AD", "\u00AD"],
];

Deno.test("passwords that look equal are equal", () => {
  for (const [password, as] of prepared) assertEquals(preparePassword(password), as);
});

Deno.test("decode64() accepts only base64 with its padding", () => {
  assertEquals(decode64("AP8="), Uint8Array.of(0, 255));
  assertEquals(decode64(""), new Uint8Array());
  for (const one of ["AP8", "A", "AP8==", "AP 8=", "AP-_", "====", "AP8=AP8="]) {
    assertEquals(decode64(one), undefined);
  }
});

Deno.test("equalBytes() finds every difference", () => {
  assert(equalBytes(utf8("pencil"), utf8("pencil")));
  for (const one of ["", "penci", "pencils", "Pencil", "pencim"]) {
    assert(!equalBytes(utf8("pencil"), utf8(one)));
  }
});

Deno.test("a login by -PLUS is bound to the connection, and nobody hides that it is offered", async () => {
  const type = "tls-server-end-point";
  const [here, elsewhere] = [1, 2].map((byte) => ({ type, data: new Uint8Array(32).fill(byte) } as const));
  const login = async (ours: ServerBinding, theirs: ClientBinding) => {
    const client = new ScramClient("user", "pencil", undefined, theirs);
    const server = new ScramServer(undefined, ours);
    const challenge = await server.first(client.first(), finder(pencil));
    if (challenge === undefined) return "refused";
    const proof = await server.final(await client.final(challenge) ?? "");
    return proof !== undefined && client.proves(proof) ? "logged in" : "wrong";
  };
  const bound = { offered: here, isChosen: true };
  assertEquals(await login(bound, { chosen: here }), "logged in");
  assertEquals(await login(bound, { chosen: elsewhere }), "wrong");
  assertEquals(await login(bound, {}), "refused");
  assertEquals(await login({ offered: here, isChosen: false }, {}), "logged in");
  assertEquals(await login({ offered: here, isChosen: false }, { isPossible: true }), "refused");
  assertEquals(await login({ offered: here, isChosen: false }, { chosen: here }), "refused");
  assertEquals(await login({ isChosen: false }, { isPossible: true }), "logged in");
  const server = new ScramServer(undefined, bound);
  assertEquals(await server.first("p=tls-exporter,,n=user,r=abc", finder(pencil)), undefined);
});
