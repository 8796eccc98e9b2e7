/** A client notices a dead connection when it is used, and connects again at once when the person is back. */

import { assertEquals } from "@std/assert";
import { watchSleep } from "../../../lib/client/core/sleep_watch.ts";
import { LinkCheck } from "../../../lib/client/core/link_check.ts";
import { pause } from "../../support/deadline.ts";
import { say, turn, WiredClient } from "./wired_client.ts";

const hour = 3_600_000;

Deno.test("a message on a dead connection ends it after two short waits, not after minutes", async () => {
  await using peer = new WiredClient({ answerMs: 20, delay: () => hour });
  const server = await peer.enter();
  void peer.client.sendMessage(say("hello"));
  assertEquals((await server.sent()).length, 1);
  await pause(25);
  assertEquals(await server.sent(), ["PING alive"]);
  await pause(25);
  assertEquals(peer.summaries().filter((line) => line.startsWith("lost")), [
    "lost: No answer from the server",
  ]);
});

Deno.test("a line of the server after a message means that no PING is needed", async () => {
  await using peer = new WiredClient({ answerMs: 20 });
  const server = await peer.enter();
  void peer.client.sendMessage(say("hello"));
  await server.say(":ann!a@h PRIVMSG #tea :hi");
  await pause(50);
  assertEquals((await server.sent()).filter((line) => line.startsWith("PING")), []);
  assertEquals(server.ended, undefined);
});

Deno.test("wake() asks the server at once, and ends a pause between two tries", async () => {
  let elapsed = 0;
  await using peer = new WiredClient({ answerMs: 20, delay: () => hour, elapsed: () => elapsed });
  const server = await peer.enter();
  peer.client.wake();
  peer.client.wake();
  assertEquals(await server.sent(), ["PING alive"]);
  await server.say("PONG srv alive");
  elapsed += 5_000;
  server.abort();
  await turn();
  assertEquals(peer.summaries().at(-1), "waiting: Connection closed");
  peer.client.wake();
  await turn();
  await turn();
  assertEquals([peer.servers.length, peer.summaries()], [2, ["connecting"]]);
});

Deno.test("after a silence a message waits for the answer to a PING, or for the next connection", async () => {
  let elapsed = 0;
  await using peer = new WiredClient({ answerMs: 10, elapsed: () => elapsed });
  const server = await peer.enter();
  elapsed += 30_000;
  void peer.client.sendMessage(say("one"));
  void peer.client.sendMessage(say("two"));
  assertEquals(await server.sent(), ["PING alive"]);
  assertEquals(peer.outgoing(), ["waiting: one", "waiting: two"]);
  await server.say("PONG srv alive");
  assertEquals(await server.sent(), ["@label=p1 PRIVMSG #tea :one", "@label=p2 PRIVMSG #tea :two"]);
  await server.say("@label=p1 :bob!b@h PRIVMSG #tea :one", "@label=p2 :bob!b@h PRIVMSG #tea :two");
  elapsed += 30_000;
  void peer.client.sendMessage(say("three"));
  elapsed += 10;
  await pause(15);
  const next = await peer.enter();
  assertEquals([server === next, peer.outgoing()], [false, ["sending: three"]]);
  assertEquals((await server.sent()).filter((line) => line.includes("three")), []);
});

Deno.test("wake() ends a try that began before a sleep, and no more than one try begins in two seconds", async () => {
  const tries: AbortSignal[] = [];
  let elapsed = 0;
  await using peer = new WiredClient({ delay: () => hour, elapsed: () => elapsed });
  await peer.enter();
  peer.hold = (signal) => {
    tries.push(signal);
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Error("ended"))));
  };
  peer.server.abort();
  await turn();
  elapsed += 10_000;
  peer.client.wake();
  await turn();
  await turn();
  peer.client.wake();
  assertEquals(tries.map(({ aborted }) => aborted), [false]);
  elapsed += 10_000;
  peer.client.wake();
  await turn();
  assertEquals(tries.map(({ aborted }) => aborted), [true]);
});

Deno.test("the pauses grow while connections break soon, and are short again after a stable one", async () => {
  const asked: number[] = [];
  let elapsed = 0;
  await using peer = new WiredClient({
    delay: (attempt) => (asked.push(attempt), 0),
    elapsed: () => elapsed,
  });
  for (const lastedMs of [1_000, 1_000, 1_000, 40_000]) {
    const server = await peer.enter();
    elapsed += lastedMs;
    server.abort();
    await turn();
    await turn();
  }
  assertEquals(asked, [0, 1, 2, 0]);
});

