/** What the server can do, told on entering, when asked, and before one is let in. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startChat } from "../../support/chat.ts";
import { granted } from "../../support/permissions.ts";

const ignore = !granted("net");

Deno.test({ name: "ISUPPORT tells its tokens to who is in", ignore, fn: asked });
Deno.test({ name: "ISUPPORT before one is in is for who has draft/extended-isupport", ignore, fn: early });

async function asked(): Promise<void> {
  await using chat = startChat();
  const ann = await chat.peer("ann");
  ann.send("ISUPPORT");
  const lines = await ann.lines();
  assert(lines.length > 0);
  for (const line of lines) {
    assertMatch(line, /^:chat\.test 005 ann (\S+ ){1,13}:are supported by this server$/);
  }
}

async function early(): Promise<void> {
  await using chat = startChat();
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
