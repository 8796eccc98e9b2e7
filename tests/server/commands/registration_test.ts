/** Connecting and staying connected: USER, PASS, CAP, PING, QUIT. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import { story } from "../../support/story.ts";
import { visit } from "../../support/memory_connection.ts";

story("NICK and USER complete the connection with the welcome numerics in order", welcome);
story("an empty real name does not keep anybody out: the nick takes its place", emptyRealname);
story("people on one machine have different hosts, which stay when they rename", localHosts);
story("a second USER is refused", secondUser);
story("commands before registration are refused, and unknown commands are reported as unknown", early);
story("PASS must give the server's password", { password: "open sesame" }, password);
story("PASS is guessed five times from one address, then twice a minute", {
  password: "open sesame",
  startsAt: 1_700_000_000_000,
}, guesses);
story("PASS with a colon does not bypass the limit of attempts", { password: "open:sesame" }, colonGuesses);
story("PING is answered with its token, and refused without one", ping);
story(
  "the token of a PING must fit into the answer, and capabilities are answered in words that fit",
  oversized,
);
story("commands in the body of an HTTP request are not run, whatever its method", http);
story("QUIT closes the connection, and users in the same channels see it once", quit);
story("a lost connection is shown as a quit", vanish);

async function welcome(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { register: false });
  ann.send("NICK ann", "USER ann 0 * :Ann Ames");
  const lines = await ann.lines();
  const codes = lines.map((line) => line.split(" ")[1]);
  assertEquals(codes.slice(0, 4), ["001", "002", "003", "004"]);
  assert(codes.indexOf("005") === 4 && codes.includes("251"));
  assertEquals(codes.at(-1), "422");
  assertEquals(lines[0], ":chat.test 001 ann :Welcome to Parley, ann!~ann@ann.localhost");
}

async function emptyRealname(chat: Chat): Promise<void> {
  for (const [at, realname] of [" ", "  ", ""].entries()) {
    const nick = `ann${at}`;
    const peer = await chat.peer(nick, { register: false });
    peer.send(`NICK ${nick}`, `USER ann 0 * :${realname}`);
    const [first = "", second = ""] = await peer.lines();
    // Conformance tests want 461 for an empty real name; most clients never send USER again, so it lets them in too.
    const warning = `:chat.test 461 ${nick} USER :The real name is empty; your nick is shown instead`;
    assertEquals(realname === "" ? [first, second.split(" ")[1]] : [first.split(" ")[1]], [
      ...(realname === "" ? [warning] : []),
      "001",
    ]);
    assertEquals(chat.state.find(nick)?.realname, nick);
  }
}

async function localHosts(chat: Chat): Promise<void> {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  ann.send("NICK eve", "MODE #tea +b *!*@bob.localhost");
  assertEquals(await bob.lines(), [
    ":ann!~ann@ann.localhost NICK eve",
    ":eve!~ann@ann.localhost MODE #tea +b *!*@bob.localhost",
  ]);
  bob.send("PRIVMSG #tea :hello");
  assertMatch((await bob.lines())[0] ?? "", / 404 bob #tea /);
  // Somebody else has the nick now, and the host is still that of the first.
  const other = await chat.peer("ann");
  assertMatch(chat.state.find("ann")?.host ?? "", /^[a-z2-9]{7}\.localhost$/);
  other.send("QUIT");
  await other.closed();
  // The ban of one person does not keep the others out; the ban of the machine does.
  const cat = await chat.peer("cat");
  assertEquals((await cat.join("#tea")).length, 3);
  ann.send("MODE #tea +b *!*@*.localhost");
  await ann.lines();
  assertMatch((await (await chat.peer("dan")).join("#tea"))[0] ?? "", / 474 dan #tea /);
}

async function secondUser(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann");
  ann.send("USER ann 0 * :Ann", "PASS secret");
  assertEquals(await ann.lines(), [
    ":chat.test 462 ann :You may not reregister",
    ":chat.test 462 ann :You may not reregister",
  ]);
}

async function early(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { register: false });
  ann.send("JOIN #tea", "PRIVMSG ann :hello", "FLY", "USER ann");
  assertEquals(await ann.lines(), [
    ":chat.test 451 * :You have not registered",
    ":chat.test 451 * :You have not registered",
    ":chat.test 421 * FLY :Unknown command",
    ":chat.test 461 * USER :Not enough parameters",
  ]);
}

async function password(chat: Chat): Promise<void> {
  await chat.peer("ann", { password: "open sesame" });
  const bob = await chat.peer("bob", { register: false });
  bob.send("PASS wrong", "NICK bob", "USER bob 0 * :Bob");
  assertEquals(await bob.closed(), [
    ":chat.test 464 bob :Password incorrect",
    "ERROR :Closing link: Wrong password",
  ]);
}

const tooMany = "ERROR :Closing link: Too many wrong passwords from your address; wait half a minute";

/** The last line for a client from `address` that sends this password. */
async function tryPassword(chat: Chat, address: string, given: string): Promise<string> {
  const peer = await visit(chat.hub, address, "bob", { register: false, secure: true });
  peer.send(`PASS :${given}`, "NICK bob", "USER bob 0 * :Bob", "QUIT :in");
  return (await peer.closed()).at(-1) ?? "";
}

