/**
 * Parley waits for nothing without an end: lib/deadlines.ts lists the deadlines with their reasons, and no other file has
 * a deadline of its own.
 */
import { assert, assertEquals } from "@std/assert";
import { deadlines } from "../lib/deadlines.ts";
import { granted } from "./support/permissions.ts";
import { exists, isFolder, list, parts, root } from "./support/tree.ts";

const table = "lib/deadlines.ts";

/** Code that waits for something outside of the program. */
const waits =
  /(?<![#.\w])fetch\(|\bnew XMLHttpRequest\b|\bnew Deno\.Command\b|\bDeno\.(?:connect|connectTls|resolveDns|readTextFile|readFile)\(|AbortSignal\.timeout\(/;
/** Code that measures a time. */
const timers = /\bsetTimeout\(|\bsetInterval\(|\.setTimeout\(|\b(?:timeout|expires|headersTimeout): (?!\$)/;
/** A deadline as a number in place. */
const literals =
  /\b(?:setTimeout\((?:\w+|\(\) => [^;\n]*?), [1-9]\d[\d_]*\)|AbortSignal\.timeout\(\d|(?:timeout|expires|headersTimeout): [1-9]\d)/;

/** Files with timers that are no deadlines, and the purpose of these timers. */
const others: Readonly<Record<string, string>> = {
  "lib/irc/plain_digest.ts": "lets other work run",
  "lib/socket_rounds.ts": "lets sockets be read",
  "lib/turns.ts": "lets other work run",
  "lib/net/backoff.ts": "a pause before the next try",
  "lib/net/accept.ts": "a pause after a failed accept",
  "lib/net/accepted_sockets.ts": "the limit that its caller sets",
  "lib/net/descriptors.ts": "the shell answers at once",
  "lib/net/proxied_socket.ts": "the limit that its caller sets",
  "lib/net/read_scheduler.ts": "lets writers go first",
  "lib/net/send_queue.ts": "joins several lines to one write",
  "lib/server/cluster/nats_health_check.ts": "checks at intervals",
  "lib/server/cluster/nats_heartbeats.ts": "sends at intervals",
  "lib/server/cluster/nats_resync.ts": "a pause before the next try",
  "lib/server/cluster/nats_storage.ts": "asks at intervals; each answer has its deadline in nats_stream.ts",
  "lib/server/cluster/suspicions.ts": "gives another machine time for an answer that is not needed",
  "lib/server/chat/accounts.ts": "the delay of the next guess, which login_throttle.ts limits",
  "lib/server/hub/line_reader.ts": "flood control",
  "lib/server/hub/timeouts.ts": "the settings --ping-after and --registration-time",
  "lib/server/start/log.ts": "a summary at intervals, and the limit that its caller sets",
  "lib/server/start/web_side.ts": "removes old files at intervals, and prepares the page after the start",
  "lib/server/store/database.ts": "commits a tick without output",
  "lib/server/store/store.ts": "lets other work run",
  "lib/client/cli/script.ts": "lets other work run",
  "lib/client/core/client_read_markers.ts": "joins several markers to one",
  "lib/client/core/let_others_run.ts": "lets other work run",
  "lib/client/core/send_pace.ts": "sends at intervals",
  "lib/client/core/sleep_watch.ts": "looks at the clock at intervals",
  "lib/client/core/stall.ts": "the limit that its caller sets",
  "lib/client/elements/draw_schedule.ts": "drawing",
  "lib/client/elements/emoji_picker.ts": "drawing",
  "lib/client/elements/toast.ts": "drawing",
  "lib/client/page/notification_worker.ts":
    "a service worker imports nothing; a page that does not answer in a second sleeps",
  "lib/client/page/page.ts": "joins several changes to one",
  "lib/client/page/page_drawing.ts": "drawing",
  "lib/client/page/page_ui.ts": "joins several changes to one",
  "lib/client/terminal/display.ts": "drawing",
  "lib/client/terminal/outgoing_view.ts": "drawing",
  "lib/client/terminal/password_guard.ts": "a person who types",
  "lib/client/terminal/questions.ts": "a person who types",
  "lib/client/terminal/read_and_typing.ts": "drawing",
  "lib/client/terminal/transcript.ts": "joins several rows to one",
  "lib/client/terminal/tty.ts": "keys that a terminal sends in parts",
  "lib/client/timeline/message_area.ts": "drawing",
};

Deno.test({
  name: "each deadline has its place and its reason in lib/deadlines.ts, and is used",
  ignore: !granted("read"),
  fn() {
    const text = textOf(table);
    const rest = sources().filter((path) => path !== table).map(textOf).join("\n");
    for (const name of Object.keys(deadlines)) {
      assert(new RegExp(`/\\*\\* [A-Z][^\\n]*\\. ?\\*/\\n  ${name}: `).test(text), `${name} has no reason`);
      assert(new RegExp(`\\bdeadlines\\.${name}\\b`).test(rest), `${name} is not used`);
    }
  },
});

Deno.test({
  name: "code that waits for the outside takes its deadline from lib/deadlines.ts",
  ignore: !granted("read"),
  fn() {
    const faults = sources().flatMap((path) => {
      const text = textOf(path).replace(/^\s*(\*|\/\/|\/\*\*).*$/gm, "");
      const usesTable = text.includes('deadlines.ts"');
      return [
        ...(waits.test(text) && !usesTable && !hasReason(path) ? [`${path} waits without a deadline`] : []),
        ...(timers.test(text) && !usesTable && !hasReason(path)
          ? [`${path} has a timer without a reason`]
          : []),
        ...(literals.test(text) ? [`${path} has a deadline as a number: ${literals.exec(text)?.[0]}`] : []),
      ];
    });
    assertEquals(faults, []);
  },
});

Deno.test({
  name: "the reasons are of files that have a timer",
  ignore: !granted("read"),
  fn() {
    const stale = Object.keys(others).filter((path) =>
      !exists(path) || !/etTimeout\(|etInterval\(|Ms\b/.test(textOf(path))
    );
    assertEquals(stale, []);
  },
});

function hasReason(path: string): boolean {
  return Object.hasOwn(others, path);
}

function textOf(path: string): string {
  return Deno.readTextFileSync(new URL(path, root));
}

function sources(): string[] {
  const folders = ["lib", ...parts("lib")];
  const files = folders.flatMap((folder) => list(folder)).filter((path) =>
    !isFolder(path) && path.endsWith(".ts")
  );
  return ["server.ts", "client.ts", ...files.filter((path) => path !== "lib/std.d.ts")];
}
