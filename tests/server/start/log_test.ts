/** The log: text and JSON, levels, a slow reader, floods, and lines that nobody can forge. */
import { assert, assertEquals } from "@std/assert";
import { LogOutput } from "../../../lib/server/start/log.ts";
import { logEntries } from "../../../lib/server/chat/log_entries.ts";
import { granted } from "../../support/permissions.ts";
import type { LogOptions } from "../../../lib/server/start/log.ts";

const at = Date.UTC(2026, 0, 31, 9, 30);

/** A log whose lines the test reads. */
function openLog(options: Partial<LogOptions> = {}): { output: LogOutput; lines: () => Promise<string[]> } {
  let text = "";
  const output = new LogOutput({
    write: (bytes) => {
      text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
    now: () => at,
    monotonic: () => 0,
    ...options,
  });
  const lines = async () => {
    await output.flush(1000);
    return text.split("\n").slice(0, -1);
  };
  return { output, lines };
}

Deno.test("entries are lines of text with a time and a level", async () => {
  const { output, lines } = openLog();
  output.entry("login failed", { account: "ann", address: "::1", method: "PLAIN", reason: "too many tries" });
  output.log("info", "The disk has space");
  output.entry("connection closed", { session: "1", account: undefined, seconds: 0 });
  assertEquals(await lines(), [
    '2026-01-31T09:30:00.000Z warning login failed account=ann address=::1 method=PLAIN reason="too many tries"',
    "2026-01-31T09:30:00.000Z info The disk has space",
    "2026-01-31T09:30:00.000Z info connection closed session=1 seconds=0",
  ]);
});

Deno.test("entries are objects of JSON, one in each line", async () => {
  const { output, lines } = openLog({ format: "json" });
  output.entry("web request failed", { method: "GET", path: "…", status: 404, address: "10.0.0.1" });
  output.log("error", "Bug:\n  at a\u202e\u007f");
  const shown = await lines();
  assertEquals(shown.map((line) => JSON.parse(line)), [
    {
      time: "2026-01-31T09:30:00.000Z",
      level: "warning",
      event: "web request failed",
      method: "GET",
      path: "…",
      status: 404,
      address: "10.0.0.1",
    },
    { time: "2026-01-31T09:30:00.000Z", level: "error", event: "notice", text: "Bug:\n  at a\u202e\u007f" },
  ]);
  assert(/^[\x20-\x7e…]*$/.test(shown.join("")), "characters that a terminal obeys are escapes");
});

Deno.test("nobody can forge a line, and a terminal gets no control characters", async () => {
  const forged = "ann\n2026-01-31T09:30:00.000Z error forged\u001b[2J\u2028x\u202ey";
  const { output, lines } = openLog();
  output.entry("login", { account: forged });
  output.log("error", forged);
  const shown = await lines();
  assertEquals(shown.filter((line) => line.startsWith("2026")).length, 2);
  assertEquals(shown.slice(1), [
    "2026-01-31T09:30:00.000Z error ann",
    "    2026-01-31T09:30:00.000Z error forged\ufffd[2J\ufffdx\ufffdy",
  ]);
  assert(!/[\p{Cc}\p{Cf}\p{Zl}]/u.test(shown.join("")));
});

Deno.test("the level leaves out what is less severe", async () => {
  const { output, lines } = openLog({ level: "warning" });
  output.entry("login", { account: "ann" });
  output.log("info", "calm");
  output.entry("connection refused", { address: "10.0.0.1" });
  assertEquals((await lines()).length, 1);
});

Deno.test("each line for systemd's journal begins with its level", async () => {
  const { output, lines } = openLog({ toJournal: true });
  output.log("error", "Bug\n  at a");
  output.entry("login", { account: "ann" });
  assertEquals(await lines(), ["<3>Bug", "<3>      at a", "<6>login account=ann"]);
});

Deno.test("a flood of one kind of entry is counted, by address, and hides no other kind", async () => {
  const { output, lines } = openLog();
  for (let count = 0; count < 500; count++) output.entry("login failed", { address: `10.0.0.${count % 2}` });
  output.entry("login", { account: "ann" });
  const shown = await lines();
  assertEquals(shown.length, 102);
  assertEquals(
    shown.at(-1),
    '2026-01-31T09:30:00.000Z warning entries left out entry="login failed" count=400 addresses="10.0.0.0 200, 10.0.0.1 200"',
  );
});

Deno.test({
  name: "the guide lists every entry with its level and fields",
  ignore: !granted("read"),
  fn() {
    const guide = Deno.readTextFileSync(new URL("../../../lib/server/README.md", import.meta.url));
    const rows = [...guide.matchAll(/^\| `([a-z ]+)` +\| (error|warning|info) +\| ([^|]*)\|/gm)];
    assertEquals(
      Object.fromEntries(rows.map(([, name, level, fields = ""]) => [name, [level, fields.match(/\w+/g)]])),
      Object.fromEntries(
        Object.entries(logEntries).map(([name, row]) => [name, [row.level, [...row.fields]]]),
      ),
    );
  },
});

Deno.test("a log on a full disk loses lines, and tells how many", async () => {
  let isFull = true;
  let text = "";
  const output = new LogOutput({
    write: (bytes) => {
      if (isFull) return Promise.reject(new Error("No space left on device (os error 28)"));
      text += new TextDecoder().decode(bytes);
      return Promise.resolve(bytes.length);
    },
    now: () => at,
  });
  output.log("info", "one");
  output.log("error", "two");
  await output.flush(1000);
  isFull = false;
  output.log("info", "three");
  await output.flush(1000);
  assertEquals(text.split("\n").slice(0, -1), [
    "2026-01-31T09:30:00.000Z info three",
    "2026-01-31T09:30:00.000Z error lines lost count=2",
  ]);
});

Deno.test("a reader of the log that stands still costs a bounded buffer, and the flush ends", async () => {
  const output = new LogOutput({ write: () => new Promise(() => {}), now: () => at });
  for (let count = 0; count < 3000; count++) output.entry("operator acted", { target: "x".repeat(500) });
  const before = performance.now();
  await output.flush(10);
  assert(performance.now() - before < 1000);
});
