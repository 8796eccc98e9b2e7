import { assert, assertEquals } from "@std/assert";
import type { Said } from "../../../lib/client/state/event.ts";
import { hasMention, shouldAlert } from "../../../lib/client/state/mentions.ts";
import { styleText } from "../../../lib/client/text/style_text.ts";
import { sampleMessage } from "./sample_message.ts";

/** By nick: texts that call the person, and texts that do not. */
const texts: Readonly<
  Record<string, { readonly calls: readonly string[]; readonly quiet: readonly string[] }>
> = {
  bob: {
    calls: [
      "bob: hello",
      "@Bob",
      "is it bob's?",
      "BOB’S tea",
      "that is James' or bob' cup",
      "hello \x02bob\x02!",
      "\x0304bo\x03b: red",
      "- bob-",
      "-- bob",
      "bob…",
      "bob...",
      "...bob",
      "thanks, bob.",
      "(bob)",
      "(@bob)",
      "<bob>",
      "[bob] hi",
      "(for [ann, bob])",
      "{bob}",
      "“bob”",
      "*bob*",
      "bob,ann: lunch?",
      "bob/ann: lunch?",
      "ann/bob, lunch?",
      "ann&bob",
      "bob?!",
      "bob++",
      "👋bob",
      "☕️bob",
      "1️⃣bob and #️⃣bob",
      "ℹ️bob: see the topic",
      "``` opens code, bob",
      "ありがとうbobさん、",
      "고마워 bob님",
      "你好bob！",
      "שלום \u200fbob\u200f!",
      "bob\u200b: hi",
      "https://chat.example/ and bob",
      "#tea,bob",
      "first `code`, then bob",
      "bob:n kuppi",
    ],
    quiet: [
      "bobby",
      "kebob",
      "bob_",
      "_bob_",
      "",
      "bob-san?",
      "bob[m]",
      "bob[",
      "bob`",
      "bob|away",
      "${bob}",
      "bob2",
      "bob.smith",
      "www.bob.org and bob.org",
      "https://example.org/bob",
      "see(https://example.org/?q=bob)",
      "irc://chat.example/bob",
      "bob@example.org",
      "mailto:bob@example.org",
      "first.bob@example.org",
      "bob+lists@example.org",
      "ann@bob.example",
      "bob!b@chat.example is a mask",
      "#bob",
      "join #bob's and #tea-bob",
      "(#bob)",
      "&bob",
      "/home/bob/x",
      "~/bob",
      "./bob",
      "C:\\bob",
      "src/bob/x.ts",
      "docs/bob.md",
      "`bob`",
      "run `sudo bob now`, please",
      "```bob```",
      "```\nif bob:\n  `bob`\n```",
      "$bob",
      "bob=1",
      "bob()",
      "bob::new",
      "ann::bob",
      ":bob:",
      "bob:8080",
      "l'bob",
      "bob'll",
      "b\u200bob",
    ],
  },
  t: {
    calls: ["t: hi", "hi t!", "t's tea", "@t"],
    quiet: ["I don't", "I don’t", "I don‘t", "I don′t", "tar -t", "AT&T", "/usr/t", "t=5", "T.V."],
  },
  m: { calls: ["m, hi"], quiet: ["I'm here", "I’m here", "ma'am", "10 a.m. and p.m.", "#m"] },
  i: { calls: ["ask i?"], quiet: ["I'm", "I'll", "i.e. this", "I/O", "wi-fi"] },
  e: { calls: ["e: yes"], quiet: ["i.e. this", "e.g. that", "-e", "e=mc2", "e-mail", "user@e.org"] },
  c: { calls: ["c?"], quiet: ["C++", "C#", "[c] done", "a[c]", "c.c", "vitamin-C", "C:\\x"] },
  n: { calls: ["so, n?"], quiet: ["rock'n'roll", "n/a", "Guns'n'Roses"] },
  clock: { calls: ["clock?"], quiet: ["o'clock"] },
  v2: { calls: ["v2: hello"], quiet: ["v2.0.1", "lib-v2"] },
  Zoë: { calls: ["zoë?", "ZOË!", "Zoe\u0308: hi", "Zoëさん"], quiet: ["Zoe", "Zoës"] },
  太郎: { calls: ["太郎さん", "@太郎 hi", "これは太郎です"], quiet: ["桃太郎", "太郎丸"] },
};

for (const [nick, { calls, quiet }] of Object.entries(texts)) {
  Deno.test(`hasMention() finds ${nick} as a name of its own`, () => {
    assertEquals(calls.filter((text) => !hasMention(text, nick)), []);
    assertEquals(quiet.filter((text) => hasMention(text, nick)), []);
  });

  Deno.test(`styleText() highlights ${nick} exactly where it is called`, () => {
    const isHighlighted = (text: string) =>
      styleText(text, { own: nick, colorOf: () => undefined }).some(({ color }) => color === "own");
    assertEquals(calls.filter((text) => !isHighlighted(text)), []);
    assertEquals(quiet.filter(isHighlighted), []);
  });
}

Deno.test("hasMention() takes linear time", () => {
  const begun = performance.now();
  for (const part of ["-", "`", "``` ", "``` a`", "a'", "://", "太a", "\u200b", "1\ufe0f", "\ufe0f"]) {
    hasMention(`${part.repeat(10_000)} bob `, "bob");
    hasMention(`${part}bobx `.repeat(2_000), "bob");
  }
  assert(performance.now() - begun < 2_000);
});

const said = sampleMessage;

const calls: readonly (readonly [why: string, change: Partial<Said> & { history?: boolean }, boolean])[] = [
  ["a message to a channel", {}, false],
  ["a mention in a channel", { mention: true }, true],
  ["a private message", { buffer: "ann", to: "bob", direct: true }, true],
  ["our own private message", { buffer: "ann", to: "ann", direct: true, own: true }, false],
  ["a mention in the history", { mention: true, history: true }, false],
];

for (const [why, change, expected] of calls) {
  Deno.test(`shouldAlert() says ${expected} for ${why}`, () => {
    assertEquals(shouldAlert({ ...said, at: 0, ...change }), expected);
  });
}
