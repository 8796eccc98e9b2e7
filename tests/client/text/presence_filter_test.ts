import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../lib/client/state/event.ts";
import { PresenceFilter } from "../../../lib/client/text/presence_filter.ts";

const minute = 60_000;

function says(nick: string, at: number, buffer = "#tea"): ChatEvent {
  const others = {
    to: buffer,
    manner: "message",
    text: "hm",
    own: false,
    mention: false,
    direct: false,
  } as const;
  return { kind: "said", buffer, from: { nick }, at, ...others };
}

function joins(nick: string, at: number, own = false): ChatEvent {
  return { kind: "joined", buffer: "#tea", who: { nick }, own, at };
}

function quits(nick: string, at: number, ...buffers: string[]): ChatEvent {
  return { kind: "quit", buffers, who: { nick }, own: false, reason: "", at };
}

/** Whether each event is hidden. */
function hidden(filter: PresenceFilter, ...events: ChatEvent[]): boolean[] {
  return events.map((event) => filter.hides(event));
}

Deno.test("the filter hides nothing when it is off, and all but kicks of others when it is on", () => {
  const who = { nick: "cat" };
  const kicked = { kind: "kicked", buffer: "#tea", who, own: false, by: "ann", reason: "", at: 0 } as const;
  const events = [joins("cat", 0), quits("cat", 0, "#tea"), joins("bob", 0, true), kicked, says("cat", 0)];
  assertEquals(hidden(new PresenceFilter("off"), ...events), [false, false, false, false, false]);
  assertEquals(hidden(new PresenceFilter("on"), ...events), [true, true, false, false, false]);
});

Deno.test("the smart filter shows people who wrote there in the last five minutes", () => {
  const filter = new PresenceFilter("smart");
  assertEquals(
    hidden(
      filter,
      joins("cat", 0),
      says("Cat", minute),
      quits("cat", 5 * minute, "#den", "#TEA"),
      joins("cat", 6 * minute),
      says("ann", 6 * minute, "#den"),
      joins("ann", 6 * minute),
    ),
    [true, false, false, true, false, true],
  );
});

Deno.test("the smart filter follows a new nick, and shows people with a conversation", () => {
  const filter = new PresenceFilter("smart");
  const renamed = (nick: string, to: string): ChatEvent => ({
    kind: "renamed",
    buffers: ["#tea"],
    who: { nick },
    own: false,
    to,
    at: minute,
  });
  assertEquals(
    hidden(
      filter,
      renamed("cat", "kit"),
      says("cat", 0),
      renamed("cat", "kit"),
      quits("kit", minute, "#tea"),
      quits("ann", minute, "#tea", "ann"),
    ),
    [true, false, false, false, false],
  );
});
