/** Timelines: order, each message once, and the separator before the new ones. */
import { assert, assertEquals } from "@std/assert";
import type { SaidEvent } from "../../../lib/client/state/event.ts";
import { Timelines } from "../../../lib/client/timeline/timeline.ts";
import { sampleMessage } from "../state/sample_message.ts";

function said(id: string, at: number, more: Partial<SaidEvent> = {}): SaidEvent {
  return { ...sampleMessage, from: { nick: "bob" }, text: id, id, at, ...more };
}

function keys(timelines: Timelines): string[] {
  return timelines.of("#tea").entries.map(({ key }) => key);
}

Deno.test("messages are in order of time, each once", () => {
  const timelines = new Timelines();
  for (const id of ["b", "d", "b"]) timelines.addSaid(said(id, id.charCodeAt(0)), false);
  timelines.addSaid(said("c", 99), false);
  timelines.addSaid(said("a", 98), false, true);
  assertEquals(keys(timelines), ["a", "b", "c", "d"]);
});

Deno.test("a message that comes when the clock of the server is right again is below those of the future", () => {
  const timelines = new Timelines();
  const year = 31_536_000_000;
  for (const [id, at] of [["a", 1], ["b", year], ["c", 2 * year]] as const) {
    timelines.addSaid(said(id, at), true);
  }
  timelines.markAllRead("#tea");
  timelines.moveBack(2 * year);
  assertEquals(timelines.of("#tea").readAt, 2 * year);
  timelines.moveBack(5);
  assertEquals(timelines.of("#tea").entries.map(({ at }) => at), [1, 5, 5]);
  timelines.addSaid(said("d", 6), true);
  assertEquals([keys(timelines), timelines.of("#tea").separatorAt], [["a", "b", "c", "d"], 5]);
  assertEquals(timelines.find("#tea", "c")?.at, 5);
});

Deno.test("the separator is before the first new message, and moves when the person has read it", () => {
  const timelines = new Timelines();
  const separator = () => timelines.of("#TEA").separatorAt;
  timelines.addSaid(said("one", 1), false);
  timelines.addSaid(said("two", 2), true);
  timelines.addSaid(said("three", 3), true);
  assertEquals(separator(), 1);
  timelines.markAllRead("#tea");
  assertEquals(separator(), 1);
  timelines.addSaid(said("four", 4, { history: true }), true);
  assertEquals(separator(), 3);
});

Deno.test("a read marker that comes after the messages shows where the new ones begin", () => {
  const timelines = new Timelines();
  for (const at of [1, 2, 3]) timelines.addSaid(said(`m${at}`, at, { history: true }), false);
  timelines.markRead("#tea", 2);
  assertEquals(timelines.of("#tea").separatorAt, 2);
});

Deno.test("the separator disappears when the person writes", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("one", 1), true);
  timelines.addSaid(said("two", 2, { own: true }), false);
  assertEquals(timelines.of("#tea").separatorAt, undefined);
});

Deno.test("a reaction is counted once for each person, and removed with the last one", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("cake", 1), false);
  const reactions = () => {
    const [entry] = timelines.of("#tea").entries;
    return entry?.kind === "said"
      ? [...entry.reactions].map(([emoji, people]) => `${emoji} ${people.size}`)
      : [];
  };
  for (const nick of ["bob", "bob", "cat"]) {
    timelines.react("#tea", "cake", { emoji: "🎂", nick, added: true });
  }
  assertEquals(reactions(), ["🎂 2"]);
  for (const nick of ["bob", "cat"]) timelines.react("#tea", "cake", { emoji: "🎂", nick, added: false });
  assertEquals(reactions(), []);
});

function pageOf(from: number, to: number): SaidEvent[] {
  return Array.from({ length: to - from }, (_, at) => said(`m${from + at}`, from + at, { history: true }));
}

