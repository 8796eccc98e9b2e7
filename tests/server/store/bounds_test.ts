/** People can make each table of the database grow; this names the bound of each. */
import { assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { migrations } from "../../../lib/server/store/schema.ts";

/** A new table needs a row here, with the setting or the rule that bounds it. */
const bounds: ReadonlyMap<string, string> = new Map([
  [
    "block",
    "--history-total, --history-each; a channel without a message has no row. A row without a record is removed with those beside it",
  ],
  ["conversation", "removed with its last record; a channel without a message has none"],
  ["side", "removed with its conversation"],
  ["person", "removed with its last conversation"],
  ["former_nick", "20 for each person, removed with the person"],
  ["redaction", "counts for --history-total, removed with the messages of its time"],
  ["words", "the words of the blocks; merged when a quarter was removed, and a day after"],
  ["search_section", "one for about a thousand records, removed with the last of them"],
  ["marker", "2000 for each account, only for conversations with a message"],
  ["account", "--accounts-total, --accounts-per-address"],
  ["look_alike", "five for each account"],
  ["verifier_rounds", "one for each number of PBKDF2 rounds of a verifier that the server made"],
  ["kept_channel", "--channels-total, --channels-per-account, --list-limit"],
  ["file", "--upload-total, --upload-quota, --upload-keep"],
  ["file_sum", "at most two for each file, and one"],
  ["forgetting", "one for each account that is being deleted"],
  ["erasing", "one for each long message that is being deleted; upkeep works them off"],
  ["audit", "only acts of operators, --audit-keep"],
  ["keepsake", "values of the server itself; server bans are made by operators"],
  ["progress", "six numbers"],
  ["moved_stamp", "only --mend-times writes it"],
]);

Deno.test("each table that people can make grow has a bound", () => {
  using db = new DatabaseSync(":memory:");
  for (const step of migrations) db.exec(step);
  const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()
    .map(({ name }) => String(name)).filter((name) => !name.startsWith("words_"));
  assertEquals(tables.sort(), [...bounds.keys()].sort());
});
