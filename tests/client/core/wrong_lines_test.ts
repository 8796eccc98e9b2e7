/**
 * A wrong line of a server costs that line only: the next message is shown. Random lines are in hostile_server_test.ts.
 */
import { assertEquals } from "@std/assert";
import { turn, WiredClient } from "./wired_client.ts";

const commands =
  "PRIVMSG NOTICE TAGMSG JOIN PART KICK MODE TOPIC AWAY ACCOUNT INVITE BATCH CAP FAIL NOTE AUTHENTICATE PONG REDACT " +
  "MARKREAD CHATHISTORY SETNAME CHGHOST RENAME ACK WALLOPS 005 324 332 353 366 433 730 900 903 904 908 999";
const lines = [
  ...commands.split(" ").flatMap((command) => [
    command,
    `:eve!e@h ${command}`,
    `:eve!e@h ${command} #tea`,
    `:eve!e@h ${command} #tea :`,
    `@msgid=;+draft/reply=;+draft/react=x;batch=none :eve!e@h ${command} bob :`,
  ]),
  ":bob!b@h NICK",
  ":eve!e@h NICK :",
  ":bob!b@h JOIN :#forced\x1b[31m",
  "@time=99999-99-99 :eve!e@h PRIVMSG #tea :no time",
  "@time=9999-12-31T23:59:59.999Z :eve!e@h PRIVMSG #tea :late",
  ":srv BATCH +a chathistory #tea",
  ":srv 005 bob PREFIX=(o CHANMODES= NICKLEN=-1 LINELEN=1 MODES=x FILEHOST=no :x",
  "@msgid=1;+draft/reply=1 :eve!e@h PRIVMSG #tea :an answer to itself",
  `:srv ${"x".repeat(60_000)}`,
];

Deno.test("after any wrong line the next messages are shown", async () => {
  await Promise.all(lines.map(async (line) => {
    await using wired = new WiredClient();
    await turn();
    await wired.server.say(
      ":srv CAP * LS :batch message-tags server-time",
      ":srv CAP * ACK :batch message-tags server-time",
      ":srv 001 bob :Welcome",
      ":srv 422 bob :No message of the day",
      ":bob!b@h JOIN #tea",
      line,
      ":ann!a@h PRIVMSG #tea :one",
      "@msgid=2 :ann!a@h PRIVMSG #tea :two",
    );
    const texts = wired.events.flatMap((event) => event.kind === "said" ? [event.text] : []).slice(-2);
    assertEquals(texts, ["one", "two"], line.slice(0, 80));
  }));
});
