import { assertEquals } from "@std/assert";
import { sampleSources } from "./sample_sources.ts";
import { candidatesFor, completionSources } from "../../../lib/client/slash/completion.ts";
import { RecordingUi } from "../core/recording_ui.ts";

/** The whole line with each candidate of its last word. */
function lines(line: string): string[] {
  const word = /\S*$/.exec(line)?.[0] ?? "";
  const { before, found } = candidatesFor(line.slice(0, line.length - word.length), word, sampleSources);
  return found.map(({ text, suffix }) => before + text + suffix);
}

const rows: readonly (readonly [line: string, ...lines: string[]])[] = [
  ["b", "bob: ", "Bea: "],
  ["", "bob: ", "Bea: ", "ann: ", "cat: "],
  ["hello a", "hello ann "],
  ["@a", "@ann "],
  ["bob: a", "bob, ann: "],
  ["bob, ann: c", "bob, ann, cat: "],
  ["hello: a", "hello: ann "],
  ["/j", "/join "],
  ["/join ", "/join #tea ", "/join #den ", "/join #teapot "],
  ["/join te", "/join #tea ", "/join #teapot "],
  ["/msg a", "/msg ann "],
  ["/msg #d", "/msg #den "],
  ["/msg ann hi b", "/msg ann hi bob ", "/msg ann hi Bea "],
  ["/msg ann "],
  ["/kick @a", "/kick @ann "],
  ["/msg ann hi @b", "/msg ann hi @bob ", "/msg ann hi @Bea "],
  ["/help k", "/help kick "],
  ["//b"],
  ["/search fr", "/search from:"],
  ["/search tea from:a", "/search tea from:ann "],
  ["/search in:te", "/search in:#tea ", "/search in:#teapot "],
  ["/search has:f", "/search has:file "],
  ["/search after:y", "/search after:yesterday "],
  ["/search an", "/search ann "],
  ["/search "],
  ["see #d", "see #den "],
  ["nice :tad", "nice 🎉 "],
  ["nice :d"],
  ["xyz"],
  ["hello "],
];

for (const [line, ...expected] of rows) {
  Deno.test(`candidatesFor() completes ${JSON.stringify(line)}`, () => assertEquals(lines(line), expected));
}

Deno.test("candidatesFor() completes a name that is typed without its accents", () => {
  const sources = { ...sampleSources, nicks: ["Zoë", "Łukasz"] };
  assertEquals(candidatesFor("", "zoe", sources).found.map(({ text }) => text), ["Zoë"]);
  assertEquals(candidatesFor("hi ", "@luk", sources).found.map(({ text }) => text), ["@Łukasz"]);
});

Deno.test("candidatesFor() shows the arguments of a command, and the name of an emoji", () => {
  const [join] = candidatesFor("", "/j", sampleSources).found;
  assertEquals([join?.label, join?.help?.startsWith("Joins")], ["/join #CHANNEL [KEY]", true]);
  assertEquals(candidatesFor("", ":tad", sampleSources).found[0]?.label, "🎉 :tada:");
});

Deno.test("completionSources() has the people of the channel and of conversations, without us", async () => {
  await using ui = new RecordingUi();
  const server = await ui.enter("");
  await server.say(
    ":cat!c@h JOIN #tea",
    ":dora!d@h PRIVMSG bob :psst",
    ":cat!c@h PRIVMSG #tea :hello",
    ":bob!b@host JOIN #den",
  );
  const { nicks, channels, commands, argumentKindsOf } = completionSources(ui);
  assertEquals(nicks, ["cat", "ann", "dora"]);
  assertEquals(channels, ["#den", "#tea"]);
  assertEquals(commands.includes("quote"), true);
  assertEquals([argumentKindsOf("__proto__"), argumentKindsOf("find")], [[], ["search"]]);
});
