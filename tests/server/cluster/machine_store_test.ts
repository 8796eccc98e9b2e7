/** The state that a machine copies from another or restores from its saved start, and the refusals. */
import { assertEquals, assertRejects } from "@std/assert";
import type { Event } from "../../../lib/server/apply/event.ts";
import { copyStore, restoreStart, saveStart } from "../../../lib/server/cluster/machine_store.ts";
import { Machines } from "../../../lib/server/cluster/machines.ts";
import type { NatsBus } from "../../../lib/server/cluster/nats_bus.ts";
import { parseOptions } from "../../../lib/options.ts";
import { settingRows } from "../../../lib/server/settings/settings.ts";
import { snapshotFormat } from "../../../lib/server/cluster/snapshot.ts";
import { startMachines } from "../../support/machine_pair.ts";
import { openStore } from "../../../lib/server/store/store.ts";

const position = { sequence: 5, last: 50, stream: "one" };

/** The state of a machine with an empty store; `chat` names its chat. */
function given(version: string, chat: string, format = snapshotFormat) {
  using store = openStore();
  store.savedValues.save("chat", chat);
  store.commit();
  const state = store.transfer().state(() => false);
  const present = { format, users: [], channels: [], bans: [], whowas: [], machines: [], mostUsers: 7 };
  return {
    position,
    state: { version, store: state, present },
    page: () => Promise.resolve({ blocks: [], next: undefined }),
  };
}

Deno.test("an empty store copies the state of the others", async () => {
  using store = openStore();
  const start = await copyStore(store, given("parley-1", "tea"), "parley-1");
  assertEquals([start.position, start.present.mostUsers], [position, 7]);
  assertEquals(store.savedValues.find("chat"), "tea");
});

Deno.test("machines of another version are refused, and nothing changes", async () => {
  using store = openStore();
  await assertRejects(
    () => copyStore(store, given("parley-2", "tea"), "parley-1"),
    Error,
    "they are parley-2, and this is parley-1; stop all of them to change the version",
  );
  await assertRejects(
    () => copyStore(store, given("parley-1", "tea", 1), "parley-1"),
    Error,
    "they are another build of parley-1; stop all of them to change the version",
  );
  assertEquals(store.savedValues.find("chat"), undefined);
});

Deno.test("only the version that saved a start restores it", () => {
  using store = openStore();
  const [{ chat }] = startMachines([store]);
  saveStart(chat, store, position);
  assertEquals(restoreStart(store, "one", "another version"), undefined);
  assertEquals(restoreStart(store, "two", chat.version), undefined);
  assertEquals(restoreStart(store, "one", chat.version)?.position, position);
});

Deno.test("a store of another chat is refused, and nothing changes", async () => {
  using store = openStore();
  store.savedValues.save("chat", "coffee");
  store.history.append(store.conversations.channel("#den", "#den"), 0, 10, ":ann!~u@host PRIVMSG #den :hi");
  store.commit();
  await assertRejects(
    () => copyStore(store, given("parley-1", "tea"), "parley-1"),
    Error,
    "belongs to another chat",
  );
  assertEquals(store.savedValues.find("chat"), "coffee");
});

Deno.test("records that an attempt which failed has stored are not stored again, and later ones are", async () => {
  using store = openStore();
  store.savedValues.save("chat", "tea");
  const channel = store.conversations.channel("#den", "#den");
  const say = (...stamps: number[]) => {
    for (const stamp of stamps) {
      store.history.append(channel, 0, stamp, `:ann!~u@host PRIVMSG #den :${stamp}`);
    }
    store.commit();
  };
  say(50, 60);
  await copyStore(store, given("parley-1", "tea"), "parley-1");
  say(50, 60, 70, 80);
  const view = { conversation: channel.id ?? 0, since: 0 };
  const found = store.history.read([view], { after: 0, limit: 9, from: "start", events: false });
  assertEquals(found.map(({ stamp }) => stamp), [50, 60, 70, 80]);
});

Deno.test("a machine that is cut off while it gives its state is replaced by another", async () => {
  using store = openStore();
  const parsed = parseOptions(settingRows, [], {});
  if ("fault" in parsed) throw new RangeError(parsed.fault);
  const broken = {
    ...given("parley-1", "c0ffee"),
    page: () => Promise.reject(new Error('Machine "east" did not answer')),
  };
  const joined = [broken, broken, given("parley-1", "c0ffee")];
  const bus = { maxEventBytes: Infinity, join: () => Promise.resolve(joined.shift()) };
  const connect = () => Promise.resolve(bus as unknown as NatsBus<Event>);
  const logged: string[] = [];
  const log = (_level: string, text: string) => void logged.push(text);
  const machines = await Machines.join(parsed.values, {
    connect,
    store,
    version: "parley-1",
    now: Date.now,
    log,
  });
  assertEquals([machines.isFirst, joined.length], [false, 0]);
  assertEquals(store.savedValues.find("chat"), "c0ffee");
  const sentence =
    'Cannot take the history of another machine, and tries again: Machine "east" did not answer';
  assertEquals(logged, [sentence, sentence]);
});
