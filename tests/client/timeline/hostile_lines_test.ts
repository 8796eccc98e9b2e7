/**
 * Any lines of a server: what both clients make of them never throws, and stays bounded. It has no connection and no
 * screen; tests/client/core/hostile_server_test.ts has a whole client.
 */

import { assert } from "@std/assert";
import fc from "fast-check";
import { IncomingLines } from "../../../lib/client/core/incoming_lines.ts";
import type { ChatEvent } from "../../../lib/client/state/event.ts";
import { receive } from "../../../lib/client/state/receive.ts";
import { emptyState } from "../../../lib/client/state/state.ts";
import { UnreadMessages } from "../../../lib/client/state/unread.ts";
import { eventLine, lineRows, saidLine } from "../../../lib/client/terminal/event_rows.ts";
import { addToTimeline } from "../../../lib/client/timeline/history_loader.ts";
import { Timelines } from "../../../lib/client/timeline/timeline.ts";

const commands =
  "PRIVMSG NOTICE TAGMSG JOIN PART QUIT KICK NICK MODE TOPIC AWAY ACCOUNT INVITE BATCH CAP FAIL WARN NOTE REDACT MARKREAD SETNAME CHGHOST RENAME WALLOPS"
    .split(" ");
const numeric = fc.integer({ min: 0, max: 999 }).map((code) => String(code).padStart(3, "0"));
const word = fc.oneof(
  fc.constantFrom(
    ..."ann bob #tea #TEA & # * +o -v +b +ov-k @ann ~&@ann : = LS NEW DEL ACK sasl=x chathistory netsplit"
      .split(" "),
    ..."draft/multiline labeled-response PREFIX=(ov)@+ PREFIX=( CHANMODES=,, CHANTYPES= CASEMAPPING=x __proto__ +x -x +y -y"
      .split(" "),
  ),
  fc.integer({ min: 1, max: 30_000 }).map((length) => "n".repeat(length)),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.constantFrom(
    "-1",
    "1e99",
    "99999999999999999999",
    "NaN",
    "\u202e",
    "\x1b[2J",
    "\ud800",
    "https://a/%E0%",
  ),
);
const tag = fc.oneof(
  fc.constantFrom(
    ..."batch=x batch=y batch= label=p1 msgid=1 msgid=2 msgid= time=never time=275760-09-13T00:00:00.001Z time=-271821-04-20T00:00:00.000Z"
      .split(" "),
    ..."time=2026-01-01T00:00:00.000Z account=ann account= +typing=active +draft/reply=1 +draft/react=x +draft/unreact=x bot draft/multiline-concat"
      .split(" "),
  ),
  fc.string({ unit: "binary", maxLength: 10 }),
);
const line = fc.tuple(
  fc.array(tag, { maxLength: 4 }),
  fc.constantFrom("", ":ann!u@h ", ":bob ", ":srv.x ", ":!@ ", ": "),
  fc.oneof(fc.constantFrom(...commands), numeric),
  fc.array(word, { maxLength: 6 }),
  fc.boolean(),
).map(([tags, source, command, words, hasLast]) => {
  const params = words.map((one, at) => at === words.length - 1 && hasLast ? `:${one}` : one).join(" ");
  return `${tags.length > 0 ? `@${tags.join(";")} ` : ""}${source}${command} ${params}`.replace(
    /[\r\n\0]/g,
    "",
  );
});

const setup = [
  ":srv 001 ann :Welcome",
  ":ann!u@h JOIN #tea",
  ":srv 353 ann = #tea :@ann bob cat",
  ":srv 366 ann #tea :End",
  "@msgid=1;time=2026-01-01T00:00:00.000Z :bob!u@h PRIVMSG #tea :hello ann",
];

/** Plays the lines to a client that draws them, and counts what it keeps. */
function play(lines: readonly string[]): { readonly entries: number; readonly buffers: number } {
  let state = emptyState("ann");
  const [timelines, unread] = [new Timelines(), new UnreadMessages()];
  const draw = (event: ChatEvent): void => {
    const row = event.kind === "said" ? saidLine(state, event, "#tea") : eventLine(state, event, "#tea");
    if (row !== undefined) lineRows(row, "seconds", 20);
  };
  const incoming = new IncomingLines((message, { history, label }) => {
    const at = Date.parse(message.tags.get("time") ?? "") || 1_000_000;
    const result = receive(state, { message, at, history, ...(label !== undefined && { label }) });
    if (!history) state = result.state;
    for (const event of result.events) {
      addToTimeline(timelines, event, true);
      unread.onEvent(event);
      draw(event);
    }
  });
  for (const one of [...setup, ...lines]) incoming.read(one);
  const names = [...state.buffers.values()].map(({ name }) => name);
  for (const name of names) unread.markAllRead(name);
  return {
    entries: names.reduce((sum, name) => sum + timelines.of(name).entries.length, 0),
    buffers: names.length,
  };
}

Deno.test("no lines of a server make the state, the timelines or the rows throw", () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 40 }), (lines) => {
      const { entries, buffers } = play(lines);
      assert(entries <= lines.length + setup.length && buffers <= 2 * lines.length + 2);
    }),
    { numRuns: 60 },
  );
});
