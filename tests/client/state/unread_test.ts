/** The count of unread messages: markers, own messages, deletions, other names, and many messages. */
import { assert, assertEquals } from "@std/assert";
import type { SaidEvent } from "../../../lib/client/state/event.ts";
import { UnreadMessages } from "../../../lib/client/state/unread.ts";
import { sampleMessage } from "./sample_message.ts";

function said(at: number, more: Partial<SaidEvent> = {}): SaidEvent {
  return { ...sampleMessage, text: `m${at}`, id: `m${at}`, at, ...more };
}

function counts(unread: UnreadMessages, buffer = "#tea"): readonly [messages: number, mentions: number] {
  const { messages, mentions } = unread.of(buffer);
  return [messages, mentions];
}

Deno.test("messages after the marker are unread, in any order of arrival, each once", () => {
  const unread = new UnreadMessages();
  unread.markRead("#TEA", 2);
  for (const at of [4, 1, 3, 2, 4]) unread.onEvent(said(at, { mention: at === 4, history: at < 4 }));
  assertEquals([counts(unread), unread.has(said(3)), unread.has(said(2))], [[2, 1], true, false]);
  unread.onEvent({ kind: "read", buffer: "#tea", upTo: 3, at: 9 });
  unread.onEvent({ kind: "read", buffer: "#tea", upTo: 1, at: 9 });
  assertEquals([counts(unread), unread.readUpTo("#tea")], [[1, 1], 3]);
  assertEquals([unread.markAllRead("#tea"), ...counts(unread)], [4, 0, 0]);
});

Deno.test("our own message, here or on another device, marks what was before it as read", () => {
  const unread = new UnreadMessages();
  for (const at of [1, 2]) unread.add(said(at));
  unread.add(said(3, { own: true }));
  assertEquals(counts(unread), [0, 0]);
  unread.add(said(5));
  unread.add(said(4, { own: true, history: true }));
  assertEquals(counts(unread), [1, 0]);
});

Deno.test("a deleted message does not count, nor do those of a person that we ignore", () => {
  const unread = new UnreadMessages();
  for (const at of [1, 2]) unread.add(said(at, { mention: true }));
  unread.add(said(3, { from: { nick: "cat" }, mention: true }));
  unread.onEvent({
    kind: "redacted",
    buffer: "#tea",
    id: "m1",
    by: { nick: "ann" },
    own: false,
    reason: "",
    at: 4,
  });
  assertEquals(counts(unread), [2, 2]);
  unread.ignore((nick) => nick === "cat");
  assertEquals(counts(unread), [1, 1]);
});

Deno.test("a conversation keeps its count under the new name of the person", () => {
  const unread = new UnreadMessages();
  const direct = { buffer: "ann", to: "bob", direct: true };
  unread.add(said(1, direct));
  unread.add(said(2, { ...direct, buffer: "ann_" }));
  unread.onEvent({ kind: "renamed", buffers: [], who: { nick: "ann" }, own: false, to: "ann_", at: 3 });
  assertEquals([counts(unread, "ann"), counts(unread, "ann_")], [[0, 0], [2, 2]]);
});

Deno.test("a message that the server does not echo reads what is there, whatever the time of our clock is", () => {
  const unread = new UnreadMessages();
  unread.add(said(1));
  const { id: _, ...own } = said(1_000_000, { own: true });
  unread.add(own);
  assertEquals([counts(unread), unread.readUpTo("#tea")], [[0, 0], 1]);
  unread.add(said(2));
  assertEquals(counts(unread), [1, 0]);
});

Deno.test("30,000 unread messages are counted in two seconds, and mentions among them can be deleted", () => {
  const unread = new UnreadMessages();
  const begun = performance.now();
  for (let at = 1; at <= 30_000; at++) unread.add(said(at, { mention: at % 1000 === 0 }));
  assertEquals(counts(unread), [30_000, 30]);
  unread.onEvent({
    kind: "redacted",
    buffer: "#tea",
    id: "m1000",
    by: { nick: "ann" },
    own: false,
    reason: "",
    at: 0,
  });
  assertEquals(counts(unread), [29_999, 29]);
  unread.markRead("#tea", 20_000);
  assertEquals(counts(unread), [10_000, 10]);
  unread.markAllRead("#tea");
  assertEquals(counts(unread), [0, 0]);
  assert(performance.now() - begun < 2_000);
});

Deno.test("a marker in the future moves back to the present, so that new messages are unread again", () => {
  const unread = new UnreadMessages();
  unread.add(said(2));
  unread.markAllRead("#tea");
  unread.add(said(1_000, { mention: true }));
  unread.add(said(1_001, { buffer: "#den" }));
  unread.markAllRead("#den");
  unread.move((at) => at > 100 ? 10 : at);
  assertEquals([unread.readUpTo("#tea"), unread.readUpTo("#den"), ...counts(unread)], [2, 10, 1, 1]);
  unread.add(said(11, { buffer: "#den" }));
  assertEquals(counts(unread, "#den"), [1, 0]);
  assertEquals([unread.markAllRead("#tea"), ...counts(unread)], [10, 0, 0]);
});

Deno.test("very many messages to us, and very many nicks, stay bounded", () => {
  const unread = new UnreadMessages();
  for (let at = 1; at <= 12_000; at++) unread.add(said(at, { buffer: "bob", direct: true }));
  assertEquals(counts(unread, "bob")[0], 12_000);
  assert((counts(unread, "bob")[1] ?? 0) <= 5_000);
  for (let nick = 0; nick < 2_500; nick++) unread.add(said(1, { buffer: `n${nick}`, direct: true }));
  unread.add(said(1, { buffer: "#late" }));
  assertEquals([unread.withMentions.length, counts(unread, "#late")[0]], [2_000, 1]);
  unread.markAllRead("bob");
  assertEquals(counts(unread, "bob"), [0, 0]);
});
