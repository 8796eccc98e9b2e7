/** Lines of at most 512 bytes: every command and numeric with the longest parameters, and special cases. */
import { assert, assertEquals } from "@std/assert";
import { utf8Bytes } from "../../lib/irc/lines.ts";
import { parse } from "../../lib/irc/message.ts";
import { numerics } from "../../lib/irc/numerics.ts";
import { plainLines } from "../../lib/irc/plain_lines.ts";

const source = `${"茶".repeat(32)}!~${"u".repeat(16)}@${"h".repeat(63)}`;
const channel = `#${"ж".repeat(59)}x`;
const long = `${"🍵 ".repeat(900)}`.trim();
const commands =
  "PRIVMSG NOTICE TAGMSG JOIN PART KICK QUIT NICK TOPIC MODE INVITE AWAY SETNAME ACCOUNT CHGHOST KILL " +
  "WALLOPS ERROR FAIL WARN NOTE REGISTER REDACT MARKREAD BATCH CAP PONG PING CHATHISTORY TOKEN AUTHENTICATE ACK";
const names = [...commands.split(" "), ...Object.values(numerics).map(([code]) => code)];

Deno.test("no command and no numeric is longer than 512 bytes, whatever its parameters", () => {
  for (const command of names) {
    for (
      const params of [[channel, long], [channel, source, long], [long.replaceAll(" ", "")], [
        channel,
        source,
        channel,
        "x",
        "1",
        long,
        "end",
      ]]
    ) {
      for (
        const line of plainLines(
          source,
          command,
          params.map((one, at) => at < params.length - 1 ? one.replaceAll(" ", "") : one),
        )
      ) {
        assert(utf8Bytes(line) <= 510, `${command}: ${utf8Bytes(line)} bytes`);
        assert(line.isWellFormed(), command);
        assertEquals(parse(line)?.command, command);
      }
    }
  }
});

Deno.test("a short message stays as it is", () => {
  assertEquals(plainLines("ann", "PRIVMSG", ["#tea", "hello"]), [":ann PRIVMSG #tea :hello"]);
  assertEquals(plainLines("ann", "PRIVMSG", ["#tea", "x".repeat(491)]), [
    `:ann PRIVMSG #tea :${"x".repeat(491)}`,
  ]);
});

Deno.test("the text of people is split, and nothing of it is lost", () => {
  const text = "many words ".repeat(300);
  const lines = plainLines(source, "PRIVMSG", [channel, text]);
  assertEquals(lines.map((line) => parse(line)?.params[1] ?? "").join(""), text);
});

Deno.test("modes are split between changes, each letter with its parameter", () => {
  const masks = Array.from({ length: 12 }, (_, at) => `${at}${"m".repeat(100)}!*@*`);
  const lines = plainLines("ann", "MODE", ["#tea", "+bbbbbb-bbbbbb", ...masks]);
  const shown = lines.map((line) => parse(line)?.params ?? []);
  assertEquals(shown.map(([, letters]) => letters), ["+bbbb", "+bb-bb", "-bbbb"]);
  assertEquals(shown.flatMap(([, , ...params]) => params), masks);
  assertEquals(plainLines("s", "324", ["ann", "#tea", "+kl", "k".repeat(490), "5"]).length, 2);
});

Deno.test("one long parameter is cut, and no other", () => {
  const [line = ""] = plainLines("ann", "KICK", ["#tea", "bob", "é".repeat(400)]);
  assertEquals(parse(line)?.params, ["#tea", "bob", "é".repeat(245)]);
  const [reply = ""] = plainLines("chat.test", "332", ["ann", "#tea", "x".repeat(2000)]);
  assertEquals(utf8Bytes(reply), 510);
});

Deno.test("a mask of a list is not cut: its author and time are left out", () => {
  const mask = "m".repeat(200);
  assertEquals(
    plainLines("s".repeat(63), "367", ["n".repeat(96), channel, mask, source, "1"]).map((one) =>
      parse(one)?.params.slice(1)
    ),
    [[channel, mask]],
  );
});
