/** Names that are equal by RFC 1459 only. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { LookAlikes, NameMap } from "../../lib/irc/look_alikes.ts";
import { fold, foldRfc1459 } from "../../lib/irc/names.ts";

Deno.test("foldRfc1459() makes {}|^ the lower case of []\\~", () => {
  assertEquals(foldRfc1459("Ann[]\\~{}|^É"), "ann{}|^{}|^É");
});

Deno.test("LookAlikes finds names that are equal by RFC 1459, and not the name itself", () => {
  const names = new LookAlikes();
  for (const name of ["ann[", "ann", "bob|"]) names.add(fold(name));
  assertEquals<string[][]>(["ANN{", "Ann[", "ann", "bob\\", "bob"].map((name) => names.find(name)), [
    ["ann["],
    [],
    [],
    ["bob|"],
    [],
  ]);
  names.delete(fold("ann["));
  names.delete(fold("cat["));
  assertEquals(names.find("ann{"), []);
});

Deno.test("a NameMap finds the same look-alikes as a comparison of all names", () => {
  const name = fc.string({
    unit: fc.constantFrom("a", "A", "[", "{", "\\", "|"),
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(fc.property(fc.array(fc.tuple(fc.boolean(), name)), name, (steps, asked) => {
    const map = new NameMap<string>();
    const plain = new Set<string>();
    for (const [adds, one] of steps) {
      if (adds) {
        map.set(fold(one), one);
        plain.add(fold(one));
      } else {
        map.delete(fold(one));
        plain.delete(fold(one));
      }
    }
    const alike = [...plain].some((one) => one !== fold(asked) && foldRfc1459(one) === foldRfc1459(asked));
    assertEquals(map.lookAlike(asked) !== undefined, alike);
    map.clear();
    assertEquals(map.lookAlike(asked), undefined);
  }));
});
