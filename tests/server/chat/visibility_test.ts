/** Secret channels (+s): for a user outside, every command answers as if the channel did not exist. */
import { assertEquals } from "@std/assert";
import { allCommands } from "../../../lib/server/commands/all.ts";
import type { Peer } from "../../support/peer.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

const caps = ["batch", "message-tags", "draft/chathistory", "draft/message-redaction", "draft/read-marker"];

/** Lines about the channel "$", for different commands. */
function linesOf(command: string, messageId: string): string[] {
  const words = [
    "$",
    "$ x",
    "bob $",
    "ann $",
    "$ bob",
    "$ ann",
    "$ ann :x",
    "$ +o bob",
    "$ b",
    "$ +k x",
    "@$ :x",
    "$,$ x",
  ];
  words.push(
    "LATEST $ * 9",
    `AROUND $ msgid=${messageId} 9`,
    `$ ${messageId}`,
    "in=$",
    "in=$;text=tea",
    "text=in:$",
    "+ $",
    "*$",
    "$*",
  );
  // SEARCH takes other words for a text, and finds what the person wrote above.
  return words.filter((word) => command !== "SEARCH" || word.includes("=")).map((word) =>
    `${command} ${word}`
  );
}

/** The answers to lines about a channel, with "$" instead of its name. */
async function answers(peer: Peer, lines: readonly string[], channel: string): Promise<string[]> {
  const heard = await ask(peer, ...lines.map((line) => line.replaceAll("$", channel)));
  return heard.map((line) => line.replaceAll(channel, "$").replace(/BATCH ([+-])\S+/, "BATCH $1"));
}

/** JOIN must show that a channel is closed; the other refusals are not about channels. */
const leftOut = ["JOIN", "QUIT", "NICK", "AUTHENTICATE", "REGISTER", "OPER", "OWNER", "SETNAME"];

story("for users outside, a secret channel does not exist", async (chat) => {
  const ann = await chat.peer("ann", { caps: ["message-tags", "echo-message"] });
  await ask(ann, "JOIN #1234", "MODE #1234 +sb x", "TOPIC #1234 tea");
  ann.send("PRIVMSG #1234 :tea");
  const messageId = /msgid=([^; ]+)/.exec(await ann.next(/ PRIVMSG /))?.[1] ?? "";
  const bob = await chat.peer("bob", { caps });
  for (const command of Object.keys(allCommands).filter((name) => !leftOut.includes(name))) {
    const lines = linesOf(command, messageId);
    // The first time can change something.
    await answers(bob, lines, "#5678");
    const both = [await answers(bob, lines, "#1234"), await answers(bob, lines, "#5678")];
    // A search finds bob's own messages with these names, and he has sent those with the second name twice.
    const [secret, missing] = command === "SEARCH" ? both.map((heard) => [...new Set(heard)]) : both;
    assertEquals(secret, missing, command);
  }
  const everywhere = ["LIST", "LIST >0", "WHO *", "WHOIS ann", "WHO ann %cn", "SEARCH text=tea"];
  assertEquals((await ask(bob, ...everywhere)).filter((line) => /1234|PRIVMSG/.test(line)), []);
});
