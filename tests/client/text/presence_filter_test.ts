import { assertEquals } from "@std/assert";
import type { ChatEvent } from "../../../lib/client/core/event.ts";
import { PresenceFilter } from "../../../lib/client/text/presence_filter.ts";

const minute = 60_000;

function says(nick: string, at: number, buffer = "#tea"): ChatEvent {
  const rest = {
    to: buffer,
    manner: "message",
    text: "hm",
    own: false,
    mention: false,
    direct: false,
  } as const;
  return { kind: "said", buffer, from: { nick }, at, ...rest };
}

function joins(nick: string, at: number, own = false): ChatEvent {
  return { kind: "joined", buffer: "#tea", who: { nick }, own, at };
}

function quits(nick: string, at: number, ...buffers: string[]): ChatEvent {
  return { kind: "quit", buffers, who: { nick }, own: false, reason: "", at };
}

/** What is hidden of events, by place. */
function hidden(quiet: PresenceFilter, ...events: ChatEvent[]): boolean[] {
  return events.map((event) => quiet.hides(event));
}

Deno.test("quiet off hides nothing, on hides all that others do but being removed", () => {
  const who = { nick: "cat" };
  const kicked = { kind: "kicked", buffer: "#tea", who, own: false, by: "ann", reason: "", at: 0 } as const;
  const events = [joins("cat", 0), quits("cat", 0, "#tea"), joins("bob", 0, true), kicked, says("cat", 0)];
  assertEquals(hidden(new PresenceFilter("off"), ...events), [false, false, false, false, false]);
  assertEquals(hidden(new PresenceFilter("on"), ...events), [true, true, false, false, false]);
});

Deno.test("smart quiet shows who spoke there in the last five minutes", () => {
  const quiet = new PresenceFilter("smart");
  assertEquals(
    hidden(
      quiet,
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

Deno.test("smart quiet follows a name that changes, and shows whom one talks to", () => {
  const quiet = new PresenceFilter("smart");
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
      quiet,
      renamed("cat", "kit"),
      says("cat", 0),
      renamed("cat", "kit"),
      quits("kit", minute, "#tea"),
      quits("ann", minute, "#tea", "ann"),
    ),
    [true, false, false, false, false],
  );
});
