/** Messages that the server has not confirmed: shown as under way, looked for in the history, and never gone. */

import { assertEquals, assertThrows } from "@std/assert";
import { ActionError } from "../../../lib/client/state/action_error.ts";
import { say, type ServerEnd, turn, WiredClient } from "./wired_client.ts";

const caps = "echo-message labeled-response batch message-tags draft/chathistory";
const lost = "the connection was lost before it arrived";

/** The client is back in #tea; the result is the label of its request for what came after "m1". */
async function comeBack(peer: WiredClient): Promise<ServerEnd> {
  await turn();
  const { server } = peer;
  await server.say(`:srv CAP * LS :${caps}`, `:srv CAP * ACK :${caps}`);
  await server.say(":srv 001 bob :Welcome", ":srv 376 bob :End", ":bob!b@host JOIN #tea");
  return server;
}

/** Answers each request for history with these lines, and the next requests with none. */
async function giveHistory(server: ServerEnd, ...lines: string[]): Promise<string[]> {
  const asked = (await server.sent()).filter((line) => line.includes("CHATHISTORY"));
  for (const line of asked) {
    const label = /label=(\w+)/.exec(line)?.[1];
    await server.say(
      `@label=${label} :srv BATCH +h chathistory #tea`,
      ...lines.map((one) => one.replace("@", "@batch=h;")),
      ":srv BATCH -h",
    );
  }
  return asked.length === 0 ? [] : [...asked, ...await giveHistory(server)];
}

/** A client that has seen "m1", and lost the connection while it sent these texts. */
async function lose(peer: WiredClient, ...texts: string[]): Promise<ServerEnd> {
  const server = await peer.enter(caps);
  await giveHistory(server);
  await server.say("@msgid=m1;time=1970-01-01T00:16:40.000Z :ann!a@h PRIVMSG #tea :hi");
  for (const text of texts) void peer.client.sendMessage(say(text));
  assertEquals(peer.outgoing(), texts.map((text) => `sending: ${text}`));
  server.abort();
  await turn();
  assertEquals(peer.outgoing(), texts.map((text) => `checking: ${text}`));
  return await comeBack(peer);
}

const own = (id: string, text: string, at = "00:16:41") =>
  `@msgid=${id};time=1970-01-01T${at}.000Z :bob!b@host PRIVMSG #tea :${text}`;

Deno.test("an outgoing message is in the state until its echo comes", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  void peer.client.sendMessage(say("hello"));
  assertEquals(peer.outgoing(), ["sending: hello"]);
  await server.say("@label=p1 :bob!b@host PRIVMSG #tea :hello");
  assertEquals(peer.outgoing(), []);
});

Deno.test("a lost message that is in the history arrived, one that is not is unsent, and none is sent twice", async () => {
  await using peer = new WiredClient();
  const server = await lose(peer, "one", "two");
  const asked = await giveHistory(server, own("m2", "one"));
  assertEquals(asked.some((line) => line.includes("CHATHISTORY AFTER #tea msgid=m1 ")), true);
  await turn();
  assertEquals(peer.outgoing(), [`unsent: two (${lost})`]);
  assertEquals((await server.sent()).filter((line) => line.includes("PRIVMSG")), []);
});

Deno.test("the same words from an earlier time do not confirm a lost message, and one message confirms one", async () => {
  await using peer = new WiredClient();
  const server = await lose(peer, "ok", "ok");
  await giveHistory(server, own("m0", "ok", "00:10:00"), own("m2", "ok"));
  await turn();
  assertEquals(peer.outgoing(), [`unsent: ok (${lost})`]);
});

Deno.test("an unsent message disappears when the old connection delivers it after all", async () => {
  await using peer = new WiredClient();
  const server = await lose(peer, "late");
  await giveHistory(server);
  await turn();
  assertEquals(peer.outgoing(), [`unsent: late (${lost})`]);
  await server.say(own("m2", "late"));
  assertEquals(peer.outgoing(), []);
});

Deno.test("a message that our lost connection delivers under our former nick is ours", async () => {
  await using peer = new WiredClient();
  const server = await lose(peer, "late");
  await giveHistory(server);
  await server.say(":bob!b@host NICK bob_");
  await server.say("@msgid=m2;time=1970-01-01T00:16:41.000Z :bob!b@other PRIVMSG #tea :late");
  assertEquals(peer.outgoing(), []);
});

