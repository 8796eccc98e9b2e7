/** The features of the server: after connecting, on request, and before registration is complete. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";

story("ISUPPORT sends its tokens to connected users", asked);
story("ISUPPORT has the tokens of a capability only for clients with it", withCapabilities);
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

async function withCapabilities(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps: [] });
  const bob = await chat.peer("bob", { caps: ["draft/chathistory"] });
  const tokens = async (peer: Peer, line: string) => {
    peer.send(line);
    return (await peer.lines()).filter((one) => one.includes(" 005 ")).join(" ").split(" ");
  };
  assertEquals((await tokens(ann, "ISUPPORT")).filter((one) => /CHATHISTORY|MSGREF/.test(one)), []);
  assertEquals((await tokens(bob, "ISUPPORT")).filter((one) => /CHATHISTORY|MSGREF/.test(one)), [
    "CHATHISTORY=250",
    "MSGREFTYPES=msgid,timestamp",
  ]);
  // A capability that comes later brings its tokens, and takes them away again.
  ann.send("CAP REQ draft/chathistory", "CAP REQ -draft/chathistory", "CAP REQ setname");
  assertEquals((await ann.lines()).filter((one) => one.includes(" 005 ")), [
    ":chat.test 005 ann CHATHISTORY=250 MSGREFTYPES=msgid,timestamp :are supported by this server",
    ":chat.test 005 ann -CHATHISTORY -MSGREFTYPES :are supported by this server",
  ]);
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
