/** Names in ASCII letters, as proposals for people whose name a server does not take. */
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { asciiNick, toAscii } from "../../lib/irc/ascii_name.ts";
import { isNick } from "../../lib/irc/names.ts";

const names = [
  ["Zoë", "Zoe"],
  ["zoe\u0308", "zoe"],
  ["Jürgen", "Jurgen"],
  ["Groß", "Gross"],
  ["Łukasz", "Lukasz"],
  ["Søren", "Soren"],
  ["Ægir", "Aegir"],
  ["Đorđe", "Dorde"],
  ["Işıl", "Isil"],
  ["Nguyễn", "Nguyen"],
  ["Юлия", "Yuliya"],
  ["Андрей", "Andrey"],
  ["Щукин", "Shchukin"],
  ["Игорь", "Igor"],
  ["Їжак", "Izhak"],
  ["Γιώργος", "Giorgos"],
  ["ａｎｎ", "ann"],
  ["ann²", "ann2"],
  ["ann☕", "ann"],
  ["Ann B.", "AnnB"],
  ["1ann", "_1ann"],
  ["²", undefined],
  ["太郎", undefined],
  ["☕", undefined],
  ["", undefined],
  ["ann", undefined],
  ["[ann]\\`^{|}_-", undefined],
] as const;

Deno.test("asciiNick() gives the nearest nick in ASCII letters", () => {
  for (const [name, nick] of names) assertEquals(asciiNick(name), nick, name);
  assertEquals(asciiNick("Zoëëëë", 4), "Zoee");
});

Deno.test("asciiNick() gives a nick of ASCII letters, or nothing, for every text", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (name) => {
    const nick = asciiNick(name);
    if (nick !== undefined) assertEquals([isNick(nick, 30), toAscii(nick)], [true, nick]);
  }));
});
