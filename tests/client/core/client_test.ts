import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ActionError } from "../../../lib/client/core/action_error.ts";
import { numericsUntil } from "../../../lib/client/core/requests.ts";
import { turn, WiredClient } from "./wired_client.ts";

const say = (text: string, target = "#tea") => ({ target, manner: "message", text } as const);

Deno.test("a client asks only for capabilities the server offers, then enters and joins", async () => {
  await using rig = new WiredClient();
  await turn();
  assertEquals(await rig.server.sent(), ["CAP LS 302", "NICK bob", "USER bob 0 * :bob"]);
  await rig.server.say(":srv CAP * LS * :echo-message sasl=PLAIN", ":srv CAP * LS :server-time vendor/x");
  assertEquals(await rig.server.sent(), ["CAP REQ :echo-message sasl server-time"]);
  await rig.server.say(":srv CAP bob ACK :echo-message sasl server-time");
  assertEquals(await rig.server.sent(), ["CAP END"]);
  await rig.server.say(":srv 001 bob :Welcome", ":srv 376 bob :End");
  assertEquals(await rig.server.sent(), ["JOIN #tea"]);
  assertEquals(rig.summaries(), ["connecting", "ready"]);
});

Deno.test("a client enters a server that knows no capabilities", async () => {
  await using rig = new WiredClient();
  await turn();
  await rig.server.say(":srv 421 * CAP :Unknown command", ":srv 001 bob :Welcome", ":srv 422 bob :No MOTD");
  assertEquals(rig.client.online, true);
});

Deno.test("a nick that is taken is told, and another one tried when it is given", async () => {
  await using rig = new WiredClient();
  await turn();
  await rig.server.sent();
  await rig.server.say(":srv 433 * bob :Nickname is already in use");
  assertEquals(rig.summaries(), ["connecting", "nick refused"]);
  rig.client.rename("rob");
  assertEquals(await rig.server.sent(), ["USER rob 0 * :rob", "NICK rob"]);
  await rig.server.say(":srv 001 rob :Welcome", ":srv 376 rob :End");
  assertEquals(rig.client.state.nick, "rob");
});

Deno.test("a nick that is taken gets a tail when that is wanted", async () => {
  await using rig = new WiredClient({ fallbackNick: true });
  await turn();
  await rig.server.sent();
  await rig.server.say(":srv 433 * bob :Nickname is already in use");
  assertEquals(await rig.server.sent(), ["NICK bob_"]);
});

Deno.test("words are delivered when their echo comes, by label", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter();
  const [one, two] = [rig.client.say(say("same")), rig.client.say(say("same"))];
  assertEquals(await wire.sent(), ["@label=p1 PRIVMSG #tea :same", "@label=p2 PRIVMSG #tea :same"]);
  await wire.say(
    "@label=p2 :srv 404 bob #tea :Cannot send to channel",
    "@label=p1 :bob!b@host PRIVMSG #tea :same",
  );
  assertEquals((await one).kind, "delivered");
  assertEquals(await two, { kind: "refused", reason: "Cannot send to #tea" });
  assertEquals(rig.summaries(), [
    "refused ERR_CANNOTSENDTOCHAN: Cannot send to #tea",
    "#tea bob (own) message: same",
  ]);
});

Deno.test("without echo-message words are shown at once and confirmed by a PONG", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter("");
  const delivery = rig.client.say(say("hello"));
  assertEquals(await wire.sent(), ["PRIVMSG #tea :hello", "PING settle"]);
  assertEquals(rig.summaries(), ["#tea bob (own) message: hello"]);
  await wire.say(":srv PONG srv settle");
  assertEquals((await delivery).kind, "delivered");
});

Deno.test("without echo-message a refusal is not taken for a delivery", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter("");
  const delivery = rig.client.say(say("hello", "nobody"));
  await wire.say(":srv 401 bob nobody :No such nick", ":srv PONG srv settle");
  assertEquals((await delivery).kind, "refused");
});

Deno.test("long words are cut between words, and every piece must come back", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter("echo-message", "LINELEN=128");
  const delivery = rig.client.say(say("word ".repeat(40).trim()));
  const lines = await wire.sent();
  assertEquals(lines.length === 2 && lines.every((line) => line.length < 128 && !/\S{5}$/.test(line)), true);
  assertEquals(lines.map((line) => line.slice("PRIVMSG #tea :".length)).join(""), "word ".repeat(40).trim());
  await wire.say(...lines.map((line) => `:bob!b@host ${line}`));
  assertEquals((await delivery).kind, "delivered");
});

Deno.test("several lines go out as one message where the server can", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter(
    "echo-message labeled-response batch message-tags draft/multiline=max-bytes=4096",
  );
  const delivery = rig.client.say(say("one\n\ntwo"));
  const [open = "", ...lines] = await wire.sent();
  const [, label, id] = /^@label=(\w+) BATCH \+(\w+) draft\/multiline #tea$/.exec(open) ?? [];
  const middle = ["one", "", "two"].map((text) => `@batch=${id} PRIVMSG #tea :${text}`);
  assertEquals(lines, [...middle, `BATCH -${id}`]);
  await wire.say(`@label=${label};msgid=7 :bob!b@host BATCH +x draft/multiline #tea`);
  await wire.say(...middle.map((line) => line.replace(/^@\S+/, "@batch=x :bob!b@host")), ":srv BATCH -x");
  assertEquals((await delivery).kind, "delivered");
  assertEquals(rig.summaries(), ["#tea bob (own) message: one\n\ntwo"]);
});

