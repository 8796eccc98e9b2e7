import { assertEquals } from "@std/assert";
import { earlier, historyCaps, joinWithHistory } from "./channel_history.ts";
import { Display } from "../../../lib/client/terminal/display.ts";
import { Transcript } from "../../../lib/client/terminal/transcript.ts";
import { emptyState, withOpenBuffer } from "../../../lib/client/state/state.ts";
import { PresenceFilter } from "../../../lib/client/text/presence_filter.ts";
import { sampleMessage } from "../state/sample_message.ts";
import { EmulatedTerminal } from "./emulated_terminal.ts";

Deno.test("history is between two separators, and another one is before the new messages", async () => {
  await using terminal = new EmulatedTerminal({ backlog: 2 });
  await joinWithHistory(terminal);
  assertEquals(await terminal.screen("last"), [
    "── last 2 messages in #tea ──",
    "11:10 ann: read",
    "── new ──",
    "11:20 ann: unread",
    "── end of history ──",
    "#tea> |",
  ]);
  await terminal.wire.say(":ann!a@h PRIVMSG #tea :now");
  assertEquals(await terminal.screen("end of"), ["── end of history ──", "12:00 ann: now", "#tea> |"]);
});

Deno.test("a refused login is shown again after the history", async () => {
  const account = { name: "bob", password: "brown leaves" };
  await using terminal = new EmulatedTerminal({ backlog: 2, account });
  await terminal.screen();
  await terminal.wire.say(`:srv CAP * LS :sasl=PLAIN ${historyCaps}`, `:srv CAP * ACK :sasl ${historyCaps}`);
  await terminal.wire.say(":srv 904 bob :Wrong name or password");
  terminal.now += 60_000;
  await terminal.wire.say(":srv 001 bob :Hi", ":srv 376 bob :End", ":bob!b@h JOIN #tea");
  await terminal.wire.say(
    "@label=p2 :srv BATCH +x chathistory #tea",
    earlier(10, "a"),
    earlier(20, "b"),
    ":srv BATCH -x",
  );
  assertEquals(await terminal.screen("end of"), [
    "── end of history ──",
    "12:00 ! Cannot log in as bob: Wrong name or password",
    "#tea> |",
  ]);
});

Deno.test("missed messages that come in several pages are between two separators, not between many", () => {
  const drawn: string[] = [];
  const output = {
    write: (text: string) => void drawn.push(text),
    size: () => ({ columns: 60, rows: 40 }),
    appearance: { depth: "none", theme: "dark" } as const,
  };
  const display = new Display(output, () => ({ above: [], label: [], typed: [], cursor: 0 }));
  const state = withOpenBuffer(emptyState("bob"), "#tea");
  const view = () => ({ state, activeBuffer: "#tea", now: 0, findMessage: () => undefined });
  const presenceFilter = new PresenceFilter("off");
  const transcript = new Transcript(display, { timestamps: "off", presenceFilter }, view);
  for (const [count, more] of [[50, true], [50, true], [1, false]] as const) {
    transcript.add({ kind: "history", buffer: "#tea", why: "missed", count, more, at: 0 });
    for (let at = 0; at < count; at++) transcript.add({ ...sampleMessage, at: 0, history: true });
  }
  display.flush();
  const lines = drawn.join("").split(/\r?\n/).filter((line) => /\w/.test(line));
  const shown = lines.map((line) => line.slice(line.search(/──|ann/)));
  assertEquals(shown.filter((line) => line === "ann: hello").length, 101);
  assertEquals([shown[0], ...shown.filter((line) => line.startsWith("──")), shown.at(-1)], [
    "── missed messages in #tea ──",
    "── missed messages in #tea ──",
    "── end of history ──",
    "── end of history ──",
  ]);
});
