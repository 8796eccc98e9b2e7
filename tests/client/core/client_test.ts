import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ActionError } from "../../../lib/client/state/action_error.ts";
import { matchNumerics } from "../../../lib/client/core/requests.ts";
import { pause } from "../../support/deadline.ts";
import { say, turn, WiredClient } from "./wired_client.ts";

Deno.test("a client requests only capabilities that the server offers, then registers and joins", async () => {
  await using peer = new WiredClient();
  await turn();
  assertEquals(await peer.server.sent(), ["CAP LS 302", "NICK bob", "USER bob 0 * :bob"]);
  await peer.server.say(":srv CAP * LS * :echo-message sasl=PLAIN", ":srv CAP * LS :server-time vendor/x");
  assertEquals(await peer.server.sent(), ["CAP REQ :echo-message sasl server-time"]);
  await peer.server.say(":srv CAP bob ACK :echo-message sasl server-time");
  assertEquals(await peer.server.sent(), ["CAP END"]);
  await peer.server.say(":srv 001 bob :Welcome", ":srv 376 bob :End");
  assertEquals(await peer.server.sent(), ["JOIN #tea"]);
  assertEquals(peer.summaries(), ["connecting", "ready"]);
});

Deno.test("a client registers on a server without capabilities", async () => {
  await using peer = new WiredClient();
  await turn();
  await peer.server.say(":srv 421 * CAP :Unknown command", ":srv 001 bob :Welcome", ":srv 422 bob :No MOTD");
  assertEquals(peer.client.isOnline, true);
});

Deno.test("a nick in use is an event, and rename() tries another one", async () => {
  await using peer = new WiredClient();
  await turn();
  await peer.server.sent();
  await peer.server.say(":srv 433 * bob :Nickname is already in use");
  assertEquals(peer.summaries(), ["connecting", "nick refused"]);
  peer.client.rename("rob");
  assertEquals(await peer.server.sent(), ["USER rob 0 * :rob", "NICK rob"]);
  await peer.server.say(":srv 001 rob :Welcome", ":srv 376 rob :End");
  assertEquals(peer.client.state.nick, "rob");
});

Deno.test("a server that allows only ASCII letters gets the name in those, and the real name stays", async () => {
  await using peer = new WiredClient({ nick: "Zoë" });
  await turn();
  assertEquals(await peer.server.sent(), ["CAP LS 302", "NICK Zoë", "USER Zoe 0 * :Zoë"]);
  await peer.server.say(":srv 432 * Zoë :Erroneous nickname");
  assertEquals(await peer.server.sent(), ["NICK Zoe"]);
  assertEquals(peer.summaries(), ["connecting", "nick replaced"]);
  await peer.server.say(":srv 001 Zoe :Welcome", ":srv 376 Zoe :End");
  assertEquals(peer.client.state.nick, "Zoe");
  peer.server.abort();
  await turn();
  await turn();
  // The next connection knows the answer already.
  assertEquals(await peer.server.sent(), ["CAP LS 302", "NICK Zoe", "USER Zoe 0 * :Zoë"]);
});

Deno.test("a name without a form in ASCII letters is asked for again", async () => {
  await using peer = new WiredClient({ nick: "太郎" });
  await turn();
  await peer.server.sent();
  await peer.server.say(":srv 432 * 太郎 :Erroneous nickname");
  assertEquals(peer.summaries(), ["connecting", "nick refused"]);
  peer.client.rename("taro");
  assertEquals(await peer.server.sent(), ["USER taro 0 * :taro", "NICK taro"]);
});

Deno.test("/nick with letters that the server does not allow is refused with a proposal", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  await server.say(":srv 432 bob Юля :Erroneous nickname", ":srv 432 bob 太郎 :Erroneous nickname");
  assertEquals(peer.summaries(), [
    "refused ERR_ERRONEUSNICKNAME: Cannot use the name Юля: this server does not allow it; use the letters A to Z, as in Yulya",
    "refused ERR_ERRONEUSNICKNAME: Cannot use the name 太郎: this server does not allow it; use the letters A to Z",
  ]);
});

Deno.test('a nick in use gets a "_" with fallbackNick', async () => {
  await using peer = new WiredClient({ fallbackNick: true });
  await turn();
  await peer.server.sent();
  await peer.server.say(":srv 433 * bob :Nickname is already in use");
  assertEquals(await peer.server.sent(), ["NICK bob_"]);
});