Deno.test("several lines go out one by one where the server cannot join them, empty ones not", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter("echo-message");
  rig.client.say(say("one\n\ntwo"));
  assertEquals(await wire.sent(), ["PRIVMSG #tea :one", "PRIVMSG #tea :two"]);
});

Deno.test("a request gets its labelled answer, and its numerics are no events", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter();
  const answer = rig.client.server.request("WHOIS ann", numericsUntil(["RPL_ENDOFWHOIS"]));
  assertEquals(await wire.sent(), ["@label=p1 WHOIS ann"]);
  await wire.say(
    "@label=p1 :srv BATCH +r labeled-response",
    "@batch=r :srv 311 bob ann a host * :Ann",
    "@batch=r :srv 318 bob ann :End",
    ":srv BATCH -r",
  );
  assertEquals((await answer).map(({ command }) => command), ["311", "318"]);
  assertEquals(rig.summaries(), []);
});

Deno.test("a request without labels takes what fits, and leaves the rest", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter("");
  const answer = rig.client.server.request("WHOIS ann", numericsUntil(["RPL_ENDOFWHOIS"], ["RPL_WHOISUSER"]));
  await wire.say(":srv 311 bob ann a host * :Ann", ":ann!a@host PRIVMSG #tea :hi", ":srv 318 bob ann :End");
  assertEquals((await answer).map(({ command }) => command), ["311", "318"]);
  assertEquals(rig.summaries(), ["#tea ann message: hi"]);
});

Deno.test("a lost connection is told, requests fail, and what was not confirmed is unsure", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter();
  const delivery = rig.client.say(say("hello"));
  const answer = assertRejects(
    () => rig.client.server.request("LIST", numericsUntil(["RPL_LISTEND"])),
    Error,
    "Connection closed",
  );
  wire.abort();
  await answer;
  assertEquals((await delivery).kind, "unsure");
  await turn();
  assertEquals(rig.summaries().slice(0, 2), ["lost: Connection closed", "waiting: Connection closed"]);
});

Deno.test("what is typed while away is kept, and sent when the room is joined again", async () => {
  await using rig = new WiredClient();
  (await rig.enter()).abort();
  await turn();
  const delivery = rig.client.say(say("still here"));
  await turn();
  const { server } = rig;
  await server.say(":srv CAP * LS :echo-message", ":srv CAP * ACK :echo-message");
  await server.say(":srv 001 bob :Welcome", ":srv 376 bob :End");
  assertEquals((await server.sent()).slice(-1), ["JOIN #tea"]);
  await server.say(":bob!b@host JOIN #tea");
  assertEquals(await server.sent(), ["PRIVMSG #tea :still here"]);
  await server.say(":bob!b@host PRIVMSG #tea :still here");
  assertEquals((await delivery).kind, "delivered");
  assertEquals(rig.summaries().includes("queued: still here"), true);
});

Deno.test("on coming back a name that is still held gets a tail, and is taken when it is free", async () => {
  await using rig = new WiredClient();
  (await rig.enter()).abort();
  await turn();
  await turn();
  const { server } = rig;
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

Deno.test("rooms entered later are entered again, rooms left are not", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter();
  await wire.say(":bob!b@host JOIN #den", ":bob!b@host PART #tea");
  wire.abort();
  await turn();
  await turn();
  await rig.server.say(":srv 001 bob :Welcome", ":srv 376 bob :End");
  assertEquals((await rig.server.sent()).filter((line) => line.startsWith("JOIN")), ["JOIN #den"]);
});

Deno.test("a server that cannot be reached the first time ends the run", async () => {
  const error = new Error("nobody there");
  await using rig = new WiredClient({ connect: () => Promise.reject(error) });
  assertEquals(await rig.running, { kind: "unreachable", error });
});

Deno.test("a server that closes before letting us in ends the run with its words", async () => {
  await using rig = new WiredClient();
  await turn();
  await rig.server.say("ERROR :Closing link: Too many connections");
  rig.server.abort();
  assertEquals(await rig.running, { kind: "refused", reason: "Too many connections" });
});

Deno.test("quit() says so, and ends the run when the server hangs up", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter();
  rig.client.quit("bye");
  assertEquals(await wire.sent(), ["QUIT :bye"]);
  wire.abort();
  assertEquals(await rig.running, { kind: "left" });
});

Deno.test("a PING is answered, and a silent server is asked and then left", async () => {
  let now = 0;
  await using rig = new WiredClient({ now: () => now, idleMs: 200 });
  const wire = await rig.enter();
  await wire.say("PING :a b");
  assertEquals(await wire.sent(), ["PONG :a b"]);
  now += 300;
  await new Promise((resolve) => setTimeout(resolve, 60));
  assertEquals((await wire.sent())[0], "PING alive");
  now += 300;
  await new Promise((resolve) => setTimeout(resolve, 60));
  assertEquals(rig.summaries()[0], "lost: No answer from the server");
});

Deno.test("nothing typed can become a second line or another parameter", async () => {
  await using rig = new WiredClient();
  const wire = await rig.enter("");
  assertThrows(() => rig.client.say(say("x", "a b")), ActionError);
  assertThrows(() => rig.client.say(say("x", ":a")), ActionError);
  assertThrows(() => rig.client.server.command("KICK", "#tea", "a b", "why"), ActionError);
  rig.client.server.command("TOPIC", "#tea", "one\r\nQUIT");
  assertEquals(await wire.sent(), ["TOPIC #tea :one QUIT"]);
});
