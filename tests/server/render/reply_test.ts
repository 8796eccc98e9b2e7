/** Standard replies: FAIL and NOTE for clients that know them, a notice for the others. */
import { assertEquals } from "@std/assert";
import { knowsStandardReplies } from "../../../lib/irc/capabilities.ts";
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
