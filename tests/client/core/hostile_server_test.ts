/**
 * A hostile server: its lines are random combinations of protocol words and terminal sequences. The client must not
 * throw, no text of the server can reach the terminal as a command, and the client sends only its own lines. A failure
 * names its seed; PARLEY_SEED repeats that run.
 */

import { assert, assertEquals } from "@std/assert";
import { PresenceFilter } from "../../../lib/client/text/presence_filter.ts";
import { Notifier } from "../../../lib/client/terminal/notifier.ts";
import { TerminalUi } from "../../../lib/client/terminal/terminal_ui.ts";
import { KeyReader } from "../../../lib/client/terminal/key_reader.ts";
import { granted } from "../../support/permissions.ts";
import { ServerEnd, turn } from "./wired_client.ts";

const rounds = 20;
const linesPerRound = 400;

const commands = [
  ..."PRIVMSG NOTICE TAGMSG JOIN PART QUIT KICK NICK MODE TOPIC AWAY ACCOUNT INVITE BATCH CAP FAIL WARN NOTE"
    .split(" "),
  ..."AUTHENTICATE PING PONG ERROR REDACT MARKREAD CHATHISTORY SETNAME CHGHOST REGISTER TOKEN ACK WHOIS"
    .split(" "),
  ..."001 005 221 301 305 306 311 324 329 331 332 333 341 353 366 367 372 376 401 404 421 422 432 433".split(
    " ",
  ),
  ..."442 461 473 477 696 730 900 901 903 904 908 999 000".split(" "),
];
const words = [
  ..."bob ann BOB bob_ #tea #TEA #den & # * + - = : @ , :: +b -o +ovb LS ACK NEW DEL NAK * +x -x +x2".split(
    " ",
  ),
  ..."draft/multiline chathistory labeled-response soju.im/search netsplit draft/authtoken GENERATE".split(
    " ",
  ),
  ..."NETWORK=x PREFIX=(ov)@+ PREFIX=( PREFIX=(((@ CHANTYPES= CHANTYPES=ab LINELEN=1 LINELEN=-5 LINELEN=x"
    .split(" "),
  ..."CHATHISTORY=0 CHANMODES=,,,, CHANMODES= -NETWORK sasl=PLAIN echo-message message-tags".split(" "),
  ..."timestamp=2026-01-01T00:00:00Z timestamp=never 99999999999999999999 -1 NaN @ann %ann ~&@%+ann".split(
    " ",
  ),
  "\x1b[2J",
  "\x1b]0;owned\x07",
  "\x1b]8;;http://x\x1b\\",
  "\x9b31m",
  "\x90q\x9c",
  "\x07",
  "\x08",
  "\x7f",
  "\x0b",
  "\u2028",
  "\u202e",
  "\u2066",
  "\u2069",
  "\u200b",
  "\ufeff",
  "\u{e0041}",
  "a\u0301\u0302\u0303\u0304\u0305\u0306",
  "👩‍👩‍👧",
  "שלום",
  "漢字",
  "\x01ACTION x\x01",
  "\x01VERSION\x01",
  "\x01ACTION",
  "\x02\x1d\x1f\x03",
  "\x0399,99",
  "\x04ffffff",
  "\x03",
  "__proto__",
  "constructor",
  "\ud800",
  "x".repeat(600),
  "http://х.example/",
  "http://[::",
  "javascript:alert(1)",
  "",
];
const tags = [
  ..."batch=x batch=x2 batch= label=p1 label=p2 label= msgid=1 msgid=2 msgid= time=2026-01-01T00:00:00.000Z"
    .split(" "),
  ..."time=never time=275760-09-13T00:00:00.001Z account=ann account=* +typing=active +typing=done +typing="
    .split(" "),
  ..."+draft/reply=1 +draft/react=x +draft/react=\x1b[2J +draft/unreact=x draft/multiline-concat bot \\s\\:\\r\\n="
    .split(" "),
];

