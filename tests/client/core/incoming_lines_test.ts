/** Long answers: they are not late while their lines arrive, and the client reports lines that it does not show. */
import { assertEquals } from "@std/assert";
import type { Message } from "../../../lib/irc/message.ts";
import { IncomingLines } from "../../../lib/client/core/incoming_lines.ts";

Deno.test("an answer of 40,000 lines is complete, and one that is longer than the limit says so", async () => {
  const messages: Message[] = [];
  const incoming = new IncomingLines((message) => void messages.push(message));
  for (const [label, count, kept, notes] of [["a", 40_000, 40_000, 0], ["b", 200_003, 200_000, 1]] as const) {
    messages.length = 0;
    const answer = incoming.waitForAnswer(label, () => "other");
    incoming.read(`@label=${label} :srv BATCH +x labeled-response`);
    for (let at = 0; at < count; at++) incoming.read("@batch=x :srv 322 bob #tea 1 :");
    incoming.read(":srv BATCH -x");
    assertEquals((await answer).length, kept);
    assertEquals(messages.filter(({ command }) => command === "NOTE").length, notes);
  }
});