Deno.test("30,000 messages that arrive while the person reads older ones leave few in memory", () => {
  const timelines = new Timelines();
  timelines.addBefore("#tea", pageOf(1_000, 1_300), false);
  timelines.markRead("#tea", 1_299);
  const begun = performance.now();
  for (let at = 1_300; at < 31_300; at++) {
    timelines.addSaid(said(`m${at}`, at), true);
    timelines.trim("#tea", () => ({ first: "m1010", last: "m1040" }));
  }
  assert(performance.now() - begun < 1_000);
  const { entries, isLatest, separatorAt } = timelines.of("#tea");
  assertEquals([isLatest, separatorAt], [false, 1_299]);
  assertEquals([entries[0]?.key, entries.at(-1)?.key], ["m1000", "m1340"]);
  timelines.showLatest("#tea");
  assertEquals(timelines.of("#tea").entries.at(-1)?.key, "m31299");
  assert(timelines.of("#tea").entries.length <= 3_000);
  assertEquals(timelines.of("#tea").isComplete, false);
});

Deno.test("a channel that nobody sees keeps a few hundred messages, and the place of the first unread one", () => {
  const timelines = new Timelines();
  timelines.addBefore("#tea", pageOf(1, 100), true);
  timelines.markRead("#tea", 99);
  let most = 0;
  for (let at = 100; at < 2_000; at++) {
    timelines.addSaid(said(`m${at}`, at), true);
    timelines.trim("#tea", undefined, true);
    most = Math.max(most, timelines.of("#tea").entries.length);
  }
  const { entries, separatorAt, isComplete } = timelines.of("#tea");
  assertEquals([most, entries.at(-1)?.key, separatorAt, isComplete], [400, "m1999", 99, false]);
});

Deno.test("an older part grows in both directions, and becomes one with the newest part where they meet", () => {
  const timelines = new Timelines();
  timelines.addBefore("#tea", pageOf(900, 1_000), false);
  timelines.showOlderPart("#tea", pageOf(400, 500));
  assertEquals([timelines.of("#tea").isLatest, timelines.of("#tea").entries.length], [false, 100]);
  timelines.addSaid(said("new", 1_000), false);
  timelines.addBefore("#tea", pageOf(350, 400), false);
  timelines.addAfter("#tea", pageOf(500, 850), false);
  assertEquals([keys(timelines)[0], keys(timelines).at(-1)], ["m350", "m849"]);
  assertEquals(timelines.find("#tea", "new")?.key, "new");
  timelines.react("#tea", "m400", { emoji: "👍", nick: "cat", added: true });
  timelines.addAfter("#tea", pageOf(850, 950), false);
  const expected = [...pageOf(350, 1_000).map(({ id }) => id ?? ""), "new"];
  assertEquals([keys(timelines), timelines.of("#tea").isLatest], [expected, true]);
  const reacted = timelines.find("#tea", "m400");
  assertEquals(reacted?.kind === "said" && [...reacted.reactions.keys()], ["👍"]);
});

Deno.test("an older part without later messages becomes the newest part", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("m5", 5), true);
  timelines.showOlderPart("#tea", pageOf(1, 3));
  timelines.addAfter("#tea", [], true);
  assertEquals([keys(timelines), timelines.of("#tea").isLatest], [["m1", "m2", "m5"], true]);
});

Deno.test("nothing of a deleted message is left, also when it comes after its deletion", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("one", 1, { mention: true, replyTo: "zero" }), true);
  timelines.react("#tea", "one", { emoji: "👍", nick: "cat", added: true });
  timelines.markDeleted("#tea", "one");
  timelines.markDeleted("#tea", "two");
  timelines.markDeleted("#den", "three");
  timelines.react("#tea", "one", { emoji: "👍", nick: "dan", added: true });
  for (const [at, id] of ["two", "three"].entries()) timelines.addSaid(said(id, at + 2), false);
  const entries = timelines.of("#tea").entries.flatMap((entry) => entry.kind === "said" ? [entry] : []);
  assertEquals(entries.map(({ isDeleted, said }) => [isDeleted, said.text]), [[true, ""], [true, ""], [
    false,
    "three",
  ]]);
  assertEquals([entries[0]?.reactions.size, entries[0]?.said.mention, entries[0]?.said.replyTo], [
    0,
    false,
    undefined,
  ]);
});