/** Mulberry32: the same seed, the same lines. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

function line(roll: (below: number) => number): string {
  const one = (from: readonly string[]) => from[roll(from.length)] ?? "";
  const some = (from: readonly string[], most: number) =>
    Array.from({ length: roll(most + 1) }, () => one(from));
  const prefix = roll(4) === 0
    ? ""
    : `:${one(["bob", "ann", "srv.x", one(words), ""])}${roll(2) ? "!u@h" : ""} `;
  const tagged = roll(3) === 0 ? `@${some(tags, 4).join(";")} ` : "";
  const middle = some(words, 5).map((word) => `${word} `).join("");
  return `${tagged}${prefix}${one(commands)} ${middle}${roll(2) ? `:${some(words, 3).join(" ")}` : ""}`
    .replace(/[\r\n]/g, "");
}

/** The sequences of our own drawing: colours, cursor moves, erasing, links, desktop notifications. */
const ours =
  // deno-lint-ignore no-control-regex -- the sequences of a terminal
  /\x1b\[[\d;]*[mABCDJKH]|\x1b\]8;;[^\x00-\x1f\x7f-\x9f]*\x1b\\|\x1b\]9;[^\d\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*\x07|\r|\n|\x07/g;
// deno-lint-ignore no-control-regex -- all other sequences are harmful
const harmful = /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f\ufeff\u{e0000}-\u{e007f}]/u;

async function attack(seed: number): Promise<void> {
  const roll = dice(seed);
  let server = new ServerEnd();
  let written = "";
  const ui = new TerminalUi({
    client: {
      nick: "bob",
      channels: ["#tea"],
      backlog: 5,
      account: { name: "bob", password: "green leaves" },
      connect: () => Promise.resolve(server = new ServerEnd()),
      delay: () => 0,
    },
    output: {
      write: (text) => void (written += text),
      size: () => ({ columns: 60, rows: 20 }),
      appearance: { depth: "16", theme: "dark" },
    },
    timestamps: "short",
    notifier: new Notifier({ bell: true, notify: "osc9", inTmux: false, now: Date.now }),
    presenceFilter: new PresenceFilter("smart"),
    restricted: false,
    typing: true,
    asksPassword: false,
    home: "",
    suspend: () => {},
  });
  const running = ui.run();
  await turn();
  const keys = new KeyReader();
  const sent: string[] = [];
  for (let count = 0; count < linesPerRound; count += 40) {
    await server.say(...Array.from({ length: 40 }, () => line(roll)));
    const typed = [
      "hi\r",
      "\t\t",
      "/react 👍\r",
      "/reply @ann x\r",
      "/history\r",
      "/go\r",
      "/names\r",
      "\x0e\x10",
    ][roll(8)] ?? "";
    for (const key of keys.read(new TextEncoder().encode(typed))) ui.press(key);
    sent.push(...await server.sent());
  }
  ui.interrupt();
  server.abort();
  await running;
  const left = written.replace(ours, "");
  const found = left.search(harmful);
  assertEquals(found < 0 ? "" : JSON.stringify(left.slice(Math.max(0, found - 30), found + 30)), "");
  assert(sent.every((one) => !/[\r\n\0]/.test(one)), "a line in a line");
  assertEquals(sent.filter((one) => /^(JOIN 0|OPER|KILL|NOTICE)/.test(one)), []);
}

Deno.test({
  name: "a hostile server can neither make the client throw nor control the terminal",
  async fn() {
    const chosen = granted("env") ? Number(Deno.env.get("PARLEY_SEED") || 0) : 0;
    const seeds = chosen > 0 ? [chosen] : Array.from({ length: rounds }, (_, at) => at + 1);
    for (const seed of seeds) {
      await attack(seed).catch((error: unknown) => {
        throw new Error(`PARLEY_SEED=${seed}`, { cause: error });
      });
    }
  },
});
