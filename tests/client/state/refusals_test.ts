/** Refusals: every error of a server becomes a sentence in both clients, with the server's words where they say more. */
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parse } from "../../../lib/irc/message.ts";
import { type NumericName, numerics } from "../../../lib/irc/numerics.ts";
import { ActionError } from "../../../lib/client/state/action_error.ts";
import { receive } from "../../../lib/client/state/receive.ts";
import { isRefusalCode, refusalSentence, throwRefusal } from "../../../lib/client/state/refusals.ts";
import { emptyState, type State } from "../../../lib/client/state/state.ts";
import { describe } from "../../../lib/client/text/sentences.ts";
import { eventLine } from "../../../lib/client/terminal/event_rows.ts";

const welcomed: State = {
  ...emptyState("bob"),
  registered: true,
  welcomed: true,
  isupport: new Map([["CHANNELLEN", "20"]]),
};

function messageOf(line: string): NonNullable<ReturnType<typeof parse>> {
  const message = parse(line);
  assert(message !== undefined, line);
  return message;
}

/** The sentences of both clients for a line. */
function shown(state: State, line: string): string[] {
  const { events } = receive(state, { message: messageOf(line), at: 0, history: false });
  return events.flatMap((event) => {
    assert(event.kind !== "said");
    const page = describe(state, event).map(({ text }) => text).join("");
    const terminal = eventLine(state, event, "#tea", () =>
      undefined)?.body.map(({ text }) => text).join("") ?? "";
    return [page, terminal];
  });
}

const errors = (Object.keys(numerics) as NumericName[]).filter((name) =>
  (name.startsWith("ERR_") && name !== "ERR_NOMOTD") || name === "RPL_TRYAGAIN"
);

Deno.test("both clients show a sentence for every error, whatever its parameters and words are", () => {
  for (const name of errors) {
    const [code, words] = numerics[name];
    for (const middle of ["", " #tea", " cat", " cat #tea", " *"]) {
      // The numerics of a login outside a login are notices with the words of the server.
      for (
        const text of new Set([
          words || "Some words",
          "Words of the server",
          ...(isRefusalCode(code) ? [""] : []),
        ])
      ) {
        const sentences = shown(welcomed, `:srv ${code} bob${middle} :${text}`);
        assertEquals(sentences.length, 2, `${name}${middle} ${text}`);
        for (const sentence of sentences) {
          assertMatch(sentence, /\p{L}{2}.*\s\p{L}/u, `${name}${middle} ${text}`);
        }
      }
    }
  }
});

Deno.test("a refusal before the end of the registration is shown too", () => {
  for (const name of errors.filter((one) => isRefusalCode(numerics[one][0]))) {
    assertEquals(shown(emptyState("bob"), `:srv ${numerics[name][0]} * cat :Words`).length, 2, name);
  }
});

Deno.test("a request fails with every error in its answer, not only with 4xx and 5xx", () => {
  for (const code of ["263", "404", "502", "696", "697", "723", "734"]) {
    const answer = [messageOf(":srv 366 bob #tea :End"), messageOf(`:srv ${code} bob #tea :No`)];
    assertThrows(() => throwRefusal(welcomed, answer), ActionError, undefined, code);
  }
  throwRefusal(welcomed, [messageOf(":srv 366 bob #tea :End")]);
});

const sentences: readonly (readonly [code: string, target: string, words: string, sentence: string])[] = [
  ["433", "ann", "Nickname is already in use", "Cannot use the name ann: another person uses it"],
  ["433", "ann", "Nickname is already in use.", "Cannot use the name ann: another person uses it"],
  [
    "433",
    "ann{",
    "Nickname is already in use: many apps cannot tell it from ann[",
    "Cannot use the name ann{: many apps cannot tell it from ann[",
  ],
  [
    "432",
    "аnn",
    "Erroneous nickname: it mixes Cyrillic and Latin letters in one word",
    "Cannot use the name аnn: it mixes Cyrillic and Latin letters in one word",
  ],
  [
    "433",
    "ann",
    "This nick belongs to an account; log in to use it",
    "Cannot use the name ann: this nick belongs to an account; log in to use it",
  ],
  [
    "479",
    "#a{",
    "Illegal channel name: many apps cannot tell it from #a[",
    "Cannot join #a{: many apps cannot tell it from #a[",
  ],
  ["479", "#a{", "Illegal channel name", "Cannot join #a{: this is not a valid channel name"],
  ["477", "#tea", "Cannot join channel (+R)", "Cannot join #tea: you need an account"],
  [
    "477",
    "ann",
    "Only users who are logged in can message this user (+R)",
    "Cannot write to ann: you need an account",
  ],
  ["403", "#tea", "No such channel", "There is no channel #tea"],
  [
    "403",
    `#${"x".repeat(20)}`,
    "No such channel",
    `There is no channel #${"x".repeat(20)}: its name is longer than 20 characters`,
  ],
  ["461", "JOIN", "Not enough parameters", "The command JOIN needs more words"],
  ["461", "USER", "The real name is empty", "USER: The real name is empty"],
  [
    "407",
    "i,j",
    "Too many targets: only the first 8 were served, not these",
    "i,j: Too many targets: only the first 8 were served, not these",
  ],
  [
    "404",
    "#tea",
    "You are banned or muted in this channel (+b)",
    "Cannot send to #tea: You are banned or muted in this channel",
  ],
  ["599", "", "", "The server refused this (599)"],
];

Deno.test("refusalSentence() has the words of the server where they say more", () => {
  for (const [code, target, words, sentence] of sentences) {
    assertEquals(refusalSentence(welcomed, code, target, words), sentence);
  }
});

Deno.test("a message to an account that is offline says that the person did not get it", () => {
  const words = "This user is offline and did not get your message";
  assertEquals(
    refusalSentence(welcomed, "401", "ann", words),
    "ann is offline and did not get your message",
  );
  const renamed = "This user is online as anna and did not get your message";
  assertEquals(
    refusalSentence(welcomed, "401", "ann", renamed),
    "ann is online as anna and did not get your message",
  );
  assertEquals(
    refusalSentence(welcomed, "401", "ann", "No such nick/channel"),
    "There is nobody called ann here",
  );
});
