/** The checks of a chaos run find what they look for: each is given one broken promise. */
import { assertEquals } from "@std/assert";
import { parse } from "../../lib/irc/message.ts";
import { endEntry, Ledger } from "./ledger.ts";
import type { HistoryRecord } from "./observer.ts";
import * as verdict from "./verdict.ts";

const time = "2026-11-27T22:00:00.000Z";

/** A history of #tea: a record for each id and text. */
function historyOf(...records: readonly (readonly [id: string, text: string])[]): verdict.Histories {
  const told = records.flatMap(([id, text]): HistoryRecord[] => {
    const line = `@msgid=${id};time=${time} :ann!a@h PRIVMSG #tea :${text}`;
    const message = parse(line);
    return message === undefined ? [] : [{ message, line }];
  });
  return new Map([["#tea", told]]);
}

/** A ledger with one message of each of these ends. */
function ledgerOf(...ends: readonly (readonly [text: string, answer: string | undefined])[]): Ledger {
  const ledger = new Ledger();
  for (const [text, answer] of ends) {
    const entry = ledger.add("message", "ann", "#tea", text);
    const message = answer === undefined ? undefined : parse(answer);
    endEntry(entry, message && [message]);
    if (entry.outcome !== "done") continue;
    entry.id = message?.tags.get("msgid") ?? "";
    entry.time = time;
  }
  return ledger;
}

const echo = (id: string) => `@msgid=${id};time=${time} :ann!a@h PRIVMSG #tea :text`;
const refusal = ":srv FAIL PRIVMSG TEMPORARILY_UNAVAILABLE #tea :Not now";
const doubt = ":srv FAIL PRIVMSG RESULT_UNKNOWN :It may still arrive";

Deno.test("an echoed message that is missing is lost, one that is there twice is doubled, a refused one that is there is told", () => {
  const ledger = ledgerOf(["one", echo("a1")], ["two", echo("a2")], ["three", refusal], ["four", doubt], [
    "five",
    undefined,
  ]);
  const good = historyOf(["a1", "one"], ["a2", "two"], ["a4", "four"]);
  const figures = (histories: verdict.Histories) => {
    const { echoed, lost, doubled, refusedButThere } = verdict.checkMessages(ledger, histories, "here");
    return [echoed, lost.length, doubled.length, refusedButThere.length];
  };
  assertEquals(figures(good), [2, 0, 0, 0]);
  assertEquals(figures(historyOf(["a1", "one"])), [2, 1, 0, 0]);
  assertEquals(figures(historyOf(["a1", "one"], ["a9", "two"])), [2, 1, 0, 0]);
  assertEquals(figures(historyOf(["a1", "one"], ["a2", "two"], ["a5", "five"], ["a6", "five"])), [
    2,
    0,
    1,
    0,
  ]);
  assertEquals(figures(historyOf(["a1", "one"], ["a2", "two"], ["a3", "three"])), [2, 0, 0, 1]);
});

Deno.test("a deleted message is not lost, and its word is looked for", () => {
  const ledger = ledgerOf(["ann says m1xann", echo("a1")]);
  ledger.add("delete", "ann", "#tea", "a1").outcome = "done";
  assertEquals(verdict.checkMessages(ledger, historyOf(), "here").lost, []);
  assertEquals(verdict.deletedWords(ledger), ["m1xann"]);
});

Deno.test("machines differ by a record, or by the order of the same records", () => {
  const compare = (...second: string[]) =>
    verdict.differences("history", new Map([["east", ["a", "b"]], ["west", second]]));
  assertEquals(compare("a", "b"), []);
  assertEquals(compare("b", "a"), ["history: another order on west than on east"]);
  assertEquals(compare("a", "c"), [
    "history: east has, west has not: b",
    "history: west has, east has not: c",
  ]);
});

Deno.test("ids that do not grow are told", () => {
  assertEquals(verdict.checkOrder(historyOf(["a1", "one"], ["a2", "two"]), "here"), []);
  assertEquals(verdict.checkOrder(historyOf(["a2", "two"], ["a1", "one"]), "here").length, 1);
  assertEquals(verdict.checkOrder(historyOf(["a1", "one"], ["a1", "two"]), "here").length, 1);
});

Deno.test("a topic that was confirmed and is not there is told, and a later one without an answer can be there", () => {
  const ledger = new Ledger();
  for (const [what, outcome] of [["one", "done"], ["two", "unknown"]] as const) {
    ledger.add("topic", "ann", "#tea", what).outcome = outcome;
  }
  const check = (topic: string) => verdict.checkTopics(ledger, [`332 #tea ${topic}`], ["#tea"]).length;
  assertEquals([check("one"), check("two"), check("zero")], [0, 0, 1]);
});

Deno.test("a command without an answer, and a refusal without a sentence, are told", () => {
  const ledger = ledgerOf(["one", echo("a1")], ["two", refusal], ["three", ":srv FAIL PRIVMSG CODE"]);
  ledger.add("kick", "ann", "#tea", "bob");
  assertEquals(verdict.checkAnswers(ledger), [
    "ann got a refusal without a sentence: message #tea",
    "ann got no answer: kick #tea",
  ]);
});
