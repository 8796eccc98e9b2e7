/** The private conversations that a tab keeps for a guest. */
import { assertEquals } from "@std/assert";
import { readConversations, writeConversations } from "../../../lib/client/timeline/kept_conversations.ts";
import type { SaidEvent } from "../../../lib/client/state/event.ts";

function said(text: string): SaidEvent {
  return {
    kind: "said",
    buffer: "bob",
    from: { nick: "bob" },
    to: "ann",
    manner: "message",
    text,
    own: false,
    mention: false,
    direct: true,
    at: 1,
  };
}

const conversation = (name: string, count: number, text = "psst") => ({
  name,
  messages: Array.from({ length: count }, (_, at) => said(`${text} ${at}`)),
});

Deno.test("the conversations of a guest come back under the same nick, without those of services", () => {
  const written = writeConversations("Ann", [conversation("bob", 2), conversation("NickServ", 1)]);
  assertEquals(readConversations(written, "ann"), [conversation("bob", 2)]);
  assertEquals(readConversations(written, "cat"), []);
  assertEquals(writeConversations("ann", []), "");
});

Deno.test("the text of the conversations is bounded, and broken text has none", () => {
  const long = conversation("bob", 150, "x".repeat(4_000));
  const [kept] = readConversations(writeConversations("ann", [conversation("bob", 150)]), "ann");
  assertEquals([kept?.messages.length, kept?.messages.at(-1)?.text], [100, "psst 149"]);
  const written = writeConversations("ann", [conversation("cat", 1), long, { ...long, name: "dan" }]);
  const [cat, bob, dan] = readConversations(written, "ann");
  assertEquals(written.length <= 500_000, true);
  // The newest messages of the last conversation that still fit.
  assertEquals([cat?.messages.length, bob?.messages.length], [1, 100]);
  assertEquals(dan?.messages.at(-1)?.text, long.messages[149]?.text);
  assertEquals([dan?.name, (dan?.messages.length ?? 0) > 5, (dan?.messages.length ?? 0) < 30], [
    "dan",
    true,
    true,
  ]);
  assertEquals(writeConversations("ann", Array.from({ length: 500 }, () => long)).length <= 500_000, true);
  for (
    const text of [
      "",
      "{",
      "[]",
      "7",
      "null",
      '{"nick":"ann","conversations":[{"name":"bob","messages":[7]}]}',
    ]
  ) {
    assertEquals(readConversations(text, "ann"), []);
  }
});
