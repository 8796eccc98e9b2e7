/** Timelines: order, each message once, unread messages and the separator before them. */
import { assertEquals } from "@std/assert";
import { type SaidEvent, Timelines } from "../../../lib/client/timeline/timeline.ts";

function said(id: string, at: number, more: Partial<SaidEvent> = {}): SaidEvent {
  return {
    kind: "said",
    buffer: "#tea",
    from: { nick: "bob" },
    to: "#tea",
    manner: "message",
    text: id,
    own: false,
    mention: false,
    direct: false,
    id,
    at,
    ...more,
  };
}

function keys(timelines: Timelines): string[] {
  return timelines.of("#tea").entries.map(({ key }) => key);
}

Deno.test("messages are in order of time, each once", () => {
  const timelines = new Timelines();
  for (const id of ["b", "d", "b"]) timelines.addSaid(said(id, id.charCodeAt(0)), true);
  timelines.addSaid(said("c", 99), true);
  timelines.addSaid(said("a", 98), true, true);
  assertEquals(keys(timelines), ["a", "b", "c", "d"]);
});

Deno.test("unread messages and mentions are counted until they are read", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("one", 1), true);
  timelines.addSaid(said("two", 2), false);
  timelines.addSaid(said("three", 3, { mention: true }), false);
  const { unread, mentions, separatorAt } = timelines.of("#TEA");
  assertEquals([unread, mentions, separatorAt], [2, 1, 1]);
  timelines.markRead("#tea", 2);
  assertEquals(timelines.of("#tea").unread, 1);
  assertEquals(timelines.markAllRead("#tea"), 3);
  assertEquals(timelines.of("#tea").mentions, 0);
});

Deno.test("the separator disappears when the person writes", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("one", 1), false);
  timelines.addSaid(said("two", 2, { own: true }), true);
  assertEquals(timelines.of("#tea").separatorAt, undefined);
});

Deno.test("a reaction is counted once for each person, and removed with the last one", () => {
  const timelines = new Timelines();
  timelines.addSaid(said("cake", 1), true);
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