Deno.test("a conversation continues under another nick, with what was there under that nick", () => {
  const timelines = new Timelines();
  const add = (buffer: string, id: string, at: number) => timelines.addSaid(said(id, at, { buffer }), false);
  add("ann", "one", 1);
  add("anna", "two", 2);
  add("Ann", "three", 3);
  timelines.markDeleted("ann", "four");
  timelines.rename("ann", "anna", []);
  add("anna", "four", 4);
  const entries = timelines.of("Anna").entries.flatMap((entry) => entry.kind === "said" ? [entry] : []);
  assertEquals(entries.map(({ key, said }) => `${key} ${said.buffer}`), [
    "one anna",
    "two anna",
    "three anna",
    "four anna",
  ]);
  assertEquals(entries.at(-1)?.isDeleted, true);
  assertEquals(timelines.of("ann").entries, []);
});

Deno.test("reactions follow a person to another nick, our own ones in all buffers", () => {
  const timelines = new Timelines();
  for (const buffer of ["#tea", "#den"]) {
    timelines.addSaid(said("one", 1, { buffer }), false);
    for (const nick of ["Bob", "ann"]) timelines.react(buffer, "one", { emoji: "👍", nick, added: true });
  }
  const reacted = () =>
    ["#tea", "#den"].map((buffer) => {
      const [entry] = timelines.of(buffer).entries;
      return entry?.kind === "said" ? [...entry.reactions.get("👍")?.keys() ?? []].join(" ") : "";
    });
  timelines.rename("bob", "rob", ["#tea"]);
  assertEquals(reacted(), ["rob ann", "Bob ann"]);
  timelines.rename("ann", "anna", "everywhere");
  assertEquals(reacted(), ["rob anna", "Bob anna"]);
});

Deno.test("a reaction that is deleted as a message is removed", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("one", 1), false);
  timelines.react("#tea", "one", { emoji: "👍", nick: "cat", added: true, reactionId: "r1" });
  timelines.markDeleted("#tea", "r1");
  timelines.react("#tea", "one", { emoji: "👍", nick: "cat", added: true, reactionId: "r1" });
  const [entry] = timelines.of("#tea").entries;
  assertEquals(entry?.kind === "said" && [entry.reactions.size, entry.isDeleted], [0, false]);
});

Deno.test("a reaction of somebody who has another nick now is deleted as a message", () => {
  const timelines = new Timelines();
  for (const buffer of ["#tea", "bob"]) {
    timelines.addSaid(said("one", 1_000, { buffer }), false);
    timelines.react(buffer, "one", { emoji: "👍", nick: "bob", added: true, reactionId: "r1" });
  }
  timelines.rename("bob", "rob", ["#tea", "bob"]);
  for (const buffer of ["#tea", "rob"]) timelines.markDeleted(buffer, "r1");
  const left = ["#tea", "rob"].map((buffer) => timelines.find(buffer, "one"))
    .map((entry) => entry?.kind === "said" && entry.reactions.size);
  assertEquals(left, [0, 0]);
});

Deno.test("a person with an account has one reaction, also after a change of nick that nobody saw", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("one", 1_000), false);
  const react = (nick: string, account: string | undefined, added: boolean) =>
    timelines.react("#tea", "one", { emoji: "👍", nick, ...(account && { account }), added });
  const reacted = () => {
    const entry = timelines.find("#tea", "one");
    return entry?.kind === "said" ? [...entry.reactions.get("👍")?.keys() ?? []].join(" ") : "";
  };
  react("bob", "bob", true);
  react("cat", undefined, true);
  react("rob", "bob", true);
  assertEquals(reacted(), "cat rob");
  react("bobby", "bob", false);
  assertEquals(reacted(), "cat");
});

Deno.test("the separator stays at the first missed message, though the person sees each page of them", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("seen", 1), false);
  for (const [at, more] of [[10, true], [20, true], [30, false]] as const) {
    timelines.beginMissedPage("#tea", more);
    for (const id of [at, at + 1]) timelines.addSaid(said(`m${id}`, id, { history: true }), true);
    timelines.markAllRead("#tea");
  }
  assertEquals(timelines.of("#tea").separatorAt, 1);
  timelines.beginMissedPage("#tea", false);
  timelines.addSaid(said("m40", 40, { history: true }), true);
  assertEquals(timelines.of("#tea").separatorAt, 31);
});
