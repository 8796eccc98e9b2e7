/** The parameters of MODE in both directions, and the rows of the mode tables. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  changeRank,
  chanModesToken,
  channelModes,
  formatModeChanges,
  isKey,
  isRank,
  type ModeChange,
  type ModeRequest,
  myInfoModes,
  parseLimit,
  parseModes,
  parseUserModes,
  prefixToken,
  rankLevel,
  ranks,
  userModes,
} from "../../lib/irc/modes.ts";

/** A request as short text: "+o ann, -k; asked b; missing l; unknown Z". */
function shown({ changes, asked, missing, unknown }: ModeRequest): string {
  const parts = [
    changes.map((one) => `${one.sign}${one.mode.letter} ${one.parameter ?? ""}`.trim()).join(", "),
  ];
  if (asked.length > 0) parts.push(`asked ${asked.map((mode) => mode.letter).join("")}`);
  if (missing.length > 0) parts.push(`missing ${missing.map((mode) => mode.letter).join("")}`);
  if (unknown.length > 0) parts.push(`unknown ${unknown.join("")}`);
  return parts.join("; ");
}

const requests: [params: string[], request: string][] = [
  [[], ""],
  [[""], ""],
  [["+"], ""],
  [["+nt"], "+n, +t"],
  [["nt"], "+n, +t"],
  [["+n-t+s"], "+n, -t, +s"],
  [["+-+-n"], "-n"],
  [["--n++t"], "-n, +t"],
  [["+oo", "ann", "bob"], "+o ann, +o bob"],
  [["+o-v", "ann", "bob"], "+o ann, -v bob"],
  [["+kl", "secret", "5"], "+k secret, +l 5"],
  [["-l+o", "ann"], "-l, +o ann"],
  [["-k"], "-k"],
  [["-k", "secret"], "-k secret"],
  [["+b"], "; asked b"],
  [["b"], "; asked b"],
  [["-b"], "; asked b"],
  [["+beIb"], "; asked beI"],
  [["+be", "bob!*@*"], "+b bob!*@*; asked e"],
  [["+k"], "; missing k"],
  [["+oovl", "ann"], "+o ann; missing ovl"],
  [["+nZZt"], "+n, +t; unknown Z"],
  [["+n\u{1F375}ë"], "+n; unknown \u{1F375}ë"],
  [["+n :t"], "+n, +t"],
  [["+n", "too", "many"], "+n"],
  [["+k", ""], "+k"],
];

Deno.test("parseModes() reads the parameters of MODE", () => {
  for (const [params, request] of requests) {
    assertEquals(shown(parseModes(params)), request, params.join(" "));
  }
});

const anyText = fc.string({ unit: fc.constantFrom(..."+-beIklCRimnstqaohvZ :\0é\u{1F375}") });

Deno.test("parseModes() accepts any text and answers each letter once", () => {
  fc.assert(fc.property(fc.array(anyText, { maxLength: 5 }), (params) => {
    const { asked, missing, unknown } = parseModes(params);
    for (const list of [asked, missing, unknown]) assertEquals(new Set<unknown>(list).size, list.length);
    for (const letter of unknown) assert(!/[ :]/.test(letter) && letter !== "");
  }));
});

function change(text: string): ModeChange {
  const [letters = "", parameter] = text.split(" ");
  const mode = channelModes.find((one) => one.letter === letters.charAt(1));
  assert(mode);
  return { sign: letters.startsWith("+") ? "+" : "-", mode, parameter };
}

const formatted: [changes: string[], maxPerLine: number, lines: string[]][] = [
  [[], 4, []],
  [["+n"], 4, ["+n"]],
  [["+n", "+t", "-s", "+i"], 1, ["+nt-s+i"]],
  [["+o ann", "-v bob", "+n"], 4, ["+o-v+n ann bob"]],
  [["+o ann", "+o bob", "+o cat"], 2, ["+oo ann bob", "+o cat"]],
  [["-o ann", "-o bob", "-n"], 1, ["-o ann", "-on bob"]],
  [["-k"], 4, ["-k"]],
];

