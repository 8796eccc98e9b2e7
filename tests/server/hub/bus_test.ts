/** Sessions, when events are ordered late or not at all. */
import { assertEquals, assertMatch } from "@std/assert";
import { LocalBus } from "../../../lib/server/cluster/local_bus.ts";
import { allCommands } from "../../../lib/server/commands/all.ts";
import type { Event } from "../../../lib/server/apply/event.ts";
import { ChatState } from "../../../lib/server/chat/chat.ts";
import type { BusFigures } from "../../../lib/server/hub/bus.ts";
import { Hub } from "../../../lib/server/hub/hub.ts";
import { settingRows } from "../../../lib/server/settings/settings.ts";
import { encodeLine } from "../../../lib/net/encode.ts";
import { parseOptions } from "../../../lib/options.ts";
import { visit } from "../../support/memory_connection.ts";

/** A bus that orders events late, while `waits` is set. */
class SlowBus extends LocalBus<Event> {
  waits: Promise<void> | undefined;
  isUp = true;
  /** The kinds of all events so far. */
  readonly kinds: string[] = [];

  get figures(): BusFigures {
    return { isUp: this.isUp, lag: 0, inFlight: 0, reconnects: 0, clockAheadMs: 0 };
  }

  override commit(event: Event, by: string): void | Promise<void> {
    this.kinds.push(event.kind);
    return this.waits === undefined
      ? super.commit(event, by)
      : this.waits.then(() => super.commit(event, by));
  }
}

/** A hub on such a bus, with a clock that only the test moves. */
function startHub() {
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  let nowMs = Date.UTC(2026, 10, 23);
  const bus = new SlowBus({ now: Date.now });
  const logged: string[] = [];
  const chat = new ChatState({
    settings: { ...parsed.values, name: "chat.test", flood: 0 },
    now: () => nowMs,
    monotonic: () => nowMs,
    log: (_level, text) => logged.push(text),
  });
  const hub = new Hub({ chat, commands: allCommands, bus, encode: encodeLine });
  return { hub, bus, logged, later: (ms: number) => void (nowMs += ms) };
}

Deno.test("a client that connects while no events can be ordered gets a refusal and is closed", async () => {
  const { hub, bus } = startHub();
  bus.waits = Promise.reject({ refusal: "standard", params: ["*", "TEMPORARILY_UNAVAILABLE", "Not now"] });
  bus.waits.catch(() => {});
  await using ann = await visit(hub, "10.1.1.1", "ann", { register: false });
  ann.send("NICK ann", "USER ann 0 * :Ann");
  const lines = await ann.closed();
  assertEquals(lines.map((line) => line.replace(/^@\S+ /, "")), [
    ":chat.test NOTICE ann :Not now",
    "ERROR :Closing link: The server cannot accept new users at the moment; connect again later",
  ]);
});

Deno.test("a client that waits for the order of events does not time out", async () => {
  const { hub, bus, later } = startHub();
  await using ann = await visit(hub, "10.1.1.1", "ann");
  await using bob = await visit(hub, "10.1.2.1", "bob");
  const { promise, resolve } = Promise.withResolvers<void>();
  bus.waits = promise;
  ann.send("JOIN #tea");
  await bob.lines();
  for (let times = 0; times < 2; times++) {
    later(hub.chat.settings.pingAfter * 2);
    hub.sweep();
  }
  bus.waits = undefined;
  resolve();
  assertEquals((await bob.closed()).at(-1)?.startsWith("ERROR :Closing link: Ping timeout"), true);
  assertEquals((await ann.lines()).at(0)?.endsWith(" JOIN #tea"), true);
});

Deno.test("users whose end could not be announced are one line in the log", async () => {
  const { hub, bus, logged } = startHub();
  await using _ann = await visit(hub, "10.1.1.1", "ann");
  await using _bob = await visit(hub, "10.1.2.1", "bob");
  await using cat = await visit(hub, "10.1.3.1", "cat");
  const { promise, reject } = Promise.withResolvers<void>();
  bus.waits = promise;
  hub.close("The server is stopping");
  await cat.closed();
  reject({ refusal: "standard", params: ["*", "TEMPORARILY_UNAVAILABLE", "NATS is away"] });
  await promise.catch(() => {});
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(logged, ['Cannot announce that "ann", and 2 more users, left: NATS is away']);
});