Deno.test("retry() sends an unsent message again, and discard() deletes it", async () => {
  await using peer = new WiredClient();
  const server = await lose(peer, "one", "two");
  await giveHistory(server);
  await turn();
  const [one, two] = peer.client.state.outgoing;
  peer.client.outbox.discard(two?.key ?? "");
  peer.client.retry(one?.key);
  assertEquals(peer.outgoing(), ["sending: one"]);
  assertEquals((await server.sent()).filter((line) => line.endsWith("PRIVMSG #tea :one")).length, 1);
});

Deno.test("without a history, a lost message is unsent, and the reason says that its arrival is unknown", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  void peer.client.sendMessage(say("hello"));
  server.abort();
  await turn();
  await turn();
  await peer.server.say(":srv CAP * LS :echo-message", ":srv CAP * ACK :echo-message");
  await peer.server.say(":srv 001 bob :Welcome", ":srv 376 bob :End", ":bob!b@host JOIN #tea");
  await turn();
  assertEquals(peer.outgoing(), [
    "unsent: hello (the connection was lost, and it is not known whether it arrived)",
  ]);
});

Deno.test("a refused message is unsent with the reason, also one without a label that FAIL refuses", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter("echo-message standard-replies");
  void peer.client.sendMessage(say("hello"));
  await server.say("FAIL PRIVMSG TEMPORARILY_UNAVAILABLE #tea :The network of servers is down");
  assertEquals(peer.outgoing(), ["unsent: hello (The network of servers is down)"]);
});

Deno.test("only the parts of a message that were not confirmed are unsent", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  void peer.client.sendMessage(say("one\ntwo\nthree"));
  await server.say(
    "@label=p1 :bob!b@host PRIVMSG #tea :one",
    "@label=p2 :srv 404 bob #tea :Cannot send to channel",
    "@label=p3 :bob!b@host PRIVMSG #tea :three",
  );
  assertEquals(peer.outgoing(), ["unsent: two (Cannot send to #tea)"]);
});

Deno.test("an unsent message follows the person to another nick", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  void peer.client.sendMessage(say("hello", "ann"));
  await server.say("@label=p1 :srv 404 bob ann :Cannot send", ":ann!a@h NICK ann2");
  assertEquals(peer.client.state.outgoing.map(({ target }) => target), ["ann2"]);
});

Deno.test("a reaction or deletion that the server did not confirm is reported, and refused without a connection", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter("message-tags labeled-response batch draft/message-redaction");
  peer.client.messages.react("#tea", "m1", "👍");
  peer.client.messages.delete("#tea", "m1");
  assertEquals((await server.sent()).map((line) => line.replace(/^@label=(\w+)\S* /, "$1 ")), [
    "p1 TAGMSG #tea",
    "p2 REDACT #tea m1",
  ]);
  await server.say("@label=p2 FAIL REDACT REDACT_FORBIDDEN #tea m1 :You cannot delete that");
  assertEquals(peer.summaries(), ["refused : You cannot delete that"]);
  server.abort();
  await turn();
  const words =
    "The connection was lost before the server confirmed the reaction: look, and repeat it if it is missing";
  assertEquals(peer.summaries().filter((line) => line.startsWith("refused")), [`refused : ${words}`]);
  assertThrows(() => peer.client.messages.react("#tea", "m1", "👍"), ActionError, "there is no connection");
});

Deno.test("the messages of an earlier client are unsent, and the history confirms those that arrived", async () => {
  await using peer = new WiredClient();
  await lose(peer, "one", "two");
  await using next = new WiredClient({ outgoing: peer.client.state.outgoing });
  const server = await next.enter(caps);
  assertEquals(next.outgoing(), [
    "unsent: one (you left before it was confirmed)",
    "unsent: two (you left before it was confirmed)",
  ]);
  await server.say(own("m2", "one"));
  assertEquals(next.outgoing(), ["unsent: two (you left before it was confirmed)"]);
});

Deno.test("a message that the server has not saved yet is unsent until it arrives, and its words are not given back", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter(caps);
  await giveHistory(server);
  void peer.client.sendMessage(say("hello"));
  const reason = "This is not saved yet; it may still arrive";
  await server.say(`@label=p1 :srv FAIL PRIVMSG RESULT_UNKNOWN :${reason}`);
  await turn();
  assertEquals(peer.client.state.outgoing.map(({ text, status, isUnsure }) => [text, status, isUnsure]), [
    ["hello", "unsent", true],
  ]);
  await server.say(own("m2", "hello"));
  assertEquals(peer.outgoing(), []);
});
