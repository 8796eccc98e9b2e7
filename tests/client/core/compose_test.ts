import { assertEquals } from "@std/assert";
import { compose, textBytes } from "../../../lib/client/core/compose.ts";
import type { State } from "../../../lib/client/state/state.ts";
import { emptyState } from "../../../lib/client/state/state.ts";

const message = { target: "#tea", manner: "message", text: "" } as const;

function state(caps: string, offered = "", isupport = ""): State {
  const pairs = (text: string): [string, string][] =>
    text.split(" ").filter((word) => word !== "").map((word) => {
      const [, name = "", value = ""] = /^([^=]+)=?(.*)$/.exec(word) ?? [];
      return [name, value];
    });
  return {
    ...emptyState("bob"),
    source: "bob!b@host",
    caps: new Set(caps.split(" ")),
    offered: new Map(pairs(offered)),
    isupport: new Map(pairs(isupport)),
  };
}

/** The lines for a text, with numbered labels. */
function lines(from: State, text: string): string[] {
  let labels = 0;
  return compose(from, { ...message, text }, () => `m${++labels}`).flatMap((part) => part.lines);
}

const batching = "batch draft/multiline";

const rows: readonly (readonly [why: string, from: State, text: string, lines: readonly string[]])[] = [
  ["one line", state(""), "hi", ["PRIVMSG #tea :hi"]],
  ["a label", state("labeled-response"), "hi", ["@label=m1 PRIVMSG #tea :hi"]],
  ["a text that looks like a parameter", state(""), ":) hi", ["PRIVMSG #tea ::) hi"]],
  ["carriage returns and NUL", state(""), "a\r\nb\0c\rQUIT", [
    "PRIVMSG #tea :a",
    "PRIVMSG #tea :bc",
    "PRIVMSG #tea :QUIT",
  ]],
  ["tabs and spaces around the text", state(""), "\t a\t b  ", ["PRIVMSG #tea :\t a\t b  "]],
  ["empty lines only", state(batching), "\n \n", []],
  [
    "two lines in one batch",
    state(batching),
    "a\nb",
    ["BATCH +m1 draft/multiline #tea", "@batch=m1 PRIVMSG #tea :a", "@batch=m1 PRIVMSG #tea :b", "BATCH -m1"],
  ],
  [
    "as few batches as the limit of lines allows",
    state(batching, "draft/multiline=max-bytes=4096,max-lines=2"),
    "a\nb\nc",
    [
      "BATCH +m1 draft/multiline #tea",
      "@batch=m1 PRIVMSG #tea :a",
      "@batch=m1 PRIVMSG #tea :b",
      "BATCH -m1",
      "BATCH +m2 draft/multiline #tea",
      "@batch=m2 PRIVMSG #tea :c",
      "BATCH -m2",
    ],
  ],
];

for (const [why, from, text, expected] of rows) {
  Deno.test(`compose() makes lines for ${why}`, () => assertEquals(lines(from, text), expected));
}

Deno.test("compose() joins the pieces of a long line again", () => {
  const text = "word ".repeat(150).trim();
  const sent = lines(state(batching), text);
  const pieces = sent.slice(1, -1);
  assertEquals(pieces.slice(1).every((line) => line.startsWith("@batch=m1;draft/multiline-concat ")), true);
  assertEquals(pieces.map((line) => line.replace(/^.*? :/, "")).join(""), text);
});

Deno.test("compose() never makes a line longer than the server takes, for any text", () => {
  const limit = 160;
  for (const letter of ["x", "ü", "漢", "👍🏽", "word "]) {
    for (const manner of ["message", "action", "notice"] as const) {
      const parts = compose(state("", "", `LINELEN=${limit}`), {
        ...message,
        manner,
        text: letter.repeat(300),
      }, String);
      const longest = parts.flatMap((part) => part.lines)
        .map((line) => new TextEncoder().encode(`:bob!b@host ${line}\r\n`).length);
      assertEquals(Math.max(...longest) <= limit, true, `${letter} ${manner}: ${Math.max(...longest)}`);
    }
  }
});

Deno.test("textBytes() leaves room for a source it does not know", () => {
  assertEquals(textBytes({ ...state(""), source: "" }, message), 512 - 18 - "bob".length - 80);
});
