import { assert, assertEquals } from "@std/assert";
import { withoutFormatting } from "../../../lib/client/text/formatting.ts";
import { spanText, styleText } from "../../../lib/client/text/style_text.ts";

const nobody = { own: "me", colorOf: () => undefined };

const linked: readonly (readonly [string, string | undefined])[] = [
  ["see https://example.org/a?b=c.", "https://example.org/a?b=c"],
  ["(https://example.org/wiki/Tea_(drink))", "https://example.org/wiki/Tea_(drink)"],
  ["<http://example.org>", "http://example.org"],
  ["irc://127.0.0.1:6667/#tea, come", "irc://127.0.0.1:6667/#tea"],
  ["javascript:alert(1)", undefined],
  ["nohttp://x", undefined],
];

for (const [text, link] of linked) {
  Deno.test(`styleText() marks the link in ${text}`, () => {
    assertEquals(styleText(text, nobody).find((span) => span.link !== undefined)?.link, link);
  });
}

Deno.test("styleText() shows the host of a link that a reader can take for another one", () => {
  const hosts = {
    "https://gооgle.com/x": " (xn--ggle-55da.com)",
    "https://bank.example@evil.example/": " (evil.example)",
    "https://bank.example:443@evil.example:8080": " (evil.example)",
    "https://bank.example%2flogin@evil.example": " (evil.example)",
    "http://0x7f000001/": " (127.0.0.1)",
    "http://2130706433": " (127.0.0.1)",
    "https://ex%61mple.com": " (example.com)",
    "HTTPS://Chat.Example:443/a@b?c@d#e@f": "",
    "https://[::1]:80/": "",
    "irc://Chat.example/#tea": "",
  };
  for (const [link, host] of Object.entries(hosts)) {
    assertEquals(spanText(styleText(link, nobody)), link + host);
  }
});

Deno.test("styleText() colours the names of members, and our own name", () => {
  const spans = styleText("hi Bob, me and bobby", {
    own: "ME",
    colorOf: (nick) => nick.toLowerCase() === "bob" ? "nick-3" : undefined,
  });
  assertEquals(spans.filter((span) => span.color).map(({ text, color }) => [text, color]), [
    ["Bob", "nick-3"],
    ["me", "own"],
  ]);
});

Deno.test("a message of colour codes or links only becomes a bounded number of spans, and keeps its text", () => {
  for (const part of ["\x034a\x033b", "https://a.example ", "bob "]) {
    const spans = styleText(part.repeat(3_000), { own: "bob", colorOf: () => undefined });
    assert(spans.length <= 2_001, `${spans.length} spans`);
    assertEquals(spanText(spans), withoutFormatting(part.repeat(3_000)));
  }
});
