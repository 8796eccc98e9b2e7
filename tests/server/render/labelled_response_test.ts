/** Labels: the answer of a command has the label of the command (IRCv3 labeled-response). */
import { assertEquals } from "@std/assert";
import type { Chat } from "../../support/chat.ts";
import { startMachines } from "../../support/machine_pair.ts";
import { visit } from "../../support/memory_connection.ts";
import { story } from "../../support/story.ts";
import { plain } from "../../support/transcript.ts";

const caps = ["batch", "echo-message", "labeled-response"];

story(
  "the answer to a label is a line with the label, an ACK without lines, or a batch of several lines",
  answers,
);
story("clients without batch get no labels", withoutBatch);
story("a label stays escaped, and an empty one counts as none", escaped);
story("a message to oneself arrives once with the label and once without", toOneself);

async function answers(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  ann.send("@label=1 PING x", "@label=2 PONG x", "@label=3 PRIVMSG nobody :hi", "@label=4 JOIN #tea");
  const lines = (await ann.lines()).map((line) => line.replace(/(BATCH [+-]|batch=)\w+/, "$1R"));
  assertEquals(lines, [
    "@label=1 :chat.test PONG chat.test x",
    "@label=2 :chat.test ACK",
    "@label=3 :chat.test 401 ann nobody :No such nick/channel",
    "@label=4 :chat.test BATCH +R labeled-response",
    "@batch=R :ann!~ann@ann.localhost JOIN #tea",
    "@batch=R :chat.test 353 ann = #tea :@ann",
    "@batch=R :chat.test 366 ann #tea :End of /NAMES list",
    ":chat.test BATCH -R",
  ]);
}

async function withoutBatch(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps: ["labeled-response"] });
  ann.send("@label=1 PING x");
  assertEquals(await ann.lines(), [":chat.test PONG chat.test x"]);
}

async function escaped(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  ann.send("@label=a\\:\\sb PING x", "@label= PING y");
  assertEquals(await ann.lines(), [
    "@label=a\\:\\sb :chat.test PONG chat.test x",
    ":chat.test PONG chat.test y",
  ]);
}

async function toOneself(chat: Chat): Promise<void> {
  const ann = await chat.peer("ann", { caps });
  ann.send("@label=1 PRIVMSG ann :note");
  assertEquals(await ann.lines(), [
    ":ann!~ann@ann.localhost PRIVMSG ann :note",
    "@label=1 :ann!~ann@ann.localhost PRIVMSG ann :note",
  ]);
}

Deno.test("a message that follows the own labelled one in the common order does not arrive before it", async () => {
  const [east, west] = startMachines();
  await using ann = await visit(east.hub, "10.1.1.1", "ann", { caps });
  await using bob = await visit(west.hub, "10.1.2.1", "bob");
  await ann.join("#tea");
  await bob.join("#tea");
  await ann.lines();
  // Both events are applied before the answer to ann's command is complete.
  ann.send("@label=1 PRIVMSG #tea :first");
  bob.send("PRIVMSG #tea :second");
  const lines = [...await ann.until("second"), ...await ann.lines()];
  assertEquals(plain(lines).filter((line) => line.includes("PRIVMSG")), [
    ":ann PRIVMSG #tea first",
    ":bob PRIVMSG #tea second",
  ]);
});

Deno.test("a labelled message of several lines is answered when several machines order it", async () => {
  const [east] = startMachines();
  await using ann = await visit(east.hub, "10.1.1.1", "ann", { caps: [...caps, "draft/multiline"] });
  await ann.join("#tea");
  ann.send(
    "@label=1 BATCH +p draft/multiline #tea",
    "@batch=p PRIVMSG #tea :one",
    "@batch=p PRIVMSG #tea :two",
  );
  ann.send("BATCH -p");
  const lines = (await ann.lines()).map((line) =>
    line.replace(/(BATCH [+-]|batch=)\w+/, "$1R").replace(/!\S+/, "")
  );
  assertEquals(lines, [
    "@label=1 :ann BATCH +R draft/multiline #tea",
    "@batch=R :ann PRIVMSG #tea :one",
    "@batch=R :ann PRIVMSG #tea :two",
    ":ann BATCH -R",
  ]);
});
