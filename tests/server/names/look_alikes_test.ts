/** Names that look alike, or that are equal by RFC 1459 only. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { LookAlikes, NameMap, ProtectedNames } from "../../../lib/server/names/look_alikes.ts";
import { fold, foldRfc1459 } from "../../../lib/irc/names.ts";

Deno.test("foldRfc1459() makes {}|^ the lower case of []\\~", () => {
  assertEquals(foldRfc1459("Ann[]\\~{}|^É"), "ann{}|^{}|^É");
});

Deno.test("LookAlikes finds names that are equal by RFC 1459, and not the name itself", () => {
  const names = alikesOf("ann[", "ann", "bob|");
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

/** Each line has names of which none can be taken while the first one exists. */
const alike = [
  [
    "ann",
    "аnn",
    "ａnn",
    "ＡＮＮ",
    "𝐚𝐧𝐧",
    "𝓐nn",
    "ᴀɴɴ",
    "ɑnn",
    "αnn",
    "Ꭺnn",
    "ꓮNN",
    "ⓐⓝⓝ",
    "a\u0332n\u0332n\u0332",
    "a\u0336n\u0336n\u0336",
    "a\u20dfn\u20dfn\u20df",
    "ᗩᑎᑎ",
  ],
  ["#tea", "#🆃🅴🅰", "#🅣🅔🅐", "#🇹🇪🇦", "#t\u0489e\u0489a\u0489"],
  ["jørgen", "jo\u0338rgen", "JØRGEN"],
  ["jorgen", "jo\u0338rgen"],
  ["NickServ", "NіckServ", "nickserѵ", "ＮickServ", "ΝickServ"],
  ["coco", "сосо", "СОСО", "сoco", "cοcο", "c০c০"],
  ["paul", "pauI", "раul", "pauⅼ", "pauӏ"],
  ["modem", "modeⅿ", "ｍodem"],
  ["Boba", "Вова", "вова"],
  ["Éric", "éric", "ÉRIC", "É\u0280ic"],
  ["ann0", "annΟ", "annο"],
  ["Дима", "дима", "ДИМА"],
  ["#café", "#cafe\u0301", "#саfé"],
  ["#tea", "#t\u2063ea", "#tea\ufe0f", "#tеa", "#ｔea"],
  ["#☕", "#☕\ufe0f"],
  ["i-an", "i\u0307-an"],
];
/** Names that can exist together. */
const different = [
  ["ann1", "annl"],
  ["modern", "modem"],
  ["torn", "Tom"],
  ["ann0", "anno", "annO"],
  ["Ian", "Lan"],
  ["Zoë", "Zoe"],
  ["jørgen", "jorgen"],
  ["#a≠b", "#a=b"],
  ["Anna", "Анна", "Άννα"],
  ["Ирина", "Марина", "Арина"],
  ["#c", "#c++", "#c#"],
  ["#чай", "#чаи"],
  ["田中", "田巾"],
];

Deno.test("a name that looks like another one is found from both sides", () => {
  for (const names of alike) {
    const [first = ""] = names;
    for (const other of names.slice(1)) {
      assertEquals<string[]>(
        alikesOf(first).find(other),
        [fold(first)].filter((one) => one !== fold(other)),
        other,
      );
      assertEquals<string[]>(
        alikesOf(other).find(first),
        [fold(other)].filter((one) => one !== fold(first)),
        other,
      );
    }
  }
});

Deno.test("names that only resemble each other are not look-alikes", () => {
  for (const names of different) {
    for (const name of names) {
      const others = names.filter((one) => fold(one) !== fold(name));
      assertEquals(alikesOf(...others).find(name), [], name);
    }
  }
});

Deno.test("nobody imitates a protected name, also not by ASCII letters in another case", () => {
  const names = new ProtectedNames(["NickServ", "admin", "lisa", "Tom"]);
  const imitations = ["N1ckServ", "NlCKSERV", "nickserv", "ADMlN", "adrnin", "LlSA", "1isa", "torn", "АDMІN"];
  assertEquals(imitations.map((name) => names.find(name)), [
    ...["NickServ", "NickServ", "NickServ", "admin", "admin", "lisa", "lisa", "Tom", "admin"].map((
      one,
    ) => [one]),
  ]);
  assertEquals(["nick", "adman", "Lise", "Tim", "admin2"].map((name) => names.find(name)), [
    [],
    [],
    [],
    [],
    [],
  ]);
  names.delete("Tom");
  assertEquals(names.find("torn"), []);
});

Deno.test("LookAlikes and NameMap find the same look-alikes as a comparison of all names", () => {
  const name = fc.string({
    unit: fc.constantFrom("a", "I", "l", "L", "i", "а", "і", "ｌ"),
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(fc.property(fc.array(name), fc.array(name), name, (added, deleted, asked) => {
    const map = new NameMap<string>((one) => one);
    for (const one of added) map.set(fold(one), one);
    for (const one of deleted) map.delete(fold(one));
    const found = [...map.values()].filter((one) =>
      fold(one) !== fold(asked) && alikesOf(one).find(asked).length > 0
    );
    assertEquals(map.lookAlikes(asked).sort(), found.sort());
  }));
});

/** A set of names, as written. */
function alikesOf(...written: string[]): LookAlikes {
  const names = new LookAlikes((folded) => written.find((one) => fold(one) === folded));
  for (const one of written) names.add(one);
  return names;
}

Deno.test("a NameMap finds the same look-alikes as a comparison of all names", () => {
  const name = fc.string({
    unit: fc.constantFrom("a", "A", "[", "{", "\\", "|"),
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(fc.property(fc.array(fc.tuple(fc.boolean(), name)), name, (steps, asked) => {
    const map = new NameMap<string>((one) => one);
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
    assertEquals(map.lookAlikes(asked).length > 0, alike);
    map.clear();
    assertEquals(map.lookAlikes(asked), []);
  }));
});
