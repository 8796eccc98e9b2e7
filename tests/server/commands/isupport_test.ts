/** The features of the server: after connecting, on request, and before registration is complete. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import { story } from "../../support/story.ts";

story("ISUPPORT sends its tokens to connected users", asked);
story("ISUPPORT before registration needs draft/extended-isupport", early);

async function asked(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann");
  ann.send("ISUPPORT");
  const lines = await ann.lines();
  assert(lines.length > 0);
  for (const line of lines) {
    assertMatch(line, /^:chat\.test 005 ann (\S+ ){1,13}:are supported by this server$/);
  }
}

async function early(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { register: false });
  ann.send("ISUPPORT");
  assertEquals(await ann.lines(), [":chat.test 451 * :You have not registered"]);
  ann.send("CAP REQ :batch draft/extended-isupport", "ISUPPORT");
  const [ack = "", first = "", ...rest] = await ann.lines();
  assertMatch(ack, / CAP \* ACK /);
  assertMatch(first, /^:chat\.test BATCH \+\w+ draft\/isupport$/);
  assertMatch(rest.pop() ?? "", /^:chat\.test BATCH -\w+$/);
  assert(rest.length > 0);
  for (const line of rest) {
    assertMatch(line, /^@batch=\w+ :chat\.test 005 \* .* :are supported by this server$/);
  }
}