Deno.test("a program that did not run for a while asks again before it ends the connection", async () => {
  let now = 0;
  const calls: string[] = [];
  const check = new LinkCheck({
    ask: () => calls.push("ask"),
    onDead: () => calls.push("dead"),
    onAnswer: () => calls.push("answer"),
    isExcused: () => false,
    elapsed: () => now,
    idleMs: hour,
    answerMs: 4,
  });
  check.askNow();
  now += 5_000;
  await pause(8);
  assertEquals(calls, ["ask", "ask"]);
  // In a hidden page every timer is late.
  now += 60_000;
  await pause(8);
  assertEquals(calls, ["ask", "ask", "dead"]);
});

Deno.test("a server that still handles a long text has time to answer", async () => {
  let now = 0;
  const calls: string[] = [];
  const check = new LinkCheck({
    ask: () => calls.push("ask"),
    onDead: () => calls.push("dead"),
    onAnswer: () => {},
    isExcused: () => false,
    elapsed: () => now,
    idleMs: hour,
    answerMs: 4,
  });
  for (let line = 0; line < 2_000; line++) check.onUse(true);
  now += 50_000;
  await pause(8);
  assertEquals(calls, []);
  check.close();
});

Deno.test("watchSleep() calls when a tick is much too late by the clock", async () => {
  let now = 0;
  let woken = 0;
  const stop = watchSleep(() => woken++, () => now, 2);
  await pause(10);
  assertEquals(woken, 0);
  now += 60_000;
  await pause(10);
  assertEquals(woken, 1);
  stop();
});

Deno.test("suspend() closes the connection until wake(), and loses neither words nor what was sent", async () => {
  await using peer = new WiredClient({ delay: () => hour });
  const server = await peer.enter();
  void peer.client.sendMessage(say("sent"));
  await server.sent();
  peer.client.suspend();
  peer.client.suspend();
  await turn();
  await turn();
  void peer.client.sendMessage(say("later"));
  assertEquals([server.ended, peer.servers.length], ["Connection closed", 1]);
  assertEquals(peer.summaries(), ["connecting"]);
  peer.client.wake();
  const next = await peer.enter();
  assertEquals(peer.outgoing(), [
    "unsent: sent (the connection was lost, and it is not known whether it arrived)",
    "sending: later",
  ]);
  assertEquals(next === server, false);
});

Deno.test("suspend() ends neither a client that is still connecting nor one that waits to try again", async () => {
  await using peer = new WiredClient({ delay: () => hour });
  await turn();
  peer.client.suspend();
  await turn();
  assertEquals(peer.servers.length, 1);
  peer.client.wake();
  (await peer.enter()).abort();
  await turn();
  assertEquals(peer.summaries().at(-1), "waiting: Connection closed");
  peer.client.suspend();
  await turn();
  await turn();
  assertEquals(peer.servers.length, 2);
  peer.client.wake();
  await peer.enter();
  assertEquals(peer.servers.length, 3);
});

Deno.test("quit() ends a suspended client", async () => {
  await using peer = new WiredClient();
  await peer.enter();
  peer.client.suspend();
  await turn();
  peer.client.quit();
  assertEquals(await peer.running, { kind: "left" });
});

Deno.test("a server that speaks but never completes the registration is left", async () => {
  await using peer = new WiredClient({ registrationMs: 30 });
  await turn();
  await peer.server.say(":srv NOTICE * :Looking up your host", "PING :one");
  assertEquals((await peer.server.sent()).at(-1), "PONG :one");
  await pause(40);
  await peer.server.say("PING :two");
  assertEquals(peer.server.ended !== undefined, true);
  assertEquals(await peer.running, {
    kind: "refused",
    reason: "The server did not complete the registration",
  });
});

Deno.test("a message that a server never confirms, though it answers, may not have arrived; a late echo shows that it has", async () => {
  await using peer = new WiredClient({ echoMs: 30 });
  const server = await peer.enter();
  const sent = peer.client.sendMessage(say("hello"));
  await pause(20);
  await server.say(":ann!a@h PRIVMSG #tea :hi");
  await pause(20);
  assertEquals(await sent, { kind: "unsure", reason: "The server did not confirm it", isOnline: true });
  await turn();
  assertEquals(peer.client.state.outgoing.map(({ status }) => status), ["unsent"]);
  assertEquals(server.ended, undefined);
  await server.say("@msgid=m1 :bob!b@h PRIVMSG #tea :hello");
  assertEquals(peer.client.state.outgoing, []);
});

Deno.test("a JOIN that the server never answers, though it answers PING, ends in words; a late answer still counts", async () => {
  await using peer = new WiredClient({ joinMs: 30 });
  await peer.enter();
  peer.client.join("#new");
  assertEquals(peer.client.isJoining, true);
  await pause(40);
  assertEquals(peer.summaries(), ["refused : Cannot join #new: the server did not answer"]);
  assertEquals(peer.client.wantedChannels, ["#tea"]);
  await peer.server.say(":bob!b@h JOIN #new");
  assertEquals(peer.client.wantedChannels, ["#tea", "#new"]);
});