Deno.test("a client whose message was on its way when the bus stopped is told so, and its next lines are answered", async () => {
  const { hub, bus, later } = startHub();
  await using ann = await visit(hub, "10.1.1.1", "ann", {
    caps: ["labeled-response", "batch", "echo-message"],
  });
  await using bob = await visit(hub, "10.1.2.1", "bob");
  ann.send("JOIN #tea");
  await ann.lines();
  const { promise, resolve } = Promise.withResolvers<void>();
  bus.waits = promise;
  ann.send("@label=a PRIVMSG #tea :on its way", "@label=b PING b");
  await bob.lines();
  bus.isUp = false;
  later(6000);
  hub.sweep();
  const [told = "", pong = ""] = await ann.until(/ PONG .*b$/);
  assertMatch(told, /^@label=a;?\S* :chat\.test (FAIL|NOTICE) .*it may still arrive when they can$/);
  assertMatch(pong, /^@label=b;?\S* :chat\.test PONG /);
  bus.waits = undefined;
  bus.isUp = true;
  resolve();
  assertMatch(await ann.next(/ PRIVMSG /), /^:ann\S+ PRIVMSG #tea :on its way$/);
});

Deno.test("a client whose arrival was on its way when the bus stopped is closed with words", async () => {
  const { hub, bus, later } = startHub();
  await using bob = await visit(hub, "10.1.2.1", "bob");
  const { promise, resolve } = Promise.withResolvers<void>();
  bus.waits = promise;
  await using ann = await visit(hub, "10.1.1.1", "ann", { register: false });
  ann.send("NICK ann", "USER ann 0 * :Ann");
  await bob.lines();
  bus.isUp = false;
  later(6000);
  hub.sweep();
  assertEquals(await ann.closed(), [
    "ERROR :Closing link: The server cannot accept new users at the moment; connect again later",
  ]);
  bus.waits = undefined;
  resolve();
  await bob.lines();
});

Deno.test("messages to one channel do not wait for each other, and every other line waits for them", async () => {
  const { hub, bus } = startHub();
  await using ann = await visit(hub, "10.1.1.1", "ann", {
    caps: ["labeled-response", "batch", "echo-message"],
  });
  await using bob = await visit(hub, "10.1.2.1", "bob");
  for (const peer of [ann, bob]) peer.send("JOIN #tea,#cake");
  await ann.lines();
  await bob.lines();
  const before = bus.kinds.length;
  const { promise, resolve } = Promise.withResolvers<void>();
  bus.waits = promise;
  const teaLines = ["PRIVMSG #tea :one", "NOTICE #tea :two", "PRIVMSG #tea :three"];
  const cakeLines = [
    "PRIVMSG #cake :four",
    "@label=a PRIVMSG #cake :five",
    "PART #cake",
    "PRIVMSG #cake :six",
  ];
  ann.send([...teaLines, ...cakeLines].join("\r\n"));
  await bob.lines();
  assertEquals(bus.kinds.slice(before), ["message", "message", "message"]);
  bus.waits = undefined;
  resolve();
  const lines = await ann.until(/ 442 | 404 | 403 /);
  const texts = lines.map((line) => line.replace(/^(@label=a)\S*/, "$1").replace(/:ann\S+/, ":ann"));
  assertEquals(texts.slice(0, 6), [
    ":ann PRIVMSG #tea :one",
    ":ann NOTICE #tea :two",
    ":ann PRIVMSG #tea :three",
    ":ann PRIVMSG #cake :four",
    "@label=a :ann PRIVMSG #cake :five",
    ":ann PART #cake",
  ]);
  assertMatch(texts.at(6) ?? "", / 404 ann #cake /);
});

Deno.test("each message that was on its way when the bus stopped gets an answer", async () => {
  const { hub, bus, later } = startHub();
  await using ann = await visit(hub, "10.1.1.1", "ann", { caps: ["standard-replies"] });
  await using bob = await visit(hub, "10.1.2.1", "bob");
  ann.send("JOIN #tea");
  await ann.lines();
  const { promise, resolve } = Promise.withResolvers<void>();
  bus.waits = promise;
  ann.send("PRIVMSG #tea :one\r\nPRIVMSG #tea :two\r\nPING b");
  await bob.lines();
  bus.isUp = false;
  later(6000);
  hub.sweep();
  const lines = await ann.until(/ PONG /);
  assertEquals(lines.filter((line) => line.includes("FAIL PRIVMSG RESULT_UNKNOWN")).length, 2);
  bus.waits = undefined;
  bus.isUp = true;
  resolve();
  await bob.lines();
});
