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
  const written = writeConversations("ann", [conversation("cat", 1), long, long]);
  assertEquals([written.length <= 500_000, readConversations(written, "ann").length], [true, 2]);
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
