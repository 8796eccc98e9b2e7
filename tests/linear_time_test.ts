/**
 * Nothing that reads the text of others costs more than linear time. Each run tries some texts that were slow once, and
 * others at random; PARLEY_SEED repeats a run, and tests/chaos/linear_time.ts tries all pairs.
 */

import { assertEquals } from "@std/assert";
import { Chance } from "./chaos/chance.ts";
import { growthFault, pieces, type Shape, shapes } from "./support/growth.ts";
import { textReaders } from "./support/text_readers.ts";
import { granted } from "./support/permissions.ts";

/** Texts that took the square of their length, and who read them. */
const onceSlow: readonly (readonly [reader: string, one: string, end: string])[] = [
  ["splitLinks of one link", ")", ""],
  ["splitLinks of one link", "]", "."],
  ["a message in the terminal", "https://a/)", ")"],
  ["a link in the terminal", "a", ""],
  ["parse tags", "я;", ""],
  ["receive tags", "я;", ""],
  ["receive a refusal", " ", "x"],
  ["hasMention", "bob/", ""],
  ["noteRows", " ", ""],
  ["whoisLines", "\t", "x"],
  ["htmlText", "<p>", ""],
  ["htmlText", " \t", "x"],
  ["expectsPassword", "/bob", ""],
  ["keys of the editor", "\t", "x"],
  ["a paste into the editor", "\n", "x"],
  ["startCompletion", "a", " "],
  ["completeMask", ".", "a@b"],
];
/** Long enough that the square of it takes a time that is easy to measure. */
const slowLength = 8192;
const randomTexts = 1;
const seed = Number((granted("env") ? Deno.env.get("PARLEY_SEED") : undefined) ?? Date.now() % 1e9);

Deno.test(`no text of others costs more than linear time (seed ${seed})`, () => {
  const chance = new Chance(seed);
  const faults: string[] = [];
  const judge = (name: string, one: string, other: string, shape: Shape, length?: number) => {
    const read = textReaders[name];
    if (read === undefined) throw new RangeError(`Cannot find the reader "${name}"`);
    const fault = growthFault(read, (long) => shape(long, one, other), length);
    if (fault !== undefined) faults.push(`${name} of ${JSON.stringify([one, other])}: ${fault}`);
  };
  const followed = chance.of(shapes.slice(0, 1));
  for (const [name, one, end] of onceSlow) judge(name, one, end, followed, slowLength);
  for (let count = 0; count < randomTexts; count++) {
    const [one, other, shape] = [chance.of(pieces), chance.of(pieces), chance.of(shapes)];
    for (const name of Object.keys(textReaders)) judge(name, one, other, shape);
  }
  assertEquals(faults, []);
});