async function guesses(chat: Chat): Promise<void> {
  for (let count = 0; count < 5; count++) {
    assertEquals(await tryPassword(chat, "10.1.2.3", "wrong"), "ERROR :Closing link: Wrong password");
    // A correct password, or none, does not count as an attempt.
    assertEquals(await tryPassword(chat, "10.9.9.9", "open sesame"), "ERROR :Closing link: Quit: in");
  }
  assertEquals(await tryPassword(chat, "10.1.2.3", "open sesame"), tooMany);
  assertEquals(await tryPassword(chat, "10.9.9.9", "open sesame"), "ERROR :Closing link: Quit: in");
  chat.clock.nowMs += 30_000;
  assertEquals(await tryPassword(chat, "10.1.2.3", "open sesame"), "ERROR :Closing link: Quit: in");
}

async function colonGuesses(chat: Chat): Promise<void> {
  for (let count = 0; count < 5; count++) {
    assertMatch(await tryPassword(chat, "10.1.2.3", `open:${count}`), /Wrong name or password$/);
  }
  assertEquals(await tryPassword(chat, "10.1.2.3", "open:sesame"), tooMany);
  assertEquals(await tryPassword(chat, "10.9.9.9", "open:sesame"), "ERROR :Closing link: Quit: in");
}

async function ping(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann");
  ann.send("PING", "PING :two words");
  assertEquals(await ann.lines(), [
    ":chat.test 461 ann PING :Not enough parameters",
    ":chat.test PONG chat.test :two words",
  ]);
}

async function oversized(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann");
  ann.send(
    `PING :${"x".repeat(490)}`,
    `CAP REQ :${"batch ".repeat(679)}`,
    "CAP REQ :foo  bar foo",
    `CAP REQ :${"é".repeat(2040)}`,
  );
  assertEquals(await ann.lines(), [
    ":chat.test 417 ann :Input line was too long",
    ":chat.test CAP ann ACK batch",
    ":chat.test CAP ann NAK :foo  bar foo",
    `:chat.test CAP ann NAK ${"é".repeat(243)}`,
  ]);
}

async function http(chat: Chat): Promise<void> {
  for (const first of ["FOO / HTTP/1.1", "Host: 127.0.0.1:7000", "host: localhost"]) {
    const ann = await chat.peer("ann", { register: false });
    ann.send("PING :before");
    await ann.next(/ PONG /);
    ann.send(first, "", "NICK ann", "USER ann 0 * :Ann");
    assertEquals(await ann.closed(), ["ERROR :Closing link: This is an IRC server"]);
  }
}

async function quit(chat: Chat): Promise<void> {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  ann?.send("QUIT :gone to bed");
  assertEquals(await ann?.closed(), ["ERROR :Closing link: Quit: gone to bed"]);
  assertEquals(await bob?.lines(), [":ann!~ann@ann.localhost QUIT :Quit: gone to bed"]);
}

async function vanish(chat: Chat): Promise<void> {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  await ann?.[Symbol.asyncDispose]();
  assert(/^:ann!\S+ QUIT :Connection closed$/.test(await bob?.next(/ QUIT /) ?? ""));
}
