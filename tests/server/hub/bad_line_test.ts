/** Lines that cannot be read as text: their refusal names the command, and a message of several lines is not cut. */
import { assertEquals } from "@std/assert";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { plain } from "../../support/transcript.ts";

/** The bytes of a line with the byte FF, which UTF-8 never contains, in the place of "?". */
function broken(line: string): Uint8Array {
  return new TextEncoder().encode(`${line}\r\n`).map((byte) => byte === 0x3f ? 0xff : byte);
}

const sentence =
  "This server accepts UTF-8 only, so it dropped your line; set the encoding of your client to UTF-8";

async function answer(peer: Peer, line: string): Promise<string[]> {
  peer.send(broken(line));
  return await peer.lines();
}

story("FAIL INVALID_UTF8 names the command, and has the label of the line", async (chat) => {
  const ann = await chat.peer("ann", { caps: ["labeled-response", "batch", "standard-replies"] });
  assertEquals(await answer(ann, "PRIVMSG #tea :caf?"), [
    `:chat.test FAIL PRIVMSG INVALID_UTF8 :${sentence}`,
  ]);
  assertEquals(await answer(ann, "@label=x privmsg #tea :caf?"), [
    `@label=x :chat.test FAIL PRIVMSG INVALID_UTF8 :${sentence}`,
  ]);
  assertEquals(await answer(ann, "PRI?MSG #tea :hi"), [`:chat.test FAIL * INVALID_UTF8 :${sentence}`]);
});

story("a client without standard-replies gets the words as a notice too", async (chat) => {
  const ann = await chat.peer("ann", { caps: [] });
  assertEquals(await answer(ann, "TOPIC #tea :caf?"), [
    `:chat.test FAIL TOPIC INVALID_UTF8 :${sentence}`,
    `:chat.test NOTICE ann :TOPIC: ${sentence}`,
  ]);
});

story("a real name that is not UTF-8 does not keep anybody out", async (chat) => {
  const ann = await chat.peer("ann", { register: false });
  ann.send("NICK ann", broken("USER ann 0 * :J?rgen"));
  const [warning = "", notice = "", welcome = ""] = await ann.lines();
  const words =
    "Your real name is not UTF-8, so parts of it were replaced; set the encoding of your client to UTF-8";
  assertEquals([warning, notice], [
    `:chat.test WARN USER INVALID_UTF8 :${words}`,
    `:chat.test NOTICE ann :${words}`,
  ]);
  assertEquals([welcome.split(" ")[1], chat.state.find("ann")?.realname], ["001", "J?rgen"]);
  assertEquals(await answer(ann, "USER ann 0 * :J?rgen"), [
    `:chat.test FAIL USER INVALID_UTF8 :${sentence}`,
    `:chat.test NOTICE ann :USER: ${sentence}`,
  ]);
});

story("a QUIT that is not UTF-8 ends the connection", async (chat) => {
  const [ann, bob] = await chat.join("#tea", "ann", "bob");
  ann.send(broken("QUIT :Tsch?ss"));
  assertEquals((await ann.closed()).at(-1), "ERROR :Closing link: Quit: Tsch?ss");
  assertEquals(plain(await bob.lines()), [":ann QUIT :Quit: Tsch?ss"]);
});

story("a message of several lines with a line that cannot be read is not sent", async (chat) => {
  const ann = await chat.peer("ann", { caps: ["batch", "draft/multiline", "standard-replies"] });
  const bob = await chat.peer("bob");
  for (const line of [broken("@batch=1 PRIVMSG bob :caf?"), `@batch=1 PRIVMSG bob :${"x".repeat(5000)}`]) {
    ann.send("BATCH +1 draft/multiline bob", "@batch=1 PRIVMSG bob :one", line);
    ann.send("@batch=1 PRIVMSG bob :three", "BATCH -1");
    assertEquals((await ann.lines()).length, 1);
    assertEquals(await bob.lines(), []);
  }
});