Deno.test("a message is delivered when its echo comes, by label", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  const [one, two] = [peer.client.sendMessage(say("same")), peer.client.sendMessage(say("same"))];
  assertEquals(await server.sent(), ["@label=p1 PRIVMSG #tea :same", "@label=p2 PRIVMSG #tea :same"]);
  await server.say(
    "@label=p2 :srv 404 bob #tea :Cannot send to channel",
    "@label=p1 :bob!b@host PRIVMSG #tea :same",
  );
  assertEquals((await one).kind, "delivered");
  assertEquals(await two, { kind: "refused", reason: "Cannot send to #tea" });
  assertEquals(peer.summaries(), [
    "refused ERR_CANNOTSENDTOCHAN: Cannot send to #tea",
    "#tea bob (own) message: same",
  ]);
});

Deno.test("without echo-message a message is shown at once and confirmed by a PONG", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter("");
  const delivery = peer.client.sendMessage(say("hello"));
  assertEquals(await server.sent(), ["PRIVMSG #tea :hello", "PING settle"]);
  assertEquals(peer.summaries(), ["#tea bob (own) message: hello"]);
  await server.say(":srv PONG srv settle");
  assertEquals((await delivery).kind, "delivered");
});

Deno.test("without echo-message a refusal is not a delivery", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter("");
  const delivery = peer.client.sendMessage(say("hello", "nobody"));
  await server.say(":srv 401 bob nobody :No such nick", ":srv PONG srv settle");
  assertEquals((await delivery).kind, "refused");
});

Deno.test("a long message is cut between words, and every part needs its echo", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter("echo-message", "LINELEN=128");
  const delivery = peer.client.sendMessage(say("word ".repeat(40).trim()));
  const lines = await server.sent();
  assertEquals(lines.length === 2 && lines.every((line) => line.length < 128 && !/\S{5}$/.test(line)), true);
  assertEquals(lines.map((line) => line.slice("PRIVMSG #tea :".length)).join(""), "word ".repeat(40).trim());
  await server.say(...lines.map((line) => `:bob!b@host ${line}`));
  assertEquals((await delivery).kind, "delivered");
});

Deno.test("several lines are one message with draft/multiline", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter(
    "echo-message labeled-response batch message-tags draft/multiline=max-bytes=4096",
  );
  const delivery = peer.client.sendMessage(say("one\n\ntwo"));
  const [open = "", ...lines] = await server.sent();
  const [, label, id] = /^@label=(\w+) BATCH \+(\w+) draft\/multiline #tea$/.exec(open) ?? [];
  const middle = ["one", "", "two"].map((text) => `@batch=${id} PRIVMSG #tea :${text}`);
  assertEquals(lines, [...middle, `BATCH -${id}`]);
  await server.say(`@label=${label};msgid=7 :bob!b@host BATCH +x draft/multiline #tea`);
  await server.say(...middle.map((line) => line.replace(/^@\S+/, "@batch=x :bob!b@host")), ":srv BATCH -x");
  assertEquals((await delivery).kind, "delivered");
  assertEquals(peer.summaries(), ["#tea bob (own) message: one\n\ntwo"]);
});

Deno.test("several lines are several messages without draft/multiline, and empty lines are not sent", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter("echo-message");
  peer.client.sendMessage(say("one\n\ntwo"));
  assertEquals(await server.sent(), ["PRIVMSG #tea :one", "PRIVMSG #tea :two"]);
});

Deno.test("a request gets its labelled answer, and its numerics are not events", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  const answer = peer.client.server.request("WHOIS ann", matchNumerics(["RPL_ENDOFWHOIS"]));
  assertEquals(await server.sent(), ["@label=p1 WHOIS ann"]);
  await server.say(
    "@label=p1 :srv BATCH +r labeled-response",
    "@batch=r :srv 311 bob ann a host * :Ann",
    "@batch=r :srv 318 bob ann :End",
    ":srv BATCH -r",
  );
  assertEquals((await answer).map(({ command }) => command), ["311", "318"]);
  assertEquals(peer.summaries(), []);
});