Deno.test("formatModeChanges() groups signs and starts a new line if one is full", () => {
  for (const [changes, maxPerLine, lines] of formatted) {
    assertEquals(formatModeChanges(changes.map(change), maxPerLine).map((line) => line.join(" ")), lines);
  }
  assertThrows(() => formatModeChanges([], 0), RangeError, "maxPerLine must be > 0: it is 0");
});

Deno.test("parseModes() reads the result of formatModeChanges()", () => {
  const one = fc.record({
    sign: fc.constantFrom("+" as const, "-" as const),
    mode: fc.constantFrom(...channelModes),
  })
    .map(({ sign, mode }): ModeChange => ({
      sign,
      mode,
      parameter: mode.kind === "flag" || (mode.kind === "limit" && sign === "-") ? undefined : "ann",
    }));
  fc.assert(fc.property(fc.array(one), fc.integer({ min: 1, max: 6 }), (changes, maxPerLine) => {
    const lines = formatModeChanges(changes, maxPerLine);
    assertEquals(lines.flatMap((line) => parseModes(line).changes), changes);
    assertEquals(lines.every((line) => line.length <= maxPerLine + 1), true);
  }));
});

Deno.test("parseUserModes() reads letters without parameters", () => {
  const { changes, unknown } = parseUserModes("+iw-Bx+x");
  assertEquals(changes.map((one) => one.sign + one.mode.letter), ["+i", "+w", "-B"]);
  assertEquals(unknown, ["x"]);
  assertEquals(formatModeChanges(changes, 1), [["+iw-B"]]);
  fc.assert(fc.property(anyText, (letters) => void parseUserModes(letters)));
});

Deno.test("each mode row has its own letter and a sentence", () => {
  for (const rows of [channelModes, userModes]) {
    assertEquals(new Set(rows.map((row) => row.letter)).size, rows.length);
    for (const row of rows) {
      assertMatch(row.letter, /^[A-Za-z]$/);
      assertMatch(row.help, /^[A-Z].{8,90}[^.]$/);
    }
  }
});

Deno.test("the mode tokens match the rows", () => {
  assertEquals(chanModesToken, "beI,k,l,CRimnrst");
  assertEquals(prefixToken, "(qaohv)~&@%+");
  assertEquals(myInfoModes, ["BRiorw", "CIRabehiklmnoqrstv", "Iabehkloqv"]);
});

Deno.test("the highest rank is first", () => {
  assertEquals(ranks.map((rank) => rank.level), [5, 4, 3, 2, 1]);
  assertEquals(channelModes.filter(isRank), [...ranks]);
  assertEquals(["", "+", "@+", "+@", "~", "x"].map(rankLevel), [0, 1, 3, 3, 5, 0]);
});

Deno.test("changeRank() adds and removes prefixes in order", () => {
  const [founder, , operator, , voice] = ranks;
  assert(founder && operator && voice);
  assertEquals(changeRank("", "+", voice), "+");
  assertEquals(changeRank("+", "+", operator), "@+");
  assertEquals(changeRank("@+", "+", founder), "~@+");
  assertEquals(changeRank("@+", "+", operator), "@+");
  assertEquals(changeRank("~@+", "-", operator), "~+");
  assertEquals(changeRank("", "-", voice), "");
});

Deno.test("isKey() accepts keys that people can type in JOIN", () => {
  for (const key of ["secret", "x", "s:1", "#1", "ключ", "\u{1F375}"]) {
    assertEquals(isKey(key, 23), true, key);
  }
  for (const key of ["", " ", "a b", "a,b", ":a", "a\x07", "a\u00a0b", "a".repeat(24)]) {
    assertEquals(isKey(key, 23), false, key);
  }
});

Deno.test("parseLimit() accepts whole numbers above 0", () => {
  const texts: [string, number | undefined][] = [["5", 5], ["+5", 5], ["007", 7], ["999999999", 999999999]];
  for (const [text, limit] of texts) assertEquals(parseLimit(text), limit);
  for (const text of ["", "0", "-1", "1.5", "1e3", "x", "5x", " 5", "9".repeat(10), "٥"]) {
    assertEquals(parseLimit(text), undefined, text);
  }
});
