/** BACKUP: a complete copy, made while users talk. */
import { assertEquals, assertMatch } from "@std/assert";
import { openStore } from "../../../lib/server/store/store.ts";
import { makeOperator } from "../../support/account.ts";
import { startChat } from "../../support/chat.ts";
import { temporaryFolder } from "../../support/folder.ts";
import { granted } from "../../support/permissions.ts";
import { story } from "../../support/story.ts";
import { ask } from "../../support/transcript.ts";

Deno.test({
  name: "BACKUP copies all messages so far, and the chat continues",
  ignore: !granted("net", "read", "write"),
  async fn() {
    using place = temporaryFolder();
    using copy = temporaryFolder();
    {
      await using chat = startChat({ store: openStore(place) });
      const ann = await chat.peer("ann");
      await ann.join("#tea");
      await ask(ann, "PRIVMSG #tea :before");
      assertMatch((await ask(ann, "BACKUP")).join(), / 481 ann /);
      makeOperator(chat, "ann");
      ann.send("BACKUP", "PRIVMSG #tea :after");
      const [, path = "", words = ""] =
        / NOTE BACKUP DONE (\S+) :(.*)/.exec(await ann.next(/ NOTE BACKUP /)) ??
          [];
      assertMatch(words, /^The database was copied to \/.*\.db; also copy .* \/.*\/files, .* tls-key\.pem /);
      assertMatch(
        words,
        /deleted later; the server keeps the newest 5 copies and copies of the last 30 days here$/,
      );
      if (Deno.build.os !== "windows") assertEquals((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
      assertMatch(path, /\/backup-\d{4}-\d\d-\d\dT[\d-]+\.db$/);
      Deno.copyFileSync(path, `${copy.folder}/parley.db`);
      await ann.lines();
    }
    assertEquals([texts(copy.folder), texts(place.folder)], [["before"], ["before", "after"]]);
  },
});

story("BACKUP is refused if nothing is on disk", async (chat) => {
  const ann = await chat.peer("ann");
  makeOperator(chat, "ann");
  assertEquals(await ask(ann, "BACKUP"), [
    ":chat.test FAIL BACKUP CANNOT_COPY :This server stores nothing on disk",
  ]);
});

function texts(folder: string): string[] {
  using store = openStore({ folder });
  const conversation = store.conversations.find("#tea")?.id ?? 0;
  const range = { limit: 9, from: "end", events: false } as const;
  return store.history.read([{ conversation, since: 0 }], range).map(({ record }) =>
    record.replace(/.* :/, "")
  );
}