Deno.test("a request without labels takes the numerics of its answer only", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter("");
  const answer = peer.client.server.request(
    "WHOIS ann",
    matchNumerics(["RPL_ENDOFWHOIS"], ["RPL_WHOISUSER"]),
  );
  await server.say(":srv 311 bob ann a host * :Ann", ":ann!a@host PRIVMSG #tea :hi", ":srv 318 bob ann :End");
  assertEquals((await answer).map(({ command }) => command), ["311", "318"]);
  assertEquals(peer.summaries(), ["#tea ann message: hi"]);
});

Deno.test("a lost connection is an event, requests fail, and unconfirmed messages are unsure", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  const delivery = peer.client.sendMessage(say("hello"));
  const answer = assertRejects(
    () => peer.client.server.request("LIST", matchNumerics(["RPL_LISTEND"])),
    Error,
    "Connection closed",
  );
  server.abort();
  await answer;
  assertEquals((await delivery).kind, "unsure");
  await turn();
  assertEquals(peer.summaries().slice(0, 2), ["lost: Connection closed", "waiting: Connection closed"]);
});

Deno.test("a message without a connection is queued, and sent after the channel is joined again", async () => {
  await using peer = new WiredClient();
  (await peer.enter()).abort();
  await turn();
  const delivery = peer.client.sendMessage(say("still here"));
  assertEquals(peer.outgoing(), ["waiting: still here"]);
  await turn();
  const { server } = peer;
  await server.say(":srv CAP * LS :echo-message", ":srv CAP * ACK :echo-message");
  await server.say(":srv 001 bob :Welcome", ":srv 376 bob :End");
  assertEquals((await server.sent()).slice(-1), ["JOIN #tea"]);
  await server.say(":bob!b@host JOIN #tea");
  assertEquals(await server.sent(), ["PRIVMSG #tea :still here"]);
  await server.say(":bob!b@host PRIVMSG #tea :still here");
  assertEquals((await delivery).kind, "delivered");
  assertEquals(peer.outgoing(), []);
});

Deno.test('after a reconnect a nick still in use gets a "_", and comes back when it is free', async () => {
  await using peer = new WiredClient();
  (await peer.enter()).abort();
  await turn();
  await turn();
  const { server } = peer;
  await server.say(":srv 433 * bob :Nickname is already in use");
  await server.say(":srv 001 bob_ :Welcome", ":srv 376 bob_ :End", ":bob_!b@host JOIN #tea");
  assertEquals((await server.sent()).slice(-2), ["NICK bob_", "JOIN #tea"]);
  await server.say(
    ":srv 353 bob_ = #tea :bob bob_",
    ":srv 366 bob_ #tea :End",
    ":bob!b@host QUIT :Ping timeout",
  );
  assertEquals(await server.sent(), ["NICK bob"]);
});

Deno.test("a client takes its nick back at once if the other user left before it joined again", async () => {
  await using peer = new WiredClient();
  (await peer.enter()).abort();
  await turn();
  await turn();
  const { server } = peer;
  await server.say(":srv 433 * bob :Nickname is already in use");
  await server.say(":srv 001 bob_ :Welcome", ":srv 376 bob_ :End", ":bob_!b@host JOIN #tea");
  await server.sent();
  await server.say(":srv 353 bob_ = #tea :ann bob_", ":srv 366 bob_ #tea :End");
  assertEquals(await server.sent(), ["NICK bob"]);
  await server.say(":bob_!b@host NICK bob");
  assertEquals(peer.client.state.nick, "bob");
});

Deno.test("a reconnect joins the channels that we were in, and not those that we left", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  await server.say(":bob!b@host JOIN #den", ":bob!b@host PART #tea");
  server.abort();
  await turn();
  await turn();
  await peer.server.say(":srv 001 bob :Welcome", ":srv 376 bob :End");
  assertEquals((await peer.server.sent()).filter((line) => line.startsWith("JOIN")), ["JOIN #den"]);
});

Deno.test("a server that cannot be reached the first time ends the run", async () => {
  const error = new Error("nobody there");
  await using peer = new WiredClient({ connect: () => Promise.reject(error) });
  assertEquals(await peer.running, { kind: "unreachable", error });
});

