/** Maps that share their entries: equal to copied ones, and cheap when they are large. */
import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { parse } from "../../../lib/irc/message.ts";
import { withKey, withoutKey } from "../../../lib/client/state/layered_map.ts";
import { receive } from "../../../lib/client/state/receive.ts";
import { emptyState, findBuffer } from "../../../lib/client/state/state.ts";

Deno.test("a map after any changes has the entries of a copied one, and the maps before stay as they were", () => {
  const change = fc.tuple(fc.nat({ max: 400 }), fc.option(fc.string(), { nil: undefined }));
  fc.assert(
    fc.property(fc.array(change, { maxLength: 150 }), (changes) => {
      const start: ReadonlyMap<number, string> = new Map(Array.from({ length: 300 }, (_, at) => [at, "old"]));
      const expected = new Map(start);
      let map = start;
      for (const [key, value] of changes) {
        const before = [...map];
        const next = value === undefined ? withoutKey(map, key) : withKey(map, key, value);
        if (value === undefined) expected.delete(key);
        else expected.set(key, value);
        assertEquals([map.size, [...map]], [before.length, before]);
        map = next;
        assertEquals([map.get(key), map.has(key)], [value, value !== undefined]);
      }
      const inOrder = (one: ReadonlyMap<number, string>) => [...one].sort(([a], [b]) => a - b);
      assertEquals([map.size, inOrder(map)], [expected.size, inOrder(expected)]);
      assertEquals([...map.keys()], [...map].map(([key]) => key));
      assertEquals([...map.values()], [...map].map(([, value]) => value));
    }),
    { numRuns: 20 },
  );
});

Deno.test("ten thousand people who join and leave take time in proportion to their number", () => {
  let state = emptyState("ann");
  const say = (line: string) => {
    const message = parse(line);
    assert(message !== undefined);
    state = receive(state, { message, at: 1, history: false }).state;
  };
  say(":ann!a@host JOIN #big");
  const begun = performance.now();
  for (let at = 0; at < 10_000; at++) say(`:p${at}!u@host JOIN #big`);
  assertEquals(findBuffer(state, "#big")?.members.size, 10_001);
  for (let at = 0; at < 10_000; at++) say(`:p${at}!u@host QUIT :split`);
  assertEquals([...findBuffer(state, "#big")?.members.keys() ?? []].length, 1);
  assert(performance.now() - begun < 3_000);
});
