import { assertEquals } from "@std/assert";
import { contentsOf } from "../../lib/irc/message_contents.ts";
import { parseDate } from "../../lib/irc/search_dates.ts";
import { parseSearch } from "../../lib/irc/search_operators.ts";

/** A Saturday. */
const context = { nowMs: Date.parse("2026-01-31T12:30:00.000Z"), isUtc: true };
const day = (text: string) => Date.parse(`${text}T00:00:00.000Z`);
const badDate = (value: string) =>
  `Cannot read the date "${value}": write 2026-01-31, 31 jan 2026, yesterday, monday or 7d`;

const searches: readonly (readonly [written: string, wanted: ReturnType<typeof parseSearch>])[] = [
  ["tea cake", { text: "tea cake", has: [] }],
  ["from:ann tea in:#tea", { text: "tea", from: "ann", in: "#tea", has: [] }],
  ['FROM:@Ann In:"#tea" "exact words"', { text: '"exact words"', from: "Ann", in: "#tea", has: [] }],
  ["from:ann from:ann", { text: "", from: "ann", has: [] }],
  ["from:ann from:bob", { text: "", from: "ann", has: [], problem: 'A search can have one "from:" only' }],
  ['"from:ann tea" x', { text: '"from:ann tea" x', has: [] }],
  ["„in:#tea“", { text: "„in:#tea“", has: [] }],
  ["colour:red http://x.example from: xfrom:ann", {
    text: "colour:red http://x.example from: xfrom:ann",
    has: [],
  }],
  ["has:file HAS:links has:picture has:file", { text: "", has: ["file", "link", "image"] }],
  ["has:image,links in:@bob", { text: "", in: "bob", has: ["image", "link"] }],
  ["from:ann,bob", { text: "", has: [], problem: 'Write one name after "from:"' }],
  ["has:cheese", {
    text: "",
    has: [],
    problem: 'Cannot search for has:cheese: write file, link, image, video or audio after "has:"',
  }],
  ["after:2026-01-30 tea", { text: "tea", after: day("2026-01-30"), has: [] }],
  ["before:2026-01-30", { text: "", before: day("2026-01-30") - 1, has: [] }],
  ["on:yesterday", { text: "", after: day("2026-01-30"), before: day("2026-01-31") - 1, has: [] }],
  ["since:2026-01 until:today after:7d", {
    text: "",
    after: day("2026-01-24"),
    before: day("2026-01-31") - 1,
    has: [],
  }],
  ["before:noon", { text: "", has: [], problem: badDate("noon") }],
  ["on:2026-02-30", { text: "", has: [], problem: badDate("2026-02-30") }],
  ["", { text: "", has: [] }],
  ['"', { text: '"', has: [] }],
];

Deno.test("operators are read out of a search, and everything else is text", () => {
  for (const [written, wanted] of searches) assertEquals(parseSearch(written, context), wanted, written);
});

const hour = (text: string) => Date.parse(`2026-01-${text}.000Z`);
const spans: readonly (readonly [text: string, start: number, end: number])[] = [
  ["today", day("2026-01-31"), day("2026-02-01")],
  ["Yesterday", day("2026-01-30"), day("2026-01-31")],
  ["saturday", day("2026-01-31"), day("2026-02-01")],
  ["sun", day("2026-01-25"), day("2026-01-26")],
  ["2025", day("2025-01-01"), day("2026-01-01")],
  ["2026-01", day("2026-01-01"), day("2026-02-01")],
  ["2026-1-5", day("2026-01-05"), day("2026-01-06")],
  ["2026/01/05", day("2026-01-05"), day("2026-01-06")],
  ["5.1.2026", day("2026-01-05"), day("2026-01-06")],
  ["25/1/2026", day("2026-01-25"), day("2026-01-26")],
  ["1/25/2026", day("2026-01-25"), day("2026-01-26")],
  ["٢٠٢٦-٠١-٠٥", day("2026-01-05"), day("2026-01-06")],
  ["2026-01-31T10:30", hour("31T10:30:00"), hour("31T10:31:00")],
  ["2026-01-31T10:30:05Z", hour("31T10:30:05"), hour("31T10:30:06")],
  ["2026-01-31T10:30:05.25+02:00", hour("31T08:30:05") + 250, hour("31T08:30:05") + 251],
  ["2h", hour("31T10:30:00"), hour("31T11:30:00")],
  ["now", context.nowMs, context.nowMs + 1],
  ["tomorrow", day("2026-02-01"), day("2026-02-02")],
  ["31 Jan 2026", day("2026-01-31"), day("2026-02-01")],
  ["31-jan-2026", day("2026-01-31"), day("2026-02-01")],
  ["Jan. 5, 2026", day("2026-01-05"), day("2026-01-06")],
  ["january 5th", day("2026-01-05"), day("2026-01-06")],
  ["1 feb", day("2025-02-01"), day("2025-02-02")],
  ["december", day("2025-12-01"), day("2026-01-01")],
  ["jan 2025", day("2025-01-01"), day("2025-02-01")],
  ["5.1.", day("2026-01-05"), day("2026-01-06")],
  ["last week", day("2026-01-19"), day("2026-01-26")],
  ["this week", day("2026-01-26"), day("2026-02-02")],
  ["lastmonth", day("2025-12-01"), day("2026-01-01")],
  ["this year", day("2026-01-01"), day("2027-01-01")],
  ["5 days ago", day("2026-01-26"), day("2026-01-27")],
  ["1mo", day("2026-01-01"), day("2026-01-02")],
  ["2 hours ago", hour("31T10:30:00"), hour("31T11:30:00")],
  ["90min", hour("31T11:00:00"), hour("31T11:01:00")],
  ["1w", day("2026-01-24"), day("2026-01-25")],
  ["1900", 0, 0],
];

Deno.test("a date is a span of time, as people write it", () => {
  for (const [text, start, end] of spans) assertEquals(parseDate(text, context), { start, end }, text);
  for (
    const text of [
      "",
      "noon",
      "1m",
      "31 jan 5",
      "jane 5",
      "31 feb 2026",
      "3/4/2026",
      "2026-13-01",
      "0.1.2026",
      "2026-01-31T25:00",
      "7x",
      "2026-01-31T10:70",
    ]
  ) {
    assertEquals(parseDate(text, context), undefined, text);
  }
});

Deno.test("a date of this computer begins at its midnight", () => {
  const { start, end } = parseDate("2026-01-05", { nowMs: context.nowMs }) ?? { start: 0, end: 0 };
  assertEquals([start, end], [new Date(2026, 0, 5).getTime(), new Date(2026, 0, 6).getTime()]);
  const moment = parseDate("2026-01-05T10:30", { nowMs: context.nowMs });
  assertEquals(moment?.start, new Date(2026, 0, 5, 10, 30).getTime());
});

Deno.test("the contents of a message are its files and addresses", () => {
  const file = "https://chat.example/files/abcdefghijklmnopqrstuv";
  const contents: readonly (readonly [text: string, kinds: string])[] = [
    ["no address", ""],
    ["see https://example.org/a?b=c", "link"],
    ["see (HTTP://example.org/cat.JPG), nice", "link image"],
    [`${file}/report.pdf`, "file"],
    ["https://example.org/chat/files/abcdefghijklmnopqrstuv/cat.png", "file image"],
    [`look: ${file}/cat.png!`, "file image"],
    [`${file}x/cat.mp3`, "link audio"],
    ["https://example.org/?x=cat.png", "link"],
    ["mailto:ann@example.org ftp://x/y", ""],
  ];
  for (const [text, kinds] of contents) assertEquals([...contentsOf(text)].join(" "), kinds, text);
});
