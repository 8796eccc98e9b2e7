/** Standard replies: FAIL and NOTE for clients that know them, a notice for the others. */
import { assert, assertEquals } from "@std/assert";
import { knowsStandardReplies } from "../../../lib/irc/capabilities.ts";
import { type NumericRow, reply, replyAll } from "../../../lib/server/render/reply.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

story("a client without standard-replies reads refusals and notes as notices", async (chat) => {
  const ann = await chat.peer("ann", { caps: [] });
  assertEquals(await ask(ann, "ACCOUNT FLY", "FOUNDER #tea", "JOIN #tea", "FOUNDER #tea", "@only=tags"), [
    ":chat.test NOTICE ann :ACCOUNT: See HELP ACCOUNT",
    ":chat.test 403 ann #tea :No such channel",
    ":ann JOIN #tea",
    ":chat.test 353 ann = #tea @ann",
    ":chat.test 366 ann #tea :End of /NAMES list",
    ":chat.test NOTICE ann :FOUNDER: The channel has no founder; a channel operator who is logged in can register it with MODE +r",
    ":chat.test NOTICE ann :A line must have a command, and must not contain NUL or CR",
  ]);
  await ask(ann, "REGISTER * * :correct horse");
  const [note] = await ask(ann, "ACCOUNT");
  assertEquals(note?.startsWith(":chat.test NOTICE ann :You are logged in as ann, "), true);
});

story("a capability whose specification has standard replies is enough for its commands", async (chat) => {
  const ann = await chat.peer("ann", { caps: ["setname"] });
  assertEquals(await ask(ann, "SETNAME : ", "CHATHISTORY FLY"), [
    ":chat.test FAIL SETNAME INVALID_REALNAME :The real name is empty",
    ":chat.test NOTICE ann :CHATHISTORY: Unknown command",
  ]);
});

Deno.test("knowsStandardReplies() asks for the capability of the command, or standard-replies", () => {
  assertEquals(knowsStandardReplies(new Set(["standard-replies"]), "FOUNDER"), true);
  assertEquals(knowsStandardReplies(new Set(["draft/multiline"]), "BATCH"), true);
  assertEquals(knowsStandardReplies(new Set(["draft/multiline", "batch"]), "REDACT"), false);
  assertEquals(knowsStandardReplies(new Set(), "*"), false);
});

story(
  "many numerics at once are the lines of each by itself, with its tags, and long ones in pieces",
  async (chat) => {
    const text = "word ".repeat(150).trim();
    const rows: NumericRow[] = [["RPL_INFO", text], ["RPL_ENDOFINFO"], ["RPL_LUSEROP", ":odd one", ""]];
    for (const caps of [[], ["server-time"], ["server-time", "parley/long-lines"]]) {
      const nick = `ann${caps.length}`;
      const ann = await chat.peer(nick, { caps });
      const session = chat.state.find(nick)?.sessions[0];
      assert(session !== undefined);
      for (const row of rows) reply(session, ...row);
      const single = await ann.lines();
      replyAll(session, rows);
      assertEquals((await ann.lines()).map(untimed), single.map(untimed));
      assertEquals(single.length, caps.length === 2 ? 3 : 4);
    }
  },
);

function untimed(line: string): string {
  return line.replace(/^@time=[^ ]+Z /, "@time ");
}