Deno.test("a server that closes before the end of the registration ends the run with its reason", async () => {
  await using peer = new WiredClient();
  await turn();
  await peer.server.say("ERROR :Closing link: Too many connections");
  peer.server.abort();
  assertEquals(await peer.running, { kind: "refused", reason: "Too many connections" });
});

Deno.test("quit() sends QUIT, and the run ends when the server closes the connection", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter();
  peer.client.quit("bye");
  assertEquals(await server.sent(), ["QUIT :bye"]);
  server.abort();
  assertEquals(await peer.running, { kind: "left" });
});

Deno.test("a PING is answered, and a silent server gets a PING and is then disconnected", async () => {
  await using peer = new WiredClient({ idleMs: 60, answerMs: 20 });
  const server = await peer.enter();
  await server.say("PING :a b");
  assertEquals(await server.sent(), ["PONG :a b"]);
  await pause(70);
  assertEquals(await server.sent(), ["PING alive"]);
  await pause(30);
  assertEquals(peer.summaries()[0], "lost: No answer from the server");
});

Deno.test("input cannot become a second line or another parameter", async () => {
  await using peer = new WiredClient();
  const server = await peer.enter("");
  assertThrows(() => peer.client.sendMessage(say("x", "a b")), ActionError);
  assertThrows(() => peer.client.sendMessage(say("x", ":a")), ActionError);
  assertThrows(() => peer.client.server.command("KICK", "#tea", "a b", "why"), ActionError);
  peer.client.server.command("TOPIC", "#tea", "one\r\nQUIT");
  assertEquals(await server.sent(), ["TOPIC #tea :one QUIT"]);
});

Deno.test("an error of the user interface is reported once, and the connection and the next lines are not touched", async () => {
  const faults: string[] = [];
  const shown: string[] = [];
  await using peer = new WiredClient({
    onFault: (sentence) => void faults.push(sentence),
    onEvent(event) {
      if (event.kind !== "said") return;
      if (event.text !== "fine") throw new TypeError("Illegal constructor");
      shown.push(event.text);
    },
  });
  const server = await peer.enter();
  await server.say(":ann!a@h PRIVMSG #tea :one", ":ann!a@h PRIVMSG #tea :two", ":ann!a@h PRIVMSG #tea :fine");
  assertEquals(shown, ["fine"]);
  assertEquals(faults, ["A part of the program failed, and the chat goes on: Illegal constructor"]);
  assertEquals([peer.servers.length, server.ended], [1, undefined]);
});

Deno.test("an error in a handler that returns a promise is reported too", async () => {
  const faults: string[] = [];
  await using peer = new WiredClient({
    onFault: (sentence) => void faults.push(sentence),
    // A handler can be asynchronous in JavaScript, whatever its type says.
    onEvent: () => Promise.reject(new Error("late")) as unknown as void,
  });
  await peer.enter();
  assertEquals(faults, ["A part of the program failed, and the chat goes on: late"]);
});

Deno.test("a message that we have read stays read when its author takes another nick", async () => {
  await using bob = new WiredClient();
  const server = await bob.enter("echo-message message-tags server-time draft/read-marker");
  await server.say("@time=2026-01-01T00:00:00.000Z;msgid=x :ann!a@h PRIVMSG bob :hi");
  bob.client.readMarkers.markAllRead("ann");
  assertEquals((await server.sent()).at(-1), "MARKREAD ann timestamp=2026-01-01T00:00:00.000Z");
  await server.say(":ann!a@h NICK anna");
  bob.client.readMarkers.markAllRead("anna");
  assertEquals(await server.sent(), []);
  assertEquals(bob.client.readMarkers.unread.of("anna").messages, 0);
});

Deno.test("a read marker that waits is sent for the new nick of the person", async () => {
  await using bob = new WiredClient();
  const server = await bob.enter("echo-message message-tags server-time draft/read-marker");
  for (const second of [1, 2]) {
    await server.say(`@time=2026-01-01T00:00:0${second}.000Z;msgid=x${second} :ann!a@h PRIVMSG bob :hi`);
    bob.client.readMarkers.markAllRead("ann");
  }
  await server.sent();
  await server.say(":ann!a@h NICK anna");
  bob.client.readMarkers.flush();
  assertEquals(await server.sent(), ["MARKREAD anna timestamp=2026-01-01T00:00:02.000Z"]);
});
