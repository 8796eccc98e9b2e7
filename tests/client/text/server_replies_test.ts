/** Answers of the server as lines for people. */
import { assertEquals } from "@std/assert";
import { parse } from "../../../lib/irc/message.ts";
import { listLines } from "../../../lib/client/text/server_replies.ts";

function channels(count: number, max?: number): ReturnType<typeof listLines> {
  const answer = Array.from({ length: count }, (_, at) => parse(`:srv 322 ann #c${at} ${at} :about ${at}`));
  return listLines(answer.filter((message) => message !== undefined), max);
}

Deno.test("a list of channels begins with the largest, and of very many it shows the first ones", () => {
  assertEquals(channels(2), ["#c1     1  about 1", "#c0     0  about 0"]);
  const lines = channels(5_000, 200);
  assertEquals([lines.length, lines[0]], [201, "#c4999  4999  about 4999"]);
  assertEquals(lines.at(-1), "and 4,800 more: /list *WORD* lists those with WORD in the name");
  assertEquals(channels(5_000).length, 5_000);
  assertEquals(channels(0), ["This server shows no channels"]);
});
